//! A daemon that is ended in the middle: at once, in order, and nothing is lost (T20).

use std::{
    io::{BufRead, BufReader, Read},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use indexer::testing::figure;

use crate::support::{
    environment::{Output, TestEnv, counts},
    miniature_model::install,
    recordings::{tone, tones},
    store_contents::{lost, vectors, wrong},
};

const SONGS: u64 = 200;
/// Two seconds are promised.
const BOUND: Duration = Duration::from_secs(20);
const ENDS: [(Signal, i32); 2] = [(Signal::INT, 130), (Signal::TERM, 0)];

/// Starts a daemon, sends it `signal` when a line of its log holds `word`, and gives what came of it.
fn ended(env: &TestEnv, line: &str, word: &str, signal: Signal) -> Output {
    let mut child = env.start(&format!("{line} --debug"));
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains(word) {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "it ended too early: {said}");
    }
    let begin = Instant::now();
    kill_process(Pid::from_child(&child), signal).unwrap();
    stderr.read_to_string(&mut said).unwrap();
    let output = Output::from(child.wait_with_output().unwrap());
    eprintln!("{word}, then {signal:?}: ended after {:?}", begin.elapsed());
    assert!(begin.elapsed() < BOUND, "{:?}", begin.elapsed());
    Output { stderr: said, ..output }
}

#[test]
fn a_signal_ends_a_daemon_at_work_and_the_next_one_does_the_rest() {
    for (signal, status) in ENDS {
        let env = TestEnv::new();
        tones(&env.path("music"), "tone", 0..SONGS);
        let first = ended(&env, "watch music --method mfcc --json --jobs 1", "done", signal);
        assert_eq!(first.status, status, "{first:?}");
        let [done, failed] = counts(&first.json(), ["decoded", "failed"]);
        assert!((1..SONGS).contains(&done) && failed == 0, "{signal:?} came after {done} files");
        let kept = vectors(&env.view()).unwrap();
        assert_eq!(kept.len() as u64, done, "what is done is stored");
        let second = env.json("scan --method mfcc");
        assert_eq!(counts(&second, ["found", "decoded", "failed", "missing"]), [SONGS, SONGS - done, 0, 0]);
        let all = vectors(&env.view()).unwrap();
        assert_eq!((lost(&all, &kept), wrong(&kept, &all)), (vec![], vec![]));
    }
    figure("T20", 1, "daemon ended in the middle", "clean end, nothing lost");
}

#[test]
fn a_hanging_worker_does_not_hold_up_the_end() {
    for (signal, status) in ENDS {
        let mut env = TestEnv::new();
        env.set("INDEXER_TEST_FAULT", "hang@hang.wav");
        env.set("INDEXER_WORKER_STALL_SECONDS", "600");
        for (seed, name) in ["hang.wav", "song.wav"].iter().enumerate() {
            std::fs::write(env.path("music").join(name), tone(seed as u64, 1.1)).unwrap();
        }
        let output = ended(&env, "watch music --method mfcc --jobs 2", "done", signal);
        assert_eq!(output.status, status, "{output:?}");
        assert!(env.failures().is_empty(), "the file it hung at is to be tried again");
        assert_eq!(vectors(&env.view()).unwrap().len(), 1, "the other is stored");
    }
}

#[test]
fn a_model_at_work_does_not_hold_up_the_end() {
    let env = TestEnv::with_clips();
    install(&env, "mini");
    for (signal, status) in ENDS {
        let output = ended(&env, "watch music --jobs 1", "done", signal);
        assert_eq!(output.status, status, "{output:?}");
        let status = env.json("status");
        assert_eq!(status["failures"], 0, "{status}");
    }
    env.json("scan");
    let status = env.json("status");
    for space in status["spaces"].as_array().unwrap() {
        assert_eq!(space["stored"], 18, "{space}");
    }
}
