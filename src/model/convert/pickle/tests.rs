use crate::testing::figure;
use std::io::BufReader;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::*;

const LEGACY: &[u8] = include_bytes!("../../../../tests/golden/cnn14/cnn14_mini_legacy.pth");

/// The five pickles at the front of the miniature.
fn pickles() -> Vec<u8> {
    let mut source = LEGACY;
    (0..5).for_each(|_| inspect(&mut source).unwrap());
    LEGACY[..LEGACY.len() - source.len()].to_vec()
}

/// Inspects one pickle after the other up to the end of the bytes.
fn inspect_all(mut pickles: &[u8]) -> Result<(), PickleError> {
    while !pickles.is_empty() {
        inspect(&mut pickles)?;
    }
    Ok(())
}

#[test]
fn any_name_but_the_four_allowed_ones_is_refused() {
    for (pickle, name) in [
        (&b"cos\nsystem\n(X\x04\0\0\0truetR."[..], "`os.system`"),
        (b"\x80\x02cposix\nsystem\nq\0.", "`posix.system`"),
        (b"(X\x04\0\0\0trueios\nsystem\n.", "`os.system`"),
        (b"cbuiltins\neval\n.", "`builtins.eval`"),
        (b"ctorch\nFloatStorage.__reduce__\n.", "`torch.FloatStorage.__reduce__`"),
        (b"ctorch.FloatStorage\n\n.", "`torch.FloatStorage.`"),
        // STACK_GLOBAL: of texts just pushed, of the memo, and of what was computed.
        (b"\x80\x04\x95\x30\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93.", "`posix.system`"),
        (b"\x8c\x05posix\x94\x8c\x06system\x94NNh\0h\x01\x93.", "`posix.system`"),
        (b"\x8c\x05posixq\x07\x8c\x06systemq\x08h\x07j\x08\0\0\0\x93.", "`posix.system`"),
        (b"\x8c\x05torch\x8c\x0cFloatStorage\x85\x93.", "a computed name"),
        (b"\x8c\x05torch(\x8c\x0cFloatStorage\x93.", "a computed name"),
        (b"\x8c\x05a\nb\x1bc\x8c\x01d\x93.", "`a\\nb\\u{1b}c.d`"),
        // POP, EXT1, OBJ, NEWOBJ: no list of weights has them.
        (b"N0.", "0x30"),
        (b"\x82\x01.", "0x82"),
        (b"(o.", "0x6f"),
        (b")\x81.", "0x81"),
    ] {
        let error = inspect_all(pickle).unwrap_err().to_string();
        assert!(error.contains(name), "{error}: {pickle:?}");
    }
    inspect_all(b"\x80\x04\x8c\x05torch\x94\x8c\x0cFloatStorage\x94\x93\x94.").unwrap();
    inspect_all(b"\x80\x02ccollections\nOrderedDict\nq\x01)R.").unwrap();
}

#[test]
fn a_pickle_without_an_end_is_refused() {
    let cut = |pickle: &[u8]| matches!(inspect_all(pickle), Err(PickleError::Cut));
    let pickles = pickles();
    assert!((1..14).all(|length| cut(&pickles[..length])));
    assert!(cut(b"X\xff\xff\xff\xff."));
    assert!(cut(b"c"));
    let endless = inspect(&mut BufReader::new(std::io::repeat(b'N')));
    assert!(matches!(endless, Err(PickleError::Cut)));
    assert!(matches!(inspect_all(&[b'Q'; 20_000]), Err(PickleError::Tensors)));
    assert!(matches!(inspect_all(&[b'c'; 20_000]), Err(PickleError::Forbidden(_))));
}

#[test]
fn a_call_is_refused_between_any_two_instructions() {
    let pickles = pickles();
    // What comes before an instruction is whole when an end may follow.
    let between = |at: &usize| inspect_all(&[&pickles[..*at], b"."].concat()).is_ok();
    let places: Vec<usize> = (0..1000).filter(between).collect();
    assert!(places.len() > 200, "{}", places.len());
    for at in places {
        let planted = [&pickles[..at], b"cos\nsystem\n", &pickles[at..]].concat();
        let error = inspect_all(&planted).unwrap_err().to_string();
        assert!(error.contains("`os.system`"), "at byte {at}: {error}");
    }
}

#[test]
fn ten_thousand_mutants_pass_or_are_refused_in_one_line() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(17);
    let mut below = |n: usize| (random.next_u64() % n as u64) as usize;
    let whole = pickles();
    let mut passed = 0;
    for _ in 0..10_000 {
        let mut mutant = whole.clone();
        for _ in 0..=below(4) {
            let at = below(mutant.len());
            match below(3) {
                0 => mutant[at] = below(256) as u8,
                1 => mutant.truncate(at + 1),
                _ => drop(mutant.remove(at)),
            }
        }
        match inspect_all(&mutant) {
            Ok(()) => passed += 1,
            Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
        }
    }
    assert!((1..5_000).contains(&passed), "{passed}");
    figure("T17", 10_000, "mutants of a pickle", "passed or refused, none run");
}
