//! A scan beside a daemon: the daemon does it, and the scan says what it would have said alone.

use std::{fs, os::unix::fs::PermissionsExt};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{
    daemon::Daemon,
    environment::{Output, TestEnv, counts, snapshot},
    namespace::without_privileges,
    recordings::{tone, tones},
};

const COUNTS: [&str; 5] = ["found", "unchanged", "opened", "failed", "failed_known"];

/// Twelve songs, one of them twice, and a file that is none.
fn home() -> TestEnv {
    let env = TestEnv::new();
    fs::create_dir(env.path("quiet")).unwrap();
    for song in 0..12 {
        fs::write(env.path(format!("music/{song}.wav")), tone(song, 1.1)).unwrap();
    }
    fs::write(env.path("music/copy.wav"), tone(3, 1.1)).unwrap();
    fs::write(env.path("music/bad.wav"), b"no music").unwrap();
    env
}

fn without_seconds(output: &Output) -> Value {
    let mut summary = output.json();
    summary.as_object_mut().unwrap().remove("seconds");
    summary
}

#[test]
fn it_tells_what_a_scan_of_its_own_tells() {
    let env = home();
    let alone = env.run("scan music --method mfcc --json --store alone");
    let daemon = Daemon::start(&env, "watch quiet --method none");
    let handed = env.run("scan music --method mfcc --json");
    assert_eq!((alone.status, handed.status), (3, 3), "{handed:?}");
    assert_eq!(without_seconds(&handed), without_seconds(&alone));
    for line in ["scan --json --method mfcc", "scan --json", "scan --retry-failed --json"] {
        let alone = env.run(&format!("{line} --store alone"));
        let handed = env.run(line);
        assert_eq!(handed.status, alone.status, "{line}: {handed:?}");
        if line.contains("--retry-failed") {
            let retried = counts(&handed.json(), COUNTS);
            assert_eq!(retried, [14, 13, 1, 1, 0], "{line}: {handed:?}");
            assert_eq!(handed.status, 3, "{line}");
        } else if handed.status == 0 {
            let (mut handed, mut alone) = (without_seconds(&handed), without_seconds(&alone));
            // The daemon's library has one folder more.
            for summary in [&mut handed, &mut alone] {
                summary.as_object_mut().unwrap().remove("roots");
            }
            assert_eq!(handed, alone, "{line}");
        }
    }
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}

#[test]
fn of_two_scans_at_once_one_finds_all_and_the_other_nothing_new() {
    let env = home();
    let daemon = Daemon::start(&env, "watch quiet --method none");
    let scans = [(); 2].map(|()| env.start("scan music --method mfcc --json"));
    let outputs = scans.map(|scan| Output::from(scan.wait_with_output().unwrap()));
    let mut found = outputs.each_ref().map(|output| (counts(&output.json(), COUNTS), output.status));
    found.sort();
    assert_eq!(found, [([14, 0, 14, 1, 0], 3), ([14, 14, 0, 0, 1], 0)], "{outputs:?}");
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}

#[test]
fn nonsense_is_refused_and_a_plan_only_reads() {
    let env = home();
    let daemon = Daemon::start(&env, "watch quiet --method none");
    let refused = env.run("scan music --method nonsense");
    let alone = env.run("scan music --method nonsense --store alone");
    assert_eq!((refused.status, &refused.stderr), (alone.status, &alone.stderr));
    assert_eq!((refused.status, refused.stderr.lines().count()), (2, 1), "{refused:?}");
    let refused = env.run("scan nowhere");
    assert_eq!((refused.status, refused.stderr.lines().count()), (1, 1), "{refused:?}");
    assert!(refused.stderr.contains("nowhere"), "{refused:?}");

    let state = env.store().join("daemon.json");
    let mut before = snapshot(&env.store());
    let plan = env.json("scan music --dry-run");
    assert_eq!(plan["open"].as_array().unwrap().len(), 14, "{plan}");
    let mut after = snapshot(&env.store());
    assert!(before.remove(&state).is_some() && after.remove(&state).is_some());
    assert_eq!(before, after);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}

#[test]
fn what_had_just_happened_elsewhere_is_not_forgotten_over_it() {
    let env = home();
    let daemon = Daemon::start(&env, "watch music quiet --method none");
    daemon.until_found(14);
    fs::write(env.path("music/new.wav"), tone(50, 1.1)).unwrap();
    env.json("scan quiet --method none");
    assert_eq!(
        env.json("status")["paths"],
        14,
        "with the bad one: the scan came before the folder was quiet"
    );
    daemon.until_found(15);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}

/// A daemon that hangs at the file `0.wav`, and a scan that waits for it.
fn waiting(env: &TestEnv) -> (Daemon<'_>, std::process::Child) {
    let mut command = env.indexer("watch quiet --method none");
    command.env("INDEXER_TEST_FAULT", "hang@0.wav").env("INDEXER_WORKER_STALL_SECONDS", "600");
    let daemon = Daemon::of(env, command);
    daemon.until("a walk", |status| !status["daemon"]["last_walk"].is_null());
    let scan = env.start("scan music --method mfcc --json");
    daemon.until("it is at work", |status| status["daemon"]["queue"].as_u64().unwrap() > 0);
    (daemon, scan)
}

#[test]
fn whoever_waits_may_leave_and_the_daemon_goes_on() {
    let env = home();
    let (daemon, scan) = waiting(&env);
    kill_process(Pid::from_child(&scan), Signal::INT).unwrap();
    let scan = Output::from(scan.wait_with_output().unwrap());
    assert_eq!((scan.status, scan.stderr.lines().count()), (130, 1), "{scan:?}");
    assert!(scan.stderr.contains("goes on with it"), "{scan:?}");
    assert_eq!(env.json("status")["daemon"]["activity"], "indexing");
    drop(daemon);
}

#[test]
fn a_scan_does_it_itself_when_the_daemon_is_killed() {
    let env = home();
    let (daemon, scan) = waiting(&env);
    daemon.end(Signal::KILL);
    let scan = Output::from(scan.wait_with_output().unwrap());
    assert!(matches!(scan.status, 0 | 3), "{scan:?}");
    let [found, opened] = counts(&scan.json(), ["found", "opened"]);
    assert_eq!((found, opened > 0), (14, true), "at least the song that the daemon hung at: {scan:?}");
    assert_eq!(counts(&env.json("status"), ["tracks", "failures"]), [12, 1]);
}

#[test]
fn a_state_that_can_no_longer_be_written_where_it_was_moves_and_a_scan_still_gets_its_answer() {
    let mut env = TestEnv::new();
    let runtime = env.path("run");
    fs::create_dir(&runtime).unwrap();
    env.set("XDG_RUNTIME_DIR", runtime.to_str().unwrap());
    tones(&env.path("music"), "song", 0..2);
    let daemon = Daemon::start(&env, "watch music --method none");
    let states = || fs::read_dir(runtime.join("indexer")).map_or(0, Iterator::count);
    assert_eq!(states(), 1);
    fs::rename(runtime.join("indexer"), env.path("aside")).unwrap();
    fs::write(runtime.join("indexer"), "not a folder").unwrap();
    tones(&env.path("music"), "song", 2..3);
    assert_eq!(counts(&env.json("scan --method none"), ["found"]), [3]);
    let status = env.json("status");
    assert!(!status["daemon"]["last_walk"].is_null(), "{status}");
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}

#[test]
fn a_request_that_cannot_be_removed_is_performed_once() {
    let env = TestEnv::new();
    tones(&env.path("music"), "song", 0..1);
    let daemon = Daemon::of(&env, without_privileges(&env, "watch music --method none"));
    daemon.until_found(1);
    let requests = env.store().join("requests");
    fs::create_dir_all(&requests).unwrap();
    let request = r#"{"paths": [], "method": "none", "retry_failed": false, "accept_missing": false}"#;
    fs::write(requests.join("x.part"), request).unwrap();
    fs::rename(requests.join("x.part"), requests.join("x.json")).unwrap();
    fs::set_permissions(&requests, fs::Permissions::from_mode(0o555)).unwrap();
    let answers = || {
        let state = fs::read(env.store().join("daemon.json")).unwrap_or_default();
        let state: Value = serde_json::from_slice(&state).unwrap_or_default();
        state["answers"].as_array().map_or(0, Vec::len)
    };
    daemon.until_so("an answer", || answers() > 0);
    // It goes on with its own work, which a request would cut short.
    tones(&env.path("music"), "song", 1..4);
    daemon.until_found(4);
    daemon.until_it_is("idle");
    fs::set_permissions(&requests, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(answers(), 1);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}
