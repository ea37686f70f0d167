use super::*;
use crate::model::convert::musicnn::{self, CHECKPOINT};
use crate::model::convert::seeded_bundle::{archive, bundle, table, wheel};

fn error(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("musicnn.whl");
    std::fs::write(&file, bytes).unwrap();
    let opened = open(&file, CHECKPOINT).and_then(|bundle| musicnn::check(&bundle));
    opened.err().map_or_else(|| "nothing".to_owned(), |error| error.to_string())
}

#[test]
fn a_wheel_is_known_by_its_name_or_by_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let is = |name: &str, bytes: &[u8]| {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        is_wheel(&file).unwrap()
    };
    assert!(is("x.WHL", b"PK") && is("x.zip", &archive(&[("x-1.dist-info/WHEEL", b"")])));
    assert!(!is("x.pth", &archive(&[("archive/data.pkl", b"")])) && !is("y.pth", b"PK"));
}

#[test]
fn what_is_no_wheel_of_the_package_is_refused() {
    let tensors = seeded();
    assert_eq!(error(&wheel(&tensors)), "nothing");
    let (entries, data) = bundle(&tensors);
    let [index, numbers] = [".index", ".data-00000-of-00001"].map(|end| format!("{CHECKPOINT}{end}"));
    let table = table(&entries, &mut |_| {});
    for (files, message) in [
        (
            vec![("numpy/__init__.py", &b"x"[..])],
            "the wheel has no `musicnn/MSD_musicnn/.index`: it is another",
        ),
        (vec![(&*index, &*table)], "the wheel has no `musicnn/MSD_musicnn/.data-00000-of-00001`"),
        (vec![(&*index, &table[..1000]), (&*numbers, &*data)], "the checkpoint is damaged (no table)"),
        (vec![(&*index, &[0; 3 << 20]), (&*numbers, &*data)], "has more than 1048576 bytes"),
        (vec![(&*index, &*table), (&*numbers, &[0; 65 << 20])], "has more than 67108864 bytes"),
    ] {
        let error = error(&archive(&files));
        assert!(error.contains(message) && !error.contains('\n'), "{error}\n{message}");
    }
    for bytes in [&b""[..], b"PK", b"no wheel", &wheel(&tensors[..1])[..60]] {
        assert!(error(bytes).starts_with("it is no wheel, or a damaged one ("), "{}", error(bytes));
    }
}

fn seeded() -> Vec<crate::model::convert::seeded_bundle::SeededTensor> {
    crate::model::convert::seeded_bundle::musicnn()
}

#[test]
fn a_size_that_is_a_lie_unpacks_no_more_than_a_checkpoint_has() {
    let index = format!("{CHECKPOINT}.index");
    let mut bomb = archive(&[(&index, &vec![0; 50 << 20])]);
    let (honest, lie) = ((50_u32 << 20).to_le_bytes(), 100_u32.to_le_bytes());
    let places: Vec<_> =
        bomb.windows(4).enumerate().filter(|(_, bytes)| *bytes == honest).map(|(at, _)| at).collect();
    assert!(!places.is_empty() && bomb.len() < 1 << 20, "{places:?}, {}", bomb.len());
    places.iter().for_each(|&at| bomb[at..at + 4].copy_from_slice(&lie));
    // The archive's reader stops where the declared size is exceeded.
    let error = error(&bomb);
    assert!(error.contains("larger than its declared uncompressed size"), "{error}");
}

#[test]
fn a_flipped_bit_is_found() {
    let whole = wheel(&seeded());
    for at in [whole.len() / 3, whole.len() / 2, 200] {
        let mut flipped = whole.clone();
        flipped[at] ^= 16;
        assert!(error(&flipped) != "nothing", "{at}");
    }
}
