//! What is no music: recycle bins, snapshots, folders that their owners have closed, and what the configuration ignores.

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use crate::support::{
    environment::{TestEnv, counts},
    recordings::{tone, tones},
};

/// So many songs in each of some folders of the music, all of them different.
fn home(folders: &[(&str, u64)]) -> TestEnv {
    let env = TestEnv::new();
    let mut seed = 0;
    for (folder, songs) in folders {
        tones(&env.path("music").join(folder), "song", seed..seed + songs);
        seed += songs;
    }
    env
}

fn configure(env: &TestEnv, library: &str) {
    fs::create_dir_all(env.path("config/indexer")).unwrap();
    fs::write(env.path("config/indexer/config.toml"), format!("[library]\n{library}\n")).unwrap();
}

fn found(env: &TestEnv, line: &str) -> [u64; 3] {
    counts(&env.json(line), ["found", "missing", "decoded"])
}

const BINS: [&str; 9] = [
    "#recycle",
    "@Recycle",
    "$RECYCLE.BIN",
    "#snapshot",
    "@Recently-Snapshot",
    "@eaDir",
    "System Volume Information",
    "lost+found",
    ".Trash-1000",
];

#[test]
fn bins_and_snapshots_are_not_entered_unless_the_configuration_says_so() {
    let inner = BINS.map(|bin| format!("album/{bin}/deep"));
    let all: Vec<_> =
        BINS.iter().copied().chain(inner.iter().map(String::as_str)).map(|bin| (bin, 1)).collect();
    let env = home(&[&all[..], &[("album", 2)]].concat());
    assert_eq!(found(&env, "scan music --method none"), [2, 0, 0]);
    configure(&env, "discarded = [\"#recycle\"]\nhidden = true");
    assert_eq!(found(&env, "scan --method none"), [18, 0, 0]);
    // What stood in the store from before has left, though most of its songs lay there.
    configure(&env, "");
    assert_eq!(found(&env, "scan --method none"), [2, 16, 0]);
    let warned = env.run("scan music/album/#snapshot --method none");
    assert!(warned.stderr.contains("#snapshot: its name is among those that are `discarded`"), "{warned:?}");
}

#[test]
fn a_song_that_lies_elsewhere_stays_in_its_playlist_when_its_bin_is_closed() {
    let env = home(&[("a", 6), ("keep", 0)]);
    let mut env = env;
    fs::rename(env.path("music/a"), env.path("music/#recycle")).unwrap();
    env.set("INDEXER_LIBRARY_DISCARDED", "none");
    env.json("scan music --method mfcc");
    let before = env.json("cluster --n 2");
    for song in 0..6 {
        let name = format!("song_{song}.wav");
        fs::copy(env.path("music/#recycle").join(&name), env.path("music/keep").join(&name)).unwrap();
    }
    env.set("INDEXER_LIBRARY_DISCARDED", "#recycle");
    assert_eq!(found(&env, "scan"), [6, 0, 0], "the rows of the bin are forgotten");
    let after = env.json("cluster --n 2");
    for (before, after) in [0, 1].map(|list| (&before["playlists"][list], &after["playlists"][list])) {
        assert_eq!((&before["id"], &before["size"]), (&after["id"], &after["size"]));
        assert_eq!(counts(after, ["added", "removed"]), [0, 0]);
    }
}

#[test]
fn a_marker_closes_its_folder_and_opens_it_again_when_it_goes() {
    for marker in [".nomedia", ".ndignore", ".indexerignore"] {
        let env = home(&[("phone/sub", 6), ("music", 2)]);
        assert_eq!(found(&env, "scan music --method mfcc"), [8, 0, 8]);
        let marker = env.path("music/phone").join(marker);
        fs::write(&marker, "").unwrap();
        assert_eq!(
            found(&env, "scan"),
            [2, 6, 0],
            "more than half is left out, and the folder is not taken for unmounted"
        );
        assert_eq!(env.json("status")["roots"][0]["state"], "present");
        fs::remove_file(&marker).unwrap();
        assert_eq!(counts(&env.json("scan"), ["found", "missing", "opened"]), [8, 0, 0]);
        // Patterns close nothing.
        fs::write(env.path("music/phone/.indexerignore"), "*.mp3\n").unwrap();
        assert_eq!(found(&env, "scan"), [8, 0, 0]);
    }
}

#[test]
fn what_has_gone_beside_a_closed_folder_is_judged_without_it() {
    let env = home(&[("phone", 6), ("a", 1), ("b", 3)]);
    env.json("scan music --method none");
    fs::write(env.path("music/phone/.nomedia"), "").unwrap();
    fs::remove_dir_all(env.path("music/b")).unwrap();
    let scan = env.run("scan --json");
    assert!(scan.stderr.contains("3 of its 4 files are not there"), "{scan:?}");
    assert_eq!(counts(&scan.json(), ["found", "missing"]), [1, 0]);
}

#[test]
fn a_closed_root_says_why_nothing_is_found() {
    let env = home(&[("", 2)]);
    fs::write(env.path("music/.ndignore"), "").unwrap();
    let scan = env.run("scan music");
    let line = format!("nothing is read in {}: .ndignore closes it", env.path("music").display());
    assert!(scan.status == 0 && scan.stderr.contains(&line), "{scan:?}");
    assert!(env.run("scan music --dry-run").stdout.contains(".ndignore closes it"));
}

#[test]
fn a_pattern_of_the_configuration_is_no_comment() {
    let env = home(&[("#new", 2), ("old", 3)]);
    configure(&env, "ignore = [\"#new/\"]");
    assert_eq!(found(&env, "scan music --method mfcc"), [3, 0, 3]);
    configure(&env, "");
    assert_eq!(found(&env, "scan"), [5, 0, 2]);
    assert_eq!(env.json("cluster --n 1")["tracks"], 5);
    let left = env.json("cluster --n 1 --exclude #new/");
    assert_eq!(counts(&left, ["tracks", "filtered"]), [3, 2]);
}

#[test]
fn a_library_of_links_says_how_many_there_are() {
    let env = TestEnv::new();
    tones(&env.path("elsewhere"), "song", 0..3);
    symlink(env.path("elsewhere"), env.path("music/folder")).unwrap();
    for song in 0..3 {
        let name = format!("song_{song}.wav");
        symlink(env.path("elsewhere").join(&name), env.path("music").join(&name)).unwrap();
    }
    fs::write(env.path("notes.txt"), "").unwrap();
    for (target, name) in
        [(env.path("notes.txt"), "notes.txt"), (PathBuf::from("/no/such/song.wav"), "gone.wav")]
    {
        symlink(target, env.path("music").join(name)).unwrap();
    }
    let line = "0 files found, 4 links not followed: follow_links = true";
    assert_eq!(env.run("scan music").stdout.trim_end(), line);
    assert!(env.run("scan music --dry-run").stdout.contains("4 links not followed: follow_links = true"));
    assert_eq!(counts(&env.json("scan"), ["found", "links"]), [0, 4]);
    fs::write(env.path("music/own.wav"), tone(7, 1.1)).unwrap();
    let some = env.run("scan").stdout;
    assert!(
        some.starts_with("1 file found, 1 opened, 1 decoded, 4 links not followed (follow_links = true) in"),
        "{some}"
    );
    configure(&env, "follow_links = true");
    assert_eq!(counts(&env.json("scan"), ["found", "links"]), [7, 0]);
}
