//! A recording keeps its length, whatever its file declares and however often it is there.

use std::{collections::BTreeMap, fs};

use indexer::testing::WritableStore;
use serde_json::Value;

use crate::support::{
    environment::{TestEnv, clip, counts},
    recordings::undeclared,
};

const CLIPS: [&str; 3] = ["ambient_01.mp3", "electronic_01.mp3", "acoustic_01.mp3"];

/// Three streams that declare no length, each at so many paths.
fn home(copies: usize) -> TestEnv {
    let env = TestEnv::new();
    for name in CLIPS {
        for copy in 0..copies {
            fs::write(env.path(format!("music/{copy}_{name}")), undeclared(&clip(name))).unwrap();
        }
    }
    env
}

fn seconds(env: &TestEnv) -> BTreeMap<String, f64> {
    let name = |path: std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    env.view().files().unwrap().into_iter().map(|(path, file)| (name(path), file.seconds.unwrap())).collect()
}

fn assert_measured(env: &TestEnv) {
    for (name, seconds) in seconds(env) {
        let expected = if name.ends_with("electronic_01.mp3") { 8.0 } else { 9.0 };
        assert!((seconds - expected).abs() < 0.1, "{name}: {seconds} s");
    }
}

#[test]
fn a_stream_that_lies_twice_in_the_first_scan_keeps_its_length() {
    let env = home(4);
    let summary = env.json("scan music --method mfcc --jobs 4");
    assert_eq!(counts(&summary, ["opened", "decoded", "failed"]), [12, 3, 0]);
    assert_measured(&env);
    env.json("cluster --n 1 --playlists lists --min-duration 5");
    let mut files = fs::read_dir(env.path("lists")).unwrap().map(|file| file.unwrap().path());
    let list = files.find(|file| file.extension().is_some_and(|kind| kind == "m3u8")).unwrap();
    let text = fs::read_to_string(list).unwrap();
    let mut lengths: Vec<_> = text.lines().filter(|line| line.starts_with("#EXTINF:")).collect();
    lengths.iter_mut().for_each(|line| *line = line.split(',').next().unwrap());
    lengths.sort_unstable();
    assert_eq!(lengths, ["#EXTINF:8", "#EXTINF:9", "#EXTINF:9"]);
}

#[test]
fn a_length_that_an_earlier_version_has_lost_is_measured_once() {
    let env = home(2);
    env.json("scan music --method mfcc");
    let before = crate::support::store_contents::vectors(&env.view()).unwrap();
    let store = WritableStore::open(&env.store()).unwrap();
    CLIPS.iter().for_each(|name| store.forget_length(&env.path(format!("music/1_{name}"))).unwrap());
    drop(store);
    let tasks = |plan: &Value| plan["open"].as_array().unwrap().len();
    assert_eq!(tasks(&env.json("scan --method none --dry-run")), 0, "an inventory decodes nothing");
    let plan = env.run("scan --dry-run");
    assert_eq!(plan.stdout.matches("measure").count(), 3, "{plan:?}");
    assert_eq!(counts(&env.json("scan"), ["opened", "decoded", "failed"]), [3, 3, 0]);
    assert_measured(&env);
    assert_eq!(crate::support::store_contents::vectors(&env.view()).unwrap(), before);
    assert_eq!(counts(&env.json("scan"), ["opened", "decoded"]), [0, 0], "once");
}

#[test]
fn a_length_that_was_lost_is_found_by_the_first_file_that_is_read_again() {
    let env = home(1);
    env.json("scan music --method mfcc");
    let store = WritableStore::open(&env.store()).unwrap();
    CLIPS.iter().for_each(|name| store.forget_length(&env.path(format!("music/0_{name}"))).unwrap());
    drop(store);
    assert_eq!(counts(&env.json("scan --reread"), ["opened", "decoded", "failed"]), [3, 3, 0]);
    assert_measured(&env);
}
