//! Music that is away while a daemon follows it: nothing is forgotten, and it is said once (T9).

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use rustix::process::Signal;
use serde_json::Value;

use indexer::testing::figure;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, counts},
    namespace::without_privileges,
    recordings::tones,
};

/// A way for music to be away: how it comes, how it ends, and what the warning says.
struct Case {
    name: &'static str,
    lose: fn(&Path),
    regain: fn(&Path),
    word: &'static str,
}

const CASES: &[Case] = &[
    Case {
        name: "renamed away",
        lose: |music| fs::rename(music, music.with_file_name("aside")).unwrap(),
        regain: |music| fs::rename(music.with_file_name("aside"), music).unwrap(),
        word: "No such file",
    },
    Case {
        name: "an empty folder in its place",
        lose: |music| {
            fs::rename(music, music.with_file_name("aside")).unwrap();
            fs::create_dir(music).unwrap();
        },
        regain: |music| {
            fs::remove_dir(music).unwrap();
            fs::rename(music.with_file_name("aside"), music).unwrap();
        },
        word: "18 of its 18 files are not there",
    },
    Case {
        name: "unreadable",
        lose: |music| fs::set_permissions(music, fs::Permissions::from_mode(0o000)).unwrap(),
        regain: |music| fs::set_permissions(music, fs::Permissions::from_mode(0o755)).unwrap(),
        word: "cannot be read: Permission denied",
    },
];

fn songs(env: &TestEnv) -> Value {
    env.json("cluster --n 3 --output p.json");
    serde_json::from_slice(&fs::read(env.path("p.json")).unwrap()).unwrap()
}

#[test]
fn nothing_is_forgotten_while_a_watched_folder_is_away() {
    for Case { name, lose, regain, word } in CASES {
        let env = TestEnv::with_clips();
        env.json("scan music --method mfcc");
        let lists = songs(&env);
        let mut command = without_privileges(&env, "watch music --method mfcc");
        command.stderr(fs::File::create(env.path("said")).unwrap());
        let daemon = Daemon::of(&env, command);
        daemon.until("a walk", |status| !status["daemon"]["last_walk"].is_null());
        lose(&env.path("music"));
        // Several looks at it.
        for _ in 0..3 {
            let scan = env.json("scan --method mfcc");
            assert_eq!(counts(&scan, ["opened", "missing", "failed"]), [0, 0, 0], "{name}");
        }
        let status = env.json("status");
        assert_eq!(counts(&status, ["tracks", "paths", "missing"]), [18, 18, 0], "{name}");
        let said = fs::read_to_string(env.path("said")).unwrap();
        assert_eq!(said.matches("warning: ").count(), 1, "{name}: {said}");
        assert!(said.contains(word), "{name}: {said}");
        if word.contains("cannot be read") {
            assert!(status["daemon"]["last_error"].as_str().unwrap_or_default().contains(word), "{status}");
        } else {
            assert_eq!(status["roots"][0]["state"], "unavailable", "{name}");
        }
        assert_eq!(songs(&env), lists, "{name}");
        regain(&env.path("music"));
        env.json("scan --method mfcc");
        daemon.until("it is back", |status| {
            status["roots"][0]["state"] == "present" && counts(status, ["tracks", "missing"]) == [18, 0]
        });
        fs::remove_file(env.path("music/ambient_01.mp3")).unwrap();
        daemon.until("it is followed again", |status| status["missing"] == 1);
        assert_eq!(daemon.end(Signal::TERM).status, 0, "{name}");
        let said = fs::read_to_string(env.path("said")).unwrap();
        assert_eq!(said.matches("warning: ").count(), 1, "{name}: {said}");
    }
    figure(
        "T9",
        CASES.len() as u64,
        "ways for music to be away from a daemon",
        "no track forgotten, playlists unchanged",
    );
}

#[test]
fn other_music_in_the_place_of_a_disk_is_not_indexed_when_it_comes() {
    let env = TestEnv::with_clips();
    let music = env.path("music");
    let daemon = Daemon::start(&env, "watch music --method none");
    daemon.until_found(18);
    fs::rename(&music, env.path("aside")).unwrap();
    fs::create_dir(&music).unwrap();
    assert_eq!(counts(&env.json("scan --method none"), ["opened", "missing"]), [0, 0]);
    tones(&music.join("other"), "tone", 0..3);
    for line in ["scan --method none", "scan music/other --method none"] {
        assert_eq!(counts(&env.json(line), ["opened", "missing"]), [0, 0], "{line}");
    }
    daemon.until_it_is("idle");
    assert_eq!(counts(&env.json("status"), ["tracks", "paths", "missing"]), [18, 18, 0]);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}
