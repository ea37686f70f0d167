//! Moving, copying and touching files costs no decode, and a rename not even an open.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde_json::Value;

use crate::support::environment::{TestEnv, counts};

const COUNTS: [&str; 6] = ["found", "opened", "renamed", "decoded", "missing", "failed"];

/// Something that people do to files that hold the same music afterwards.
struct Case {
    name: &'static str,
    change: fn(&Path),
    /// As [`COUNTS`] names them.
    counts: [u64; 6],
}

const CASES: &[Case] = &[
    Case { name: "left alone", change: |_| {}, counts: [18, 0, 0, 0, 0, 0] },
    Case {
        name: "renamed",
        change: |path| fs::rename(path, path.with_file_name(format!("x {}", name(path)))).unwrap(),
        counts: [18, 0, 18, 0, 0, 0],
    },
    Case {
        name: "moved to other folders",
        change: |path| fs::rename(path, folder_of_style(path).join(name(path))).unwrap(),
        counts: [18, 0, 18, 0, 0, 0],
    },
    Case {
        name: "copied, and the original deleted",
        change: |path| {
            fs::copy(path, folder_of_style(path).join(name(path))).unwrap();
            fs::remove_file(path).unwrap();
        },
        counts: [18, 18, 0, 0, 0, 0],
    },
    Case {
        name: "copied beside the original",
        change: |path| {
            fs::copy(path, folder_of_style(path).join(name(path))).unwrap();
        },
        counts: [36, 18, 0, 0, 0, 0],
    },
    Case {
        name: "touched",
        change: |path| {
            let file = fs::File::options().append(true).open(path).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
        },
        counts: [18, 18, 0, 0, 0, 0],
    },
    Case {
        name: "replaced by an equal file",
        change: |path| {
            let copy = path.with_extension("part");
            fs::copy(path, &copy).unwrap();
            fs::rename(copy, path).unwrap();
        },
        counts: [18, 18, 0, 0, 0, 0],
    },
];

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// `music/new/STYLE`.
fn folder_of_style(path: &Path) -> PathBuf {
    let style = name(path).split('_').next().unwrap();
    let folder = path.parent().unwrap().join("new").join(style);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files
}

#[test]
fn the_same_music_is_never_decoded_twice() {
    for case in CASES {
        let env = TestEnv::with_clips();
        env.json("scan music");
        files(&env.path("music")).iter().for_each(|path| (case.change)(path));
        let summary = env.json("scan");
        assert_eq!(counts(&summary, COUNTS), case.counts, "{}: {COUNTS:?}", case.name);
        assert_eq!(summary["stored"], Value::Object(Default::default()), "{}", case.name);
        let status = env.json("status");
        assert_eq!(counts(&status, ["tracks", "paths", "missing"]), [18, case.counts[0], 0], "{}", case.name);
        let again = counts(&env.json("scan"), ["found", "unchanged", "opened"]);
        assert_eq!(again, [case.counts[0], case.counts[0], 0], "{} is settled at once", case.name);
        assert_eq!(env.json("cluster --n 3")["tracks"], 18, "{}", case.name);
    }
}

#[test]
fn a_file_that_was_away_comes_back_without_decoding() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    let (song, aside) = (env.path("music/ambient_01.mp3"), env.path("aside.mp3"));
    fs::rename(&song, &aside).unwrap();
    let expect = |found: u64, missing, tracks| {
        assert_eq!(counts(&env.json("scan"), COUNTS)[3..], [0, missing, 0]);
        let summary = env.json("scan");
        assert_eq!(counts(&summary, ["found", "opened", "decoded", "missing"]), [found, 0, 0, missing]);
        assert_eq!(counts(&env.json("status"), ["tracks", "paths", "missing"]), [tracks, 18, missing]);
        assert_eq!(env.json("cluster --n 3")["tracks"], tracks);
    };
    expect(17, 1, 17);
    fs::rename(&aside, &song).unwrap();
    expect(18, 0, 18);
}

#[test]
fn a_method_that_was_left_out_is_filled_in_later() {
    let env = TestEnv::with_clips();
    let names = env.json("scan music --method none");
    assert_eq!(counts(&names, ["found", "opened", "decoded"]), [18, 18, 0]);
    assert_eq!(counts(&env.json("scan"), ["found", "opened", "decoded"]), [18, 18, 18]);
    assert_eq!(counts(&env.json("scan"), ["found", "opened", "decoded"]), [18, 0, 0]);
}
