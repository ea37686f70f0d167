//! Folders that are closed and opened while the daemon runs, and bins, which it does not watch.

use std::fs;

use rustix::process::Signal;

use crate::support::{daemon::Daemon, environment::TestEnv, recordings::tone, recordings::tones};

/// How many folders a process watches.
fn watched(daemon: &Daemon<'_>) -> usize {
    let files = fs::read_dir(format!("/proc/{}/fdinfo", daemon.pid())).unwrap();
    let texts = files.filter_map(|file| fs::read_to_string(file.ok()?.path()).ok());
    texts.map(|text| text.lines().filter(|line| line.starts_with("inotify wd:")).count()).sum()
}

#[test]
fn a_marker_that_comes_or_goes_is_seen_at_once() {
    let env = TestEnv::new();
    tones(&env.path("music/phone/sub"), "song", 0..4);
    tones(&env.path("music/cd"), "song", 10..13);
    let daemon = Daemon::start(&env, "watch music --method none");
    daemon.until_found(7);
    for marker in [".nomedia", ".ndignore", ".indexerignore"] {
        let marker = env.path("music/phone").join(marker);
        fs::write(&marker, "").unwrap();
        daemon.until_found(3);
        fs::remove_file(&marker).unwrap();
        daemon.until_found(7);
    }
    // What comes into a closed folder is not seen.
    fs::write(env.path("music/phone/.nomedia"), "").unwrap();
    daemon.until_found(3);
    fs::write(env.path("music/phone/new.wav"), tone(20, 1.1)).unwrap();
    fs::write(env.path("music/cd/new.wav"), tone(21, 1.1)).unwrap();
    daemon.until_found(4);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}

#[test]
fn a_bin_is_neither_watched_nor_looked_into() {
    let env = TestEnv::new();
    for folder in ["cd/@eaDir/song.wav", "#recycle/a/b", "cd/one"] {
        fs::create_dir_all(env.path("music").join(folder)).unwrap();
    }
    tones(&env.path("music/cd"), "song", 0..2);
    let daemon = Daemon::start(&env, "watch music --method none");
    daemon.until_found(2);
    assert_eq!(watched(&daemon), 3, "the root, cd and one");
    fs::rename(env.path("music/cd/song_0.wav"), env.path("music/#recycle/a/song_0.wav")).unwrap();
    daemon.until_found(1);
    fs::write(env.path("music/#recycle/new.wav"), tone(5, 1.1)).unwrap();
    fs::write(env.path("music/cd/new.wav"), tone(6, 1.1)).unwrap();
    daemon.until_found(2);
    fs::rename(env.path("music/#recycle/a"), env.path("music/restored")).unwrap();
    daemon.until_found(3);
    fs::write(env.path("music/restored/b/new.wav"), tone(7, 1.1)).unwrap();
    daemon.until_found(4);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}
