//! What becomes of files that are no recordings, or broken ones.

use std::fs;
use std::path::{Path, PathBuf};

use indexer::testing::{Refused, decode};

#[test]
fn files_without_sound_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("empty.mp3", Vec::new(), "empty"),
        ("letter.txt", b"Dear Sir or Madam, ".repeat(5000), "not audio"),
        ("zeros.flac", vec![0; 100_000], "not audio"),
        ("song.wv", b"wvpk and more".to_vec(), "unsupported"),
        ("cut.flac", b"fLaC\x00\x00\x00\x22".to_vec(), "truncated"),
        ("silent.wav", wav(0), "no samples"),
    ];
    for (name, bytes, kind) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("a file");
        let failure = frames(&path).expect_err(name);
        assert_eq!((failure.kind, failure.is_final), (kind, true), "{name}: {failure}");
    }
    let missing = frames(&folder.path().join("missing.mp3")).expect_err("nothing there");
    assert_eq!((missing.kind, missing.is_final), ("unreadable", false));
    assert!(missing.reason.starts_with("errno 2"), "{missing}");
}

#[test]
fn half_of_a_file_is_kept_and_a_tenth_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cut.wav");
    let whole = wav(44_100);
    fs::write(&path, &whole).expect("a file");
    assert_eq!(frames(&path), Ok((44_100, false)));
    fs::write(&path, &whole[..whole.len() * 6 / 10]).expect("a file");
    assert!(matches!(frames(&path), Ok((_, true))));
    fs::write(&path, &whole[..whole.len() / 10]).expect("a file");
    assert_eq!(frames(&path).expect_err("too little").kind, "truncated");
}

#[test]
#[ignore = "needs the audio files that INDEXER_TEST_AUDIO names"]
fn no_broken_file_is_more_than_a_failure() {
    let audio = PathBuf::from(std::env::var_os("INDEXER_TEST_AUDIO").expect("INDEXER_TEST_AUDIO"));
    for folder in ["hostile/misc", "hostile/flac_faulty"] {
        for entry in fs::read_dir(audio.join(folder)).expect("a folder") {
            // Either is an answer; a panic or an abort is none.
            let _ = frames(&entry.expect("an entry").path());
        }
    }
}

/// Frames decoded, and whether the file is partial.
fn frames(path: &Path) -> Result<(u64, bool), Refused> {
    decode(path, &mut |_| {}).map(|decoded| (decoded.frames, decoded.partial))
}

/// 16 bits, mono, 44 100 Hz.
fn wav(frames: u32) -> Vec<u8> {
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + 2 * frames).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00");
    bytes.extend(44_100_u32.to_le_bytes());
    bytes.extend(88_200_u32.to_le_bytes());
    bytes.extend(b"\x02\x00\x10\x00data");
    bytes.extend((2 * frames).to_le_bytes());
    bytes.extend((0..frames).flat_map(|i| ((i * 37) as i16).to_le_bytes()));
    bytes
}
