//! A worker that breaks costs the one file it was at.

use std::{fs, net::TcpListener, time::Duration, time::Instant};

use crate::support::{
    environment::{TestEnv, clips, counts, snapshot},
    recordings::tones,
};

/// What is planted, the kind it is recorded as, and a word of the reason.
const FAULTS: [(&str, &str, &str); 4] = [
    ("crash", "crashed", "signal 6"),
    ("panic", "crashed", "as the test asked"),
    ("memory", "out of memory", "memory allocation of 1099511627776 bytes"),
    ("hang", "timed out", "no progress for 1 s"),
];

#[test]
fn a_broken_worker_costs_one_file() {
    for (fault, kind, word) in FAULTS {
        let mut env = TestEnv::with_clips();
        env.set("INDEXER_TEST_FAULT", &format!("{fault}@ambient_05.wav"));
        env.set("INDEXER_WORKER_STALL_SECONDS", "1");
        let begin = Instant::now();
        let first = env.run("scan music --json");
        assert!(begin.elapsed() < Duration::from_secs(30), "{fault}");
        assert_eq!(first.status, 3, "{first:?}");
        assert_eq!(counts(&first.json(), ["found", "opened", "failed"]), [18, 18, 1], "{fault}");
        assert_eq!(first.json()["stored"]["mfcc"], 17, "{fault}");
        let row = &env.json("errors")["failures"][0];
        assert_eq!((row["kind"].as_str().unwrap(), &row["final"]), (kind, &true.into()), "{row}");
        let reason = row["reason"].as_str().unwrap();
        assert!(reason.contains(word) && !reason.contains('\n'), "{fault}: {reason}");

        let second = env.run("scan --json");
        assert_eq!(second.status, 0, "{fault} is known");
        assert_eq!(counts(&second.json(), ["opened", "failed", "failed_known"]), [0, 0, 1], "{fault}");
        let again = env.run("scan --retry-failed --json");
        assert_eq!((again.status, counts(&again.json(), ["opened", "failed"])), (3, [1, 1]), "{fault}");

        env.set("INDEXER_TEST_FAULT", "");
        assert_eq!(counts(&env.json("scan"), ["opened", "failed_known"]), [0, 1], "{fault}");
        let healed = env.json("scan --retry-failed");
        assert_eq!(counts(&healed, ["decoded", "failed", "failed_known"]), [1, 0, 0], "{fault}");
        assert!(env.failures().is_empty(), "{fault}");
    }
}

#[test]
fn copies_of_a_file_that_breaks_a_worker_break_it_once() {
    let mut env = TestEnv::new();
    env.set("INDEXER_TEST_FAULT", "crash@same.wav");
    for folder in ["a", "b", "c"] {
        fs::create_dir(env.path("music").join(folder)).unwrap();
        fs::copy(&clips()[4], env.path("music").join(folder).join("same.wav")).unwrap();
    }
    let first = env.run("scan music --jobs 1 --json");
    assert_eq!((first.status, counts(&first.json(), ["opened", "decoded", "failed"])), (3, [3, 1, 3]));
    assert_eq!(env.failures().len(), 3);
}

#[test]
fn a_memory_limit_from_the_environment_is_obeyed() {
    let mut env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..2);
    env.set("INDEXER_WORKER_MEMORY_MIB", "1000000000");
    assert_eq!(env.run("scan music").status, 0);
    env.set("INDEXER_TEST_FAULT", "memory@tone_1.wav");
    env.set("INDEXER_WORKER_MEMORY_MIB", "512");
    fs::remove_dir_all(env.store()).unwrap();
    assert_eq!(env.run("scan music").status, 3);
    assert_eq!(env.failures()["tone_1.wav"], "out of memory");
}

#[test]
fn what_has_taken_over_a_worker_gets_out_of_nothing() {
    let mut env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..2);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    env.set("INDEXER_TEST_LISTENER", &listener.local_addr().unwrap().to_string());
    env.set("INDEXER_TEST_FAULT", "escape@tone_0.wav");
    let before = snapshot(&env.path("music"));
    assert_eq!(env.run("scan music").status, 3);
    assert_eq!(env.json("errors")["failures"][0]["reason"], "the decoder crashed: succeeded: []");
    assert_eq!(snapshot(&env.path("music")), before);
}
