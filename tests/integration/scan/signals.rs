//! Signals that reach the program with all that it has started: no song is to blame for them.

use std::{process::Stdio, thread, time::Duration};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{
    environment::{Output, TestEnv, counts},
    process::children,
    recordings::tones,
};

/// A scan of four songs whose worker is at one that never ends.
fn home() -> TestEnv {
    let mut env = TestEnv::new();
    tones(&env.path("music"), "song", 0..4);
    env.set("INDEXER_TEST_FAULT", "hang@song_3.wav");
    env
}

fn send(process: u32, signal: Signal) {
    kill_process(Pid::from_raw(process as i32).unwrap(), signal).unwrap();
}

/// The worker of a scan that has begun.
fn worker(scan: u32) -> u32 {
    for _ in 0..3000 {
        if let [worker] = children(scan)[..] {
            return worker;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("no worker was started");
}

#[test]
fn what_stops_the_whole_family_marks_no_song() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT] {
        let env = home();
        let mut scan = env.indexer("scan music --jobs 1 --method mfcc --json");
        let scan = scan.stdout(Stdio::piped()).spawn().unwrap();
        let worker = worker(scan.id());
        thread::sleep(Duration::from_millis(500));
        // The worker is reached first, and stays.
        send(worker, signal);
        thread::sleep(Duration::from_millis(200));
        assert_eq!(children(scan.id()), [worker], "{signal:?} ended the worker");
        send(scan.id(), Signal::TERM);
        let output = Output::from(scan.wait_with_output().unwrap());
        assert!(env.failures().is_empty(), "{signal:?}: {output:?}");
    }
}

#[test]
fn a_worker_that_stands_still_because_it_was_stopped_is_tried_again() {
    let mut env = home();
    env.set("INDEXER_WORKER_STALL_SECONDS", "10");
    let scan = env.indexer("scan music --jobs 1 --method mfcc --json").spawn().unwrap();
    let worker = worker(scan.id());
    // By now it has begun, also on a busy machine.
    thread::sleep(Duration::from_secs(2));
    send(worker, Signal::STOP);
    let output = Output::from(scan.wait_with_output().unwrap());
    assert_eq!(output.status, 3, "{output:?}");
    let failure = &env.json("errors")["failures"][0];
    assert_eq!((&failure["kind"], &failure["final"]), (&"timed out".into(), &false.into()), "{failure}");
    assert!(failure["reason"].as_str().unwrap().contains("it has been stopped"), "{failure}");
    env.set("INDEXER_TEST_FAULT", "");
    assert_eq!(counts(&env.json("scan"), ["failed", "failed_known"]), [0, 0]);
    assert!(env.failures().is_empty());
}
