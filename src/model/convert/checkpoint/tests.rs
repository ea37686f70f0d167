use std::io::{Cursor, Write};

use zip::CompressionMethod::{Deflated, Stored};
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;
use crate::model::{
    convert::cnn14::{Widths, check_front_end},
    golden,
    spec::{FrontEndSpec, ModelSpec},
};

fn mini(format: &str) -> Vec<u8> {
    std::fs::read(golden::path(&format!("cnn14_mini_{format}.pth"))).unwrap()
}

fn open(bytes: &[u8]) -> Result<Checkpoint, CheckpointError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    Checkpoint::open(file.path())
}

/// What is wrong with a checkpoint of CNN14.
fn wrong(bytes: &[u8]) -> String {
    let checked = open(bytes).and_then(|checkpoint| {
        let spec = ModelSpec::built_in("cnn14").unwrap();
        let FrontEndSpec::LogMel(mel) = &spec.front_end else { panic!("cnn14 has a log-mel front end") };
        Widths::of(&checkpoint)?;
        check_front_end(&checkpoint, mel, spec.rate)
    });
    checked.err().map_or_else(|| "nothing".to_owned(), |error| error.to_string())
}

/// The bytes with the `nth` (from 0) occurrence of `from` replaced.
fn patched(bytes: &[u8], from: &[u8], nth: usize, to: &[u8]) -> Vec<u8> {
    let (at, _) = bytes.windows(from.len()).enumerate().filter(|(_, bytes)| bytes == &from).nth(nth).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

fn zipped(entries: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn both_formats_hold_the_same_tensors() {
    let (legacy, zip) = (open(&mini("legacy")).unwrap(), open(&mini("zip")).unwrap());
    assert!(legacy.keys().eq(zip.keys()));
    for key in legacy.keys().filter(|key| !key.ends_with(".num_batches_tracked")) {
        let shape = legacy.shape(key).unwrap();
        assert_eq!(legacy.read(key, shape).unwrap(), zip.read(key, shape).unwrap(), "{key}");
    }
    assert_eq!(Widths::of(&zip).unwrap(), Widths::of(&legacy).unwrap());
    assert_eq!([wrong(&mini("legacy")), wrong(&mini("zip"))], ["nothing", "nothing"]);
}

#[test]
fn the_first_bad_key_is_named() {
    let whole = mini("legacy");
    for (bytes, message) in [
        (
            patched(&whole, b"conv_block3.bn1.weight", 0, b"conv_block3.bn9.weight"),
            "lacks `conv_block3.bn1.weight`",
        ),
        (
            patched(&whole, b"conv_block2.conv1.weight", 0, b"conv_block2.conv9.weight"),
            "lacks `conv_block2.conv1.weight`",
        ),
        // The table's name and the first of two 527 in a row: the shape's.
        (patched(&whole, b"K \x86", 0, b"K\x1f\x86"), "[32, 31]"),
        (patched(&whole, b"num_batches_tracked", 0, b"num_batches_trackeD"), "has `bn0.num_batches_trackeD`"),
        (patched(&whole, b"ctorch\nFloatStorage\n", 0, b"ctorch\nLongStorage\n"), ""),
    ] {
        let wrong = wrong(&bytes);
        assert!(wrong != "nothing" && wrong.contains(message) && !wrong.contains('\n'), "{wrong}\n{message}");
    }
}

#[test]
fn values_that_are_not_finite_are_refused() {
    let whole = mini("legacy");
    let variances = open(&whole).unwrap().read("bn0.running_var", &[64]).unwrap();
    let bytes: Vec<u8> = variances.iter().flat_map(|value| value.to_le_bytes()).collect();
    let damaged = open(&patched(&whole, &bytes, 0, &f32::NAN.to_le_bytes().repeat(64))).unwrap();
    let error = damaged.read("bn0.running_var", &[64]).unwrap_err();
    assert!(error.to_string().contains("`bn0.running_var`"), "{error}");
}

#[test]
fn another_front_end_is_refused() {
    let whole = mini("legacy");
    let weights = open(&whole).unwrap().read("logmel_extractor.melW", &[513, 64]).unwrap();
    // In the file the matrix lies band by band.
    let band: Vec<u8> = (0..513).flat_map(|bin| weights[bin * 64 + 63].to_le_bytes()).collect();
    let louder: Vec<u8> = (0..513).flat_map(|bin| (weights[bin * 64 + 63] * 1.01).to_le_bytes()).collect();
    let error = wrong(&patched(&whole, &band, 0, &louder));
    assert!(error.contains("`logmel_extractor.melW`"), "{error}");
}

#[test]
fn a_checkpoint_that_would_run_a_program_is_refused_and_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join("marker");
    let command = format!("touch {}", marker.display());
    let mut attack = b"\x80\x02cos\nsystem\nX".to_vec();
    attack.extend((command.len() as u32).to_le_bytes());
    attack.extend([command.as_bytes(), b"\x85R."].concat());
    let legacy = mini("legacy");
    // Behind the magic number, the version and the machine: the content.
    let content = legacy.windows(2).enumerate().filter(|(_, bytes)| bytes == b"\x80\x02").nth(3).unwrap().0;
    for bytes in [
        attack.clone(),
        [&legacy[..content], &attack, &legacy[content..]].concat(),
        zipped(&[("archive/data.pkl", &attack), ("archive/version", b"3")], Stored),
        zipped(&[("data.pkl", b"\x80\x02}."), ("x/data.pkl", &attack)], Stored),
    ] {
        let error = open(&bytes).err().unwrap().to_string();
        assert!(error.contains("`os.system`") && !error.contains('\n'), "{error}");
    }
    assert!(!marker.exists());
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_unpacked() {
    let bomb = zipped(&[("archive/data.pkl", &vec![b'N'; 50 << 20])], Deflated);
    assert!(bomb.len() < 100_000);
    let error = open(&bomb).err().unwrap().to_string();
    assert!(error.contains("`archive/data.pkl` in the checkpoint is compressed"), "{error}");
}

#[test]
fn damage_is_an_error_in_one_line() {
    for format in ["legacy", "zip"] {
        let whole = mini(format);
        for i in 0..300 {
            let (at, mut mutant) = ((i * 7919) % whole.len(), whole.clone());
            match i % 3 {
                0 => mutant.truncate(at),
                1 => mutant[(i * 97) % 13_000] ^= 1 << (i % 8),
                _ => drop(mutant.splice(at..(at + 100).min(whole.len()), [])),
            }
            assert!(!wrong(&mutant).contains('\n'));
        }
    }
}
