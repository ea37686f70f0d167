//! `scan --reread`: tags that were changed without a trace, as on mounts that keep size and times.

use std::fs::{self, File};

use rustix::process::Signal;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, counts},
    recordings::tone,
    tagged_songs::titled,
};

/// Six songs on a filesystem whose inodes and ctimes do not last.
fn home() -> TestEnv {
    let mut env = TestEnv::new();
    env.set("INDEXER_TEST_FILESYSTEM", "FUSE");
    for song in 0..6 {
        write(&env, song, "One");
    }
    env
}

fn write(env: &TestEnv, song: u64, title: &str) {
    fs::write(env.path(format!("music/{song}.wav")), titled(&tone(song, 1.1), "Ann", title)).unwrap();
}

/// Gives the songs another title, and keeps their sizes and times.
fn retag(env: &TestEnv, title: &str) {
    for song in 0..6 {
        let path = env.path(format!("music/{song}.wav"));
        let before = fs::metadata(&path).unwrap();
        write(env, song, title);
        File::options().write(true).open(&path).unwrap().set_modified(before.modified().unwrap()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), before.len());
    }
}

fn titles(env: &TestEnv) -> Vec<String> {
    env.view().files().unwrap().into_values().map(|file| file.title).collect()
}

#[test]
fn tags_are_read_again_though_size_and_time_are_the_same_and_nothing_is_decoded() {
    let env = home();
    env.json("scan music --method mfcc");
    fs::write(env.path("music/bad.wav"), b"no music").unwrap();
    assert_eq!(env.run("scan").status, 3);
    retag(&env, "Two");
    assert_eq!(counts(&env.json("scan"), ["opened"]), [0], "nothing tells of it");
    let plan = env.run("scan --reread --dry-run");
    assert_eq!(plan.stdout.lines().filter(|line| line.starts_with("check")).count(), 6, "{plan:?}");
    let names = ["opened", "decoded", "failed", "failed_known"];
    assert_eq!(counts(&env.json("scan --reread"), names), [6, 0, 0, 1], "the failure stands");
    assert_eq!(titles(&env).iter().filter(|title| *title == "Two").count(), 6);
    // What is new is decoded all the same.
    fs::write(env.path("music/new.wav"), titled(&tone(9, 1.1), "Bob", "New")).unwrap();
    fs::rename(env.path("music/0.wav"), env.path("music/moved.wav")).unwrap();
    retag_moved(&env);
    assert_eq!(counts(&env.json("scan --reread"), names), [7, 1, 0, 1]);
    assert!(titles(&env).contains(&"Six".to_owned()), "{:?}", titles(&env));
}

/// Gives the song that has been moved another title.
fn retag_moved(env: &TestEnv) {
    let path = env.path("music/moved.wav");
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, titled(&tone(0, 1.1), "Ann", "Six")).unwrap();
    File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
}

#[test]
fn a_daemon_reads_them_again_when_a_scan_asks_it() {
    let env = home();
    let daemon = Daemon::start(&env, "watch music --method mfcc");
    daemon.until_indexed(6);
    daemon.until_it_is("idle");
    retag(&env, "Two");
    let summary = env.json("scan --reread");
    assert_eq!(counts(&summary, ["opened", "decoded", "failed"]), [6, 0, 0]);
    assert_eq!(titles(&env), ["Two"; 6]);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}
