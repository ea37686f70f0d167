//! Ctrl-C and SIGTERM in the middle: a quick, clean end, and the next scan does the rest (T20).

use rustix::process::Signal;

use indexer::testing::figure;

use crate::support::{
    environment::{TestEnv, counts},
    process::interrupted,
    recordings::tones,
    store_contents::{lost, vectors, wrong},
};

const SONGS: u64 = 400;

#[test]
fn a_signal_ends_a_scan_cleanly_and_the_next_one_does_the_rest() {
    for signal in [Signal::INT, Signal::TERM] {
        let env = TestEnv::new();
        tones(&env.path("music"), "tone", 0..SONGS);
        let first = interrupted(&env, "scan music --json --jobs 1", &[signal]);
        assert_eq!(first.status, 130, "{signal:?}: {}", first.stdout);
        let [found, done, failed] = counts(&first.json(), ["found", "decoded", "failed"]);
        assert_eq!((found, failed), (SONGS, 0));
        assert!((1..SONGS).contains(&done), "{signal:?} came after {done} files");
        let kept = vectors(&env.view()).unwrap();
        assert_eq!(kept.len() as u64, done, "what is done is stored");

        let second = env.json("scan");
        assert_eq!(counts(&second, ["found", "decoded", "failed", "missing"]), [SONGS, SONGS - done, 0, 0]);
        let all = vectors(&env.view()).unwrap();
        assert_eq!((lost(&all, &kept), wrong(&kept, &all)), (vec![], vec![]));
    }
    figure("T20", 1, "scan ended in the middle", "clean end, nothing lost");
}

#[test]
fn an_interrupted_run_writes_no_playlists() {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..SONGS);
    let line = "run --path music --n 3 --output p.json --playlists lists --jobs 1";
    let output = interrupted(&env, line, &[Signal::INT]);
    assert_eq!(output.status, 130, "{}", output.stdout);
    assert!(output.stdout.contains("interrupted"), "{}", output.stdout);
    assert!(!env.path("p.json").exists() && !env.path("lists").exists());
}

#[test]
fn a_hanging_worker_does_not_hold_up_a_signal() {
    let mut env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..2);
    env.set("INDEXER_TEST_FAULT", "hang@tone_0.wav");
    env.set("INDEXER_WORKER_STALL_SECONDS", "600");
    let output = interrupted(&env, "scan music --json --jobs 2", &[Signal::TERM]);
    assert_eq!(output.status, 130, "{output:?}");
    assert_eq!(counts(&output.json(), ["found", "decoded", "failed"]), [2, 1, 0]);
    assert!(env.failures().is_empty(), "the file it hung at is to be tried again");
}
