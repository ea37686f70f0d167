//! Stores that earlier programs made: whatever has changed since, they open, and their playlists go on.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use indexer::testing::figure;

use crate::support::environment::{TestEnv, counts};

/// Each set of the fixtures with the line that continues it.
const SETS: [(&str, &str); 2] = [
    ("cnn14-mini", "cluster --n 3 --method cnn14-mini --set cnn14-mini"),
    ("mfcc", "cluster --n 4 --method mfcc --set mfcc"),
];

/// Every fixture: see the README beside them.
fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

/// A home with a copy of the store, and without what it was made from.
fn home(fixture: &Path, music: TestEnv) -> TestEnv {
    fs::create_dir_all(music.store()).unwrap();
    for file in ["library.redb", "playlists.redb"] {
        fs::copy(fixture.join(file), music.store().join(file)).unwrap();
    }
    music
}

fn expected(fixture: &Path, name: &str) -> Value {
    let text = fs::read(fixture.join("expected").join(name)).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// Holds `found` to everything that `expected` says; it may say more. Times that were measured say nothing.
fn assert_says(found: &Value, expected: &Value, place: &str) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            for (key, expected) in expected.iter().filter(|(key, _)| *key != "seconds") {
                let place = format!("{place}.{key}");
                let found = found.get(key).unwrap_or_else(|| panic!("{place} is not there"));
                assert_says(found, expected, &place);
            }
        }
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{place}: {found:?}");
            for (number, (found, expected)) in found.iter().zip(expected).enumerate() {
                assert_says(found, expected, &format!("{place}[{number}]"));
            }
        }
        // Sums depend on the processor's vectors in their last digits.
        (Value::Number(found), Value::Number(expected)) if expected.is_f64() => {
            let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
            assert!((found - expected).abs() <= 1e-5 * expected.abs(), "{place}: {found} for {expected}");
        }
        (found, expected) => assert_eq!(found, expected, "{place}"),
    }
}

/// Whether `mfcc` is made by another recipe today than in the fixture.
fn mfcc_has_changed(env: &TestEnv) -> bool {
    env.view().vectors("mfcc").unwrap().is_empty()
}

#[test]
fn an_older_store_says_what_it_always_said() {
    for fixture in fixtures() {
        let env = home(&fixture, TestEnv::new());
        assert_eq!(counts(&env.json("status"), ["tracks", "paths", "missing", "failures"]), [18, 18, 0, 0]);
        for (set, line) in SETS {
            let output = env.run(&format!("{line} --output {set}.json --json"));
            assert_eq!(output.status, 0, "{output:?}");
            assert_says(&output.json(), &expected(&fixture, &format!("cluster-{set}.json")), line);
            let written: Value =
                serde_json::from_slice(&fs::read(env.path(format!("{set}.json"))).unwrap()).unwrap();
            assert_says(&written, &expected(&fixture, &format!("{set}.json")), set);
            for (list, name) in [("runs list", "runs"), ("runs show", "run")] {
                let line = format!("{list} --set {set}");
                assert_says(&env.json(&line), &expected(&fixture, &format!("{name}-{set}.json")), &line);
            }
        }
        assert_says(&env.json("playlists list"), &expected(&fixture, "playlists.json"), "playlists list");
        assert_eq!(env.json("errors")["failures"], Value::Array(vec![]));
    }
}

#[test]
fn vectors_of_an_earlier_recipe_serve_until_a_scan_has_filled_the_new_space() {
    for fixture in fixtures() {
        let env = home(&fixture, TestEnv::with_clips());
        let has_changed = mfcc_has_changed(&env);
        let early = env.run("cluster --n 4 --method mfcc --set mfcc --json");
        let warning =
            "mfcc has changed, and 0 tracks have its new vectors: the earlier ones of 18 tracks are used";
        assert_eq!((early.status, early.stderr.contains(warning)), (0, has_changed), "{early:?}");
        assert_says(&early.json(), &expected(&fixture, "cluster-mfcc.json"), "cluster");

        // The same music elsewhere: its names are known, and only a new recipe costs a decode.
        let scan = env.json("scan music --method mfcc");
        let decoded = if has_changed { 18 } else { 0 };
        assert_eq!(counts(&scan, ["found", "opened", "decoded", "failed"]), [18, 18, decoded, 0]);
        assert!(!mfcc_has_changed(&env));
        let late = env.run("cluster --n 4 --method mfcc --set mfcc --json");
        assert_eq!((late.status, late.stderr.as_str()), (0, ""), "{late:?}");
        assert_eq!(late.json()["tracks"], 18);
        // A song may change sides between two recipes; the playlists stay who they are.
        let known = expected(&fixture, "cluster-mfcc.json")["playlists"].as_array().unwrap().clone();
        let is_known = |list: &&Value| {
            known.iter().any(|known| (&known["id"], &known["name"]) == (&list["id"], &list["name"]))
        };
        let late = late.json();
        let continued = late["playlists"].as_array().unwrap().iter().filter(is_known).count();
        assert!(continued >= known.len() - 1, "{late}");
    }
}

#[test]
fn an_older_store_is_continued_in_files_of_today() {
    for fixture in fixtures() {
        let env = home(&fixture, TestEnv::new());
        let summary = env.json("cluster --n 3 --method cnn14-mini --set cnn14-mini --playlists lists");
        for list in summary["playlists"].as_array().unwrap() {
            assert_eq!(counts(list, ["added", "removed"]), [0, 0], "{list}");
            assert!(env.path(format!("lists/{}.m3u8", list["name"].as_str().unwrap())).exists());
        }
        let restored = env.json("runs restore 33e914f50395 --set cnn14-mini");
        assert_eq!(counts(&restored, ["n", "tracks"]), [4, 18]);
        env.json("playlists unpin 1 --set cnn14-mini");
        env.json("playlists rename 0 Monday --set cnn14-mini");
        let names = env.json("cluster --n 3 --method cnn14-mini --set cnn14-mini --playlists lists");
        assert_eq!(names["playlists"][0]["name"], "Monday");
    }
    figure("T14", 1, "older store", "migrated, same playlists");
}

#[test]
fn songs_of_an_older_store_are_shown_though_it_does_not_know_their_order() {
    for fixture in fixtures() {
        let env = home(&fixture, TestEnv::new());
        let shown = env.run("playlists show 0 --set mfcc --paths");
        assert_eq!((shown.status, shown.stderr.lines().count()), (0, 1), "{shown:?}");
        assert!(shown.stderr.contains("the order of these songs is known from the next"), "{shown:?}");
        let paths: Vec<_> = shown.stdout.lines().collect();
        assert!(!paths.is_empty() && paths.is_sorted(), "{shown:?}");
        env.json("cluster --n 4 --method mfcc");
        assert_eq!(env.run("playlists show 0 --set mfcc --paths").stderr, "");
    }
}
