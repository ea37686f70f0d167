//! What cannot be looked at is not taken for gone (T9).

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use indexer::testing::figure;

use crate::support::{
    environment::{Output, TestEnv, counts},
    namespace::without_privileges,
    recordings::tones,
};

/// A way for music to be away: how it comes, and what the warning says.
struct Case {
    name: &'static str,
    lose: fn(&Path),
    word: &'static str,
}

const CASES: &[Case] = &[
    Case {
        name: "the root is absent",
        lose: |music| fs::rename(music, aside(music)).unwrap(),
        word: "No such file",
    },
    Case {
        name: "the root is empty",
        lose: |music| {
            fs::rename(music, aside(music)).unwrap();
            fs::create_dir(music).unwrap();
        },
        word: "18 of its 18 files are not there",
    },
    Case {
        name: "the root is a file",
        lose: |music| {
            fs::rename(music, aside(music)).unwrap();
            fs::write(music, b"").unwrap();
        },
        word: "is not a folder any more",
    },
    Case {
        name: "more than half has vanished",
        lose: |music| songs(music)[..10].iter().for_each(|song| fs::remove_file(song).unwrap()),
        word: "10 of its 18 files are not there",
    },
];

fn aside(music: &Path) -> PathBuf {
    music.with_file_name("aside")
}

fn songs(music: &Path) -> Vec<PathBuf> {
    let mut songs: Vec<_> = fs::read_dir(music).unwrap().map(|entry| entry.unwrap().path()).collect();
    songs.sort();
    songs
}

#[test]
fn nothing_is_forgotten_while_the_music_is_away() {
    for Case { name, lose, word } in CASES {
        let env = TestEnv::with_clips();
        let run = env.json("run --path music --n 3 --output p.json")["cluster"]["run"].clone();
        let playlists = fs::read(env.path("p.json")).unwrap();
        lose(&env.path("music"));
        let scan = env.run("scan --json");
        assert_eq!(scan.status, 0, "{name}: {scan:?}");
        assert_eq!(counts(&scan.json(), ["opened", "missing", "failed"]), [0, 0, 0], "{name}");
        assert!(scan.stderr.starts_with("warning: ") && scan.stderr.lines().count() == 1, "{name}: {scan:?}");
        assert!(scan.stderr.contains(word) && scan.stderr.contains("--accept-missing"), "{name}: {scan:?}");
        let status = env.json("status");
        assert_eq!(counts(&status, ["tracks", "paths", "missing"]), [18, 18, 0], "{name}");
        assert_eq!(status["roots"][0]["state"], "unavailable", "{name}");
        let set = format!("--set {}", env.path("music").display());
        let clustered = env.json(&format!("cluster --n 3 --output p.json {set}"));
        assert_eq!(clustered["tracks"], 18, "{name}: {run}");
        let songs = |bytes: &[u8]| String::from_utf8_lossy(bytes).matches("/music/").count();
        assert_eq!(songs(&fs::read(env.path("p.json")).unwrap()), songs(&playlists), "{name}");
    }
    figure("T9", CASES.len() as u64, "ways for music to be away", "no track forgotten, playlists unchanged");
}

#[test]
fn music_that_was_away_is_back_without_opening_a_file() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    fs::rename(env.path("music"), env.path("aside")).unwrap();
    assert!(env.run("scan").stderr.contains("is treated as unavailable"));
    fs::rename(env.path("aside"), env.path("music")).unwrap();
    let back = env.run("scan --json");
    assert_eq!(back.stderr, "");
    assert_eq!(counts(&back.json(), ["found", "unchanged", "opened"]), [18, 18, 0]);
    assert_eq!(env.json("status")["roots"][0]["state"], "present");
}

#[test]
fn accept_missing_believes_what_it_sees() {
    for (lost, left) in [(10, 8), (18, 0)] {
        let env = TestEnv::with_clips();
        env.json("scan music");
        for song in &songs(&env.path("music"))[..lost] {
            fs::remove_file(song).unwrap();
        }
        env.json("scan");
        let accepted = env.run("scan --accept-missing --json");
        assert_eq!((accepted.status, accepted.stderr.as_str()), (0, ""), "{accepted:?}");
        assert_eq!(counts(&accepted.json(), ["found", "missing"]), [left, lost as u64]);
        assert_eq!(counts(&env.json("status"), ["tracks", "paths", "missing"]), [left, 18, lost as u64]);
        assert_eq!(env.json("status")["roots"][0]["state"], "present");
        assert_eq!(
            counts(&env.json("scan"), ["found", "missing"]),
            [left, lost as u64],
            "and goes on doing so"
        );
    }
}

#[test]
fn half_of_the_files_or_less_may_go_missing() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    for song in &songs(&env.path("music"))[..9] {
        fs::remove_file(song).unwrap();
    }
    let scan = env.run("scan --json");
    assert_eq!((scan.stderr.as_str(), counts(&scan.json(), ["found", "missing"])), ("", [9, 9]));
    assert_eq!(counts(&env.json("status"), ["tracks", "missing"]), [9, 9]);
}

#[test]
fn a_folder_that_cannot_be_read_keeps_its_tracks() {
    let env = TestEnv::with_clips();
    let folder = env.path("music/locked");
    fs::create_dir(&folder).unwrap();
    for song in songs(&env.path("music")).into_iter().filter(|path| path.is_file()).take(4) {
        fs::rename(&song, folder.join(song.file_name().unwrap())).unwrap();
    }
    env.json("scan music");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).unwrap();
    let scan = Output::of(without_privileges(&env, "scan --json"));
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!((scan.status, scan.stderr.lines().count()), (0, 1), "{scan:?}");
    assert!(scan.stderr.contains("locked cannot be read: Permission denied"), "{scan:?}");
    assert_eq!(counts(&scan.json(), ["found", "opened", "missing", "failed"]), [14, 0, 0, 0]);
    assert_eq!(counts(&env.json("status"), ["tracks", "missing"]), [18, 0]);
    assert_eq!(counts(&env.json("scan"), ["found", "unchanged", "opened"]), [18, 18, 0]);
}

#[test]
fn other_music_in_the_place_of_a_disk_is_left_alone_until_the_user_says_so() {
    let env = TestEnv::with_clips();
    let music = env.path("music");
    env.json("scan music --method none");
    fs::rename(&music, aside(&music)).unwrap();
    tones(&music.join("other"), "tone", 0..3);
    for line in ["scan", "scan music", "scan music/other"] {
        let scan = env.run(&format!("{line} --method none --json"));
        assert!(scan.stderr.contains("18 of its 18 files are not there"), "{line}: {scan:?}");
        assert_eq!(scan.stderr.lines().count(), 1, "{line}: {scan:?}");
        assert_eq!(counts(&scan.json(), ["found", "opened", "missing"]), [0, 0, 0], "{line}");
        assert_eq!(counts(&env.json("status"), ["tracks", "paths", "missing"]), [18, 18, 0], "{line}");
    }
    fs::rename(&music, env.path("elsewhere")).unwrap();
    fs::rename(aside(&music), &music).unwrap();
    assert_eq!(counts(&env.json("scan --method none"), ["found", "unchanged", "opened"]), [18, 18, 0]);
    fs::rename(&music, aside(&music)).unwrap();
    fs::rename(env.path("elsewhere"), &music).unwrap();
    let accepted = env.json("scan --method none --accept-missing");
    assert_eq!(counts(&accepted, ["found", "opened", "missing"]), [3, 3, 18]);
}

#[test]
fn a_library_that_is_put_in_order_by_somebody_else_is_believed() {
    // Without inodes only their contents tell that the files are the same.
    let mut env = TestEnv::with_clips();
    env.set("INDEXER_TEST_FILESYSTEM", "vfat");
    env.json("scan music --method none");
    fs::create_dir(env.path("music/in order")).unwrap();
    for (number, song) in songs(&env.path("music")).iter().filter(|path| path.is_file()).enumerate() {
        fs::rename(
            song,
            env.path(format!("music/in order/{number:02}.{}", song.extension().unwrap().display())),
        )
        .unwrap();
    }
    tones(&env.path("music/new"), "tone", 0..30);
    let scan = env.run("scan --method none --json");
    assert_eq!((scan.status, scan.stderr.as_str()), (0, ""), "{scan:?}");
    assert_eq!(counts(&scan.json(), ["found", "opened", "missing", "failed"]), [48, 48, 0, 0]);
    assert_eq!(counts(&env.json("status"), ["tracks", "paths", "missing"]), [48, 48, 0]);
}
