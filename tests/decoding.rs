//! What becomes of files that are no recordings, or broken ones.

use indexer::testing::figure;
use std::fs;
use std::path::{Path, PathBuf};

use indexer::testing::{Refused, decode, identify};
use serde_json::{Map, Value, json};

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

/// Streams that go on otherwise, headers that lie, and what is no music: `clips/make_odd.py` says what is right.
#[test]
fn odd_files_are_heard_whole_or_refused_for_the_right_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips/odd");
    let expected = fs::read_to_string(folder.join("expected.json")).expect("what is right");
    let expected: Map<String, Value> = serde_json::from_str(&expected).expect("JSON");
    assert!(expected.len() > 20);
    for (name, values) in &expected {
        let path = folder.join(name);
        let (mut power, mut count) = (0.0, 0.0);
        let decoded = identify(&path).and_then(|_| {
            decode(&path, &mut |samples| {
                power += samples.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>();
                count += samples.len() as f64;
            })
        });
        let decoded = match (decoded, values["kind"].as_str()) {
            (Ok(decoded), None) => decoded,
            (Err(refused), Some(kind)) => {
                assert_eq!(refused.kind, kind, "{name}: {refused}");
                continue;
            }
            (decoded, kind) => panic!("{name}: {decoded:?}, not {kind:?}"),
        };
        let decoded_as =
            [("codec", json!(decoded.codec)), ("rate", json!(decoded.rate)), ("by", json!(decoded.by))];
        for (key, found) in decoded_as {
            assert!(values.get(key).is_none_or(|value| *value == found), "{name}: {key} {found}");
        }
        let is_partial = values.get("partial") == Some(&json!(true));
        assert_eq!(decoded.partial.is_some(), is_partial, "{name}: {:?}", decoded.partial);
        // Encoders without a way to say where the sound ends add up to two packets for each stream.
        let seconds = values["seconds"].as_f64().expect("seconds");
        let slack = values.get("slack").and_then(Value::as_f64).unwrap_or(0.001);
        assert!((decoded.seconds - seconds).abs() < slack, "{name}: {} s, not {seconds}", decoded.seconds);
        if let Some(rms) = values.get("rms").and_then(Value::as_f64) {
            assert!(
                (f64::sqrt(power / count) - rms).abs() < 0.01 * rms,
                "{name}: {}",
                f64::sqrt(power / count)
            );
        }
    }
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
    let mut files = 0;
    for folder in ["hostile/misc", "hostile/flac_faulty"] {
        for entry in fs::read_dir(audio.join(folder)).expect("a folder") {
            // Either is an answer; a panic or an abort is none.
            let _ = frames(&entry.expect("an entry").path());
            files += 1;
        }
    }
    figure("T7", files, "broken files", "each heard, or refused with a reason");
}

/// Blocks before and behind a recording.
type Blocks<'a> = (&'a [&'a [u8]], &'a [&'a [u8]]);

/// Tags around a recording make no other recording of it.
#[test]
fn tag_blocks_around_the_sound_change_no_identity() {
    let folder = tempfile::tempdir().expect("a folder");
    let size = 300_u32;
    let id3v2 = [b"ID3\x03\0\0\0\0\x02\x2c".as_slice(), &[0; 300]].concat();
    let id3v1 = [b"TAG".as_slice(), &[b'x'; 125]].concat();
    let ape = |flags: u32| {
        let numbers = [2000, size + 32, 0, flags].map(u32::to_le_bytes);
        [b"APETAGEX".as_slice(), numbers.as_flattened(), &[0; 8]].concat()
    };
    let ape = [ape(0xa000_0000), vec![b'x'; 300], ape(0x8000_0000)].concat();
    let lyrics = b"LYRICSBEGINsomething000020LYRICS200".to_vec();
    let blocks: [Blocks<'_>; 6] = [
        (&[&id3v2], &[]),
        (&[], &[&id3v1]),
        (&[], &[&ape]),
        (&[&id3v2, &id3v2], &[&ape, &id3v1]),
        (&[&id3v2], &[&lyrics, &id3v1]),
        (&[], &[&[0; 4096]]),
    ];
    let clips = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips");
    for name in [
        "acoustic_01.mp3",
        "acoustic_02.flac",
        "acoustic_03.ogg",
        "acoustic_04.m4a",
        "acoustic_05.wav",
        "acoustic_06.aiff",
        "ambient_04.m4a",
        "odd/plain.opus",
        "odd/plain.webm",
        "odd/opus.caf",
        "odd/rates.aac",
        "odd/w64.wav",
    ] {
        let (clip, copy) = (clips.join(name), folder.path().join(name.replace('/', "_")));
        let (bytes, expected) = (fs::read(&clip).expect(name), identify(&clip).expect(name).content);
        for (before, behind) in blocks {
            fs::write(&copy, [&before.concat()[..], &bytes, &behind.concat()].concat()).expect("a file");
            let found =
                identify(&copy).unwrap_or_else(|refused| panic!("{name} {before:?} {behind:?}: {refused}"));
            assert_eq!(found.content, expected, "{name} {} {}", before.len(), behind.len());
        }
    }
}

/// Frames decoded, and whether the file is partial.
fn frames(path: &Path) -> Result<(u64, bool), Refused> {
    decode(path, &mut |_| {}).map(|decoded| (decoded.frames, decoded.partial.is_some()))
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
