//! What a daemon lives through: exchanged folders, mistakes of others, a terminal that closes, a store that goes.

use std::{fs, path::Path, process::Stdio, time::Instant};

use rustix::process::Signal;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, counts},
    recordings::tones,
};

#[test]
fn a_folder_that_was_exchanged_for_another_is_watched_as_well() {
    let env = TestEnv::new();
    tones(&env.path("music"), "old", 0..3);
    tones(&env.path("other"), "new", 3..6);
    let daemon = Daemon::start(&env, "watch music --method none");
    daemon.until_found(3);
    fs::rename(env.path("music"), env.path("aside")).unwrap();
    fs::rename(env.path("other"), env.path("music")).unwrap();
    let holds = |name: &str| env.view().files().unwrap().contains_key(&env.path("music").join(name));
    // That these songs take the place of the others is for the user to say.
    assert_eq!(counts(&env.json("scan --method none"), ["found", "missing"]), [0, 0]);
    env.json("scan --method none --accept-missing");
    daemon.until_so("the other folder", || holds("new_3.wav"));
    tones(&env.path("music"), "later", 6..7);
    // A walk would find it after a quarter of an hour.
    daemon.until_so("what came later", || holds("later_6.wav"));
}

#[test]
fn a_mistake_in_a_scan_is_told_as_without_a_daemon_and_is_none_of_its_troubles() {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..2);
    let alone = env.run("scan nowhere --json --store alone");
    let daemon = Daemon::start(&env, "watch music --method none");
    let beside = env.run("scan nowhere --json");
    assert_eq!((beside.status, beside.stdout, beside.stderr), (alone.status, alone.stdout, alone.stderr));
    fs::create_dir_all(env.store().join("requests/x.json")).unwrap();
    let begin = Instant::now();
    tones(&env.path("music"), "more", 2..4);
    let status = daemon.until_found(4);
    assert!(begin.elapsed().as_secs() < 30, "it did not wait for anything");
    assert!(status["daemon"]["last_error"].is_null(), "{status}");
    let output = daemon.end(Signal::TERM);
    assert!(!output.stderr.contains("warning"), "{output:?}");
}

#[test]
fn a_daemon_whose_terminal_has_closed_works_on() {
    let env = TestEnv::new();
    let mut command = env.indexer("watch music --method none");
    command.stderr(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop((child.stderr.take(), child.stdout.take()));
    let daemon = Daemon::from(&env, child);
    for songs in 1..3 {
        tones(&env.path("music"), "tone", songs - 1..songs);
        daemon.until_found(songs);
    }
}

#[test]
fn a_daemon_ends_when_its_store_is_taken_away() {
    let env = TestEnv::new();
    let daemon = Daemon::start(&env, "watch music --method none");
    fs::rename(env.store(), env.path("aside")).unwrap();
    let output = daemon.ended();
    assert_eq!((output.status, output.stderr.lines().count()), (1, 1), "{output:?}");
    assert!(output.stderr.contains("was taken away"), "{output:?}");
}

#[test]
fn a_call_that_makes_no_sense_makes_no_store() {
    let env = TestEnv::new();
    for (line, status) in [("watch", 2), ("watch nowhere", 1), ("watch music --hours nine", 2)] {
        let refused = env.run(line);
        assert_eq!((refused.status, refused.stderr.lines().count()), (status, 1), "{line}: {refused:?}");
        assert!(!Path::new(&env.store()).exists(), "{line}");
    }
}

#[test]
fn what_the_whole_life_came_to_is_told_at_the_end() {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..3);
    // Who ignores hangups, as `nohup` does, hands that down.
    let mut command = env.command("env");
    command.args(["--default-signal=HUP", env!("CARGO_BIN_EXE_indexer")]);
    command.args("watch music --method none --json".split(' '));
    let daemon = Daemon::of(&env, command);
    daemon.until_found(3);
    daemon.walk(&env.path("music"));
    let output = daemon.end(Signal::HUP);
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(counts(&output.json(), ["found", "opened", "failed", "missing"]), [3, 3, 0, 0], "{output:?}");
}
