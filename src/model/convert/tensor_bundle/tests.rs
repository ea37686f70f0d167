use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::*;
use crate::model::convert::protobuf::EncodedMessage;
use crate::model::convert::seeded_bundle::{Entry, SeededTensor, bundle, table};

fn tensors() -> Vec<SeededTensor> {
    let tensor = |name: &str, shape: &[usize]| {
        let values = (0..shape.iter().product::<usize>()).map(|i| i as f32 - 2.5).collect();
        (name.to_owned(), shape.to_vec(), values)
    };
    vec![tensor("a/bias", &[3]), tensor("a/kernel", &[2, 3]), tensor("power", &[])]
}

fn open(entries: &[Entry], data: &[u8]) -> Result<TensorBundle, CheckpointError> {
    TensorBundle::open(&table(entries, &mut |_| {}), data.to_vec())
}

#[test]
fn tensors_are_read_as_they_were_written() {
    let (entries, data) = bundle(&tensors());
    let bundle = open(&entries, &data).unwrap();
    assert_eq!(bundle.keys().collect::<Vec<_>>(), ["a/bias", "a/kernel", "power"]);
    for (name, shape, values) in tensors() {
        assert_eq!(bundle.read(&name, &shape).unwrap(), values);
    }
    let error = |key: &str, shape: &[usize]| bundle.read(key, shape).unwrap_err().to_string();
    assert_eq!(error("b", &[3]), "the checkpoint lacks `b`: it belongs to another model");
    assert_eq!(
        error("a/kernel", &[3, 2]),
        "`a/kernel` of the checkpoint is type 1 [2, 3], and type 1 [3, 2] is needed: it belongs to another model"
    );
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let (entries, data) = bundle(&tensors());
    let read = |entries: &[Entry], data: &[u8]| {
        let read = open(entries, data).and_then(|bundle| bundle.read("a/kernel", &[2, 3]));
        read.unwrap_err().to_string()
    };
    let damaged = |reason: &str| format!("the checkpoint is damaged ({reason}): download it again");
    assert_eq!(read(&entries, &data[..20]), damaged("its numbers are cut off"));
    let mut flipped = data.clone();
    flipped[14] ^= 1;
    assert_eq!(read(&entries, &flipped), damaged("a checksum differs"));
    let changed = |entry: usize, field: u32, value: u64| {
        let mut changed = entries.clone();
        // The last value of a field counts.
        changed[entry].1.extend(EncodedMessage::default().number(field, value).0);
        read(&changed, &data)
    };
    assert_eq!(changed(0, 1, 2), damaged("its numbers are in several files"));
    assert_eq!(changed(0, 2, 1), damaged("its numbers are big-endian"));
    assert_eq!(changed(2, 3, 1), damaged("its numbers are in several files"));
    assert_eq!(changed(2, 4, u64::MAX), damaged("its numbers are cut off"));
    assert_eq!(changed(2, 5, 20), damaged("its numbers are cut off"));
    assert!(changed(2, 1, 2).contains("is type 2 [2, 3]"));
    let mut cut = entries.clone();
    cut[2].1.truncate(7);
    assert_eq!(read(&cut, &data), damaged("an entry is cut off"));
    let (infinite, data) = bundle(&[("a/kernel".to_owned(), vec![2, 3], vec![f32::INFINITY; 6])]);
    assert!(read(&infinite, &data).contains("`a/kernel` of the checkpoint has values that are not finite"));
}

#[test]
fn no_bytes_make_it_panic() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
    let (entries, data) = bundle(&tensors());
    let mut below = |limit: usize| random.next_u64() as usize % limit.max(1);
    let mut read = 0;
    for _ in 0..20_000 {
        let (mut entries, mut data) = (entries.clone(), data.clone());
        let value = &mut entries[below(4)].1;
        match below(5) {
            0 => value.truncate(below(value.len())),
            1 => data.truncate(below(data.len())),
            _ => {
                let at = below(value.len());
                value[at] = if below(2) == 0 { 0xff } else { value[at] ^ 1 << below(8) };
            }
        }
        match open(&entries, &data) {
            Ok(bundle) => {
                let all: Vec<String> = bundle.keys().map(str::to_owned).collect();
                for (name, shape, values) in tensors() {
                    let found = bundle.read(&name, &shape);
                    // What is read is what was written, or nothing is.
                    assert!(found.as_ref().is_ok_and(|found| *found == values) || found.is_err(), "{all:?}");
                    read += usize::from(found.is_ok());
                }
            }
            Err(error) => assert!(!error.to_string().contains('\n')),
        }
    }
    assert!(read > 10_000, "{read}");
}
