//! Mutants of audio files, decoded by the program's own workers (T7): none ends the program or makes it wait, each is listed
//! with a reason, and none is tried again.

use std::process::Command;
use std::{fs, path::Path};

use indexer::testing::figure;
use serde_json::Value;

use crate::mutants::Mutator;

/// Files that are scanned at once.
const AT_ONCE: usize = 1_000;

fn scan(home: &Path, retry: bool) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_indexer"));
    command.args(["scan", "music", "--method", "mfcc", "--json", "--silent", "--store", "store"]);
    if retry {
        command.arg("--retry-failed");
    }
    let output =
        command.env("INDEXER_DECODER_FFMPEG", "off").env("HOME", home).current_dir(home).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 3)), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn failures(home: &Path) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_indexer"));
    command.args(["errors", "--json", "--store", "store"]).env("HOME", home).current_dir(home);
    let errors: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    errors["failures"].as_array().unwrap().clone()
}

#[test]
fn mutants_of_audio_files_are_heard_or_listed_with_a_reason() {
    let is_long = std::env::var_os("INDEXER_TEST_LONG").is_some_and(|set| set == "1");
    let rounds = if is_long { 100 } else { 4 };
    let clips = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips");
    let files = |folder: &str| fs::read_dir(clips.join(folder)).unwrap().map(|file| file.unwrap().path());
    let mut paths: Vec<_> = ["", "odd", "tagged"].iter().flat_map(|folder| files(folder)).collect();
    paths.retain(|path| {
        path.is_file() && !matches!(path.extension().and_then(|end| end.to_str()), Some("py" | "json"))
    });
    paths.sort();
    let seeds: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    let mut mutator = Mutator::new("sound", &seeds);
    let mut failed = 0;
    for round in 0..rounds {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("music")).unwrap();
        for number in 0..AT_ONCE {
            // Any suffix: what is in a file decides.
            let like = &paths[mutator.below(paths.len())];
            let extension = like.extension().map_or("mp3".into(), |end| end.to_string_lossy());
            fs::write(home.path().join(format!("music/{number}.{extension}")), mutator.next()).unwrap();
        }
        let summary = scan(home.path(), false);
        assert_eq!(summary["opened"], AT_ONCE, "round {round}: {summary}");
        let listed = failures(home.path());
        for failure in &listed {
            let (kind, reason) = (failure["kind"].as_str().unwrap(), failure["reason"].as_str().unwrap());
            let is_true =
                !matches!(kind, "crashed" | "timed out") && !reason.is_empty() && !reason.contains('\n');
            if !is_true {
                let path = Path::new(failure["path"].as_str().unwrap()).to_owned();
                let kept = std::env::temp_dir().join(path.file_name().unwrap());
                fs::copy(&path, &kept).unwrap();
                panic!("round {round}: {failure}, kept as {}", kept.display());
            }
        }
        assert_eq!(scan(home.path(), false)["opened"], 0, "round {round}: nothing is tried again");
        failed += listed.len();
    }
    let tried = (rounds * AT_ONCE) as u64;
    figure(
        "T7",
        tried,
        "mutants of audio files",
        &format!("{failed} refused with a reason, the rest heard; no crash, no wait"),
    );
}
