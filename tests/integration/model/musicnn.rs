//! musicnn comes in from its wheel, whole or not at all, and hears what its authors' own program hears.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::support::{
    environment::TestEnv,
    miniature_model::{describe, files, heard, listed},
    refusal::refuses,
};

const FAILED: i32 = 1;
const WHEEL: &str = "musicnn-0.1.0-py3-none-any.whl";
const INDEX: &str = "musicnn/MSD_musicnn/.index";
const DATA: &str = "musicnn/MSD_musicnn/.data-00000-of-00001";

/// A compressed archive of these files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn what_is_not_the_packages_wheel_is_refused_and_leaves_nothing() {
    let env = TestEnv::new();
    let bomb = vec![0; 80 << 20];
    let dist_info = ("musicnn-0.2.0.dist-info/WHEEL", &b"Wheel-Version: 1.0\n"[..]);
    for (file, bytes) in [
        ("other.whl", archive(&[("numpy/__init__.py", b""), dist_info])),
        ("cut.whl", archive(&[dist_info])[..40].to_vec()),
        ("text.whl", b"not found".to_vec()),
        ("table.whl", archive(&[(INDEX, b"no table"), (DATA, b""), dist_info])),
        ("index.whl", archive(&[(INDEX, &bomb), dist_info])),
        ("data.zip", archive(&[(INDEX, b""), (DATA, &bomb), dist_info])),
    ] {
        fs::write(env.path(file), bytes).unwrap();
    }
    for (line, word) in [
        (
            "model import other.whl",
            "and the published musicnn has 29292476: get it with `pip download --no-deps musicnn==0.1.0`, or add --unverified",
        ),
        (
            "model import other.whl --unverified",
            "the wheel has no `musicnn/MSD_musicnn/.index`: it is another package, or another version",
        ),
        ("model import cut.whl --unverified", "it is no wheel, or a damaged one ("),
        ("model import text.whl", "neither a PyTorch checkpoint, a wheel nor ONNX: download it again"),
        ("model import table.whl --unverified", "the checkpoint is damaged (no table): download it again"),
        (
            "model import index.whl --unverified",
            "has more than 1048576 bytes, far more than a checkpoint has",
        ),
        (
            "model import data.zip --unverified",
            "has more than 67108864 bytes, far more than a checkpoint has",
        ),
        (
            "model import other.whl --as cnn14 --unverified",
            "is a wheel, and cnn14 is imported from a PyTorch checkpoint",
        ),
        (
            "model import other.whl --as clap --unverified",
            "is a wheel, and clap is imported from ONNX: export it first",
        ),
    ] {
        refuses(&env, line, FAILED, "model", word);
        assert_eq!(files(&env), [""; 0], "{line}");
    }
}

/// The wheel, imported as people import it.
fn with_wheel() -> TestEnv {
    let env = TestEnv::new();
    let wheel = PathBuf::from(env::var_os("INDEXER_TEST_MUSICNN").expect("INDEXER_TEST_MUSICNN"));
    fs::copy(&wheel, env.path(WHEEL)).unwrap();
    let output = env.run(&format!("model import {WHEEL}"));
    let file = env.store().join("models/musicnn.onnx");
    let done =
        format!("musicnn is installed, verified: {}; `indexer scan` fills its space\n", file.display());
    assert_eq!((output.status, output.stdout, output.stderr.as_str()), (0, done, ""));
    assert_eq!(files(&env), ["musicnn.onnx", "musicnn.toml"]);
    env
}

#[test]
#[ignore = "needs musicnn's wheel, which INDEXER_TEST_MUSICNN names"]
fn a_wheel_that_was_cut_off_or_changed_is_refused_and_leaves_nothing() {
    let env = with_wheel();
    assert_eq!(env.run("model remove musicnn").status, 0);
    let whole = fs::read(env.path(WHEEL)).unwrap();
    let mut flipped = whole.clone();
    // Within the checkpoint: it begins with the archive's second half.
    let at = whole.windows(DATA.len()).position(|bytes| bytes == DATA.as_bytes()).unwrap();
    flipped[at + 4_000_000] ^= 1;
    for (bytes, said, unverified) in [
        (
            &whole[..whole.len() / 2],
            "bytes, and the published musicnn has 29292476: get it with",
            "it is no wheel",
        ),
        (&flipped[..], "has sha256 ", "it is no wheel, or a damaged one ("),
    ] {
        fs::write(env.path(WHEEL), bytes).unwrap();
        refuses(&env, &format!("model import {WHEEL}"), FAILED, "model", said);
        refuses(&env, &format!("model import {WHEEL} --unverified"), FAILED, "model", unverified);
        assert_eq!(files(&env), [""; 0]);
    }
}

/// What musicnn's own program hears in four songs: the beginning of the file's name, embedding and scores by tag, each the
/// mean over the song.
fn golden() -> Vec<(String, Vec<f64>, BTreeMap<String, f64>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/musicnn/songs.json");
    let songs: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let number = |value: &Value| value.as_f64().unwrap();
    let song = |song: &Value| {
        let tags = song["tags_mean"].as_object().unwrap().iter();
        (
            song["file_begins_with"].as_str().unwrap().to_owned(),
            song["embedding_mean"].as_array().unwrap().iter().map(number).collect(),
            tags.map(|(tag, score)| (tag.clone(), number(score))).collect(),
        )
    };
    songs.as_object().unwrap().values().map(song).collect()
}

/// The song that is silent for two of its two minutes: this program leaves silence out, and the golden means have it in.
const MOSTLY_SILENT: &str = "unknown_horizons__chapel";

/// Scans with musicnn and compares: the least cosine of an embedding with its golden one, and how far a score is off.
fn compare(env: &TestEnv, music: &Path) -> (f64, f64) {
    let scan = env.run(&format!("scan {} --method musicnn --json", music.display()));
    assert_eq!(scan.status, 0, "{scan:?}");
    let heard = heard(env, "musicnn");
    let (mut least, mut most_off) = (1.0_f64, 0.0_f64);
    for (song, embedding, tags) in golden() {
        let (_, (vector, scores)) = heard.iter().find(|(name, _)| name.starts_with(&song)).unwrap();
        if song.starts_with(MOSTLY_SILENT) {
            assert_ne!(tag(scores[0].0), "rock", "that is what it hears in silence");
            continue;
        }
        let vector: Vec<f64> = vector.iter().map(|&value| value.into()).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let lengths = dot(&vector, &vector) * dot(&embedding, &embedding);
        least = least.min(dot(&vector, &embedding) / lengths.sqrt());
        let best = tags.iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
        assert_eq!(tag(scores[0].0), best, "{song}");
        let off = scores.iter().map(|&(class, score)| (f64::from(score) - tags[tag(class)]).abs());
        most_off = off.fold(most_off, f64::max);
    }
    (least, most_off)
}

#[test]
#[ignore = "needs musicnn's wheel and real music, which INDEXER_TEST_MUSICNN and INDEXER_TEST_AUDIO name"]
fn it_hears_in_real_songs_what_its_authors_program_hears() {
    let env = with_wheel();
    assert_eq!(listed(&env, "musicnn")["state"], "verified");
    let music = PathBuf::from(env::var_os("INDEXER_TEST_AUDIO").expect("INDEXER_TEST_AUDIO")).join("music");
    let scan = env.run(&format!("scan {} --method musicnn --json", music.display()));
    assert_eq!(scan.status, 0, "{scan:?}");
    let lists = env.json("cluster --n 5 --method musicnn --output lists.json");
    assert_eq!((&lists["tracks"], &lists["coverage"]), (&21.into(), &1.0.into()), "{lists}");
    let names: Vec<_> = lists["playlists"].as_array().unwrap().iter().map(|list| &list["name"]).collect();
    assert!(names.iter().any(|name| name.as_str().unwrap().starts_with("Jazz")), "{names:?}");

    // As loud as each song is, as that program takes it.
    describe(&env, "musicnn", "loudness = -17.0", "");
    let (cosine, off) = compare(&env, &music);
    assert!(cosine > 0.97 && off < 0.12, "eight windows for all: {cosine}, {off}");
    // Every window of the whole song, as that program has them; the resampler is another.
    describe(&env, "musicnn", "max_windows = 8", "max_windows = 0");
    describe(&env, "musicnn", "trim = true", "trim = false");
    let (cosine, off) = compare(&env, &music);
    assert!(cosine > 0.999 && off < 0.01, "{cosine}, {off}");
}

/// A class's tag.
fn tag(class: u16) -> &'static str {
    let line = include_str!("../../../models/musicnn_tags.txt").lines().nth(class.into()).unwrap();
    line.split('\t').next().unwrap()
}
