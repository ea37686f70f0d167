//! Models run in processes of their own: one that breaks its process costs the model, and nothing else.

use std::{fs, net::TcpListener, time::Duration, time::Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::comparing::{describe, install, write};
use crate::support::{
    environment::{Output, TestEnv, counts, snapshot},
    miniature_model::files,
    process::children,
    recordings::{Dice, tones, wav},
    refusal::refuses,
};

/// What is planted, and a word of the reason.
const FAULTS: [(&str, &str); 4] = [
    ("abort", "(signal 6)"),
    ("panic", "(as the test asked)"),
    ("memory", "memory allocation of 70368744177664 bytes"),
    ("hang", "no answer for 1 s"),
];

/// Songs, a loud one among them, and a model of eight values.
fn home() -> TestEnv {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..7);
    let mut dice = Dice(1);
    let loud: Vec<i16> = (0..30_000).map(|_| (dice.below(60_000) as i32 - 30_000) as i16).collect();
    fs::write(env.path("music/loud.wav"), wav(&loud)).unwrap();
    install(&env, "small", 8);
    env
}

fn lines<'a>(output: &'a Output, word: &str) -> Vec<&'a str> {
    output.stderr.lines().filter(|line| line.contains(word)).collect()
}

#[test]
fn a_model_that_breaks_its_process_is_given_up_and_all_else_goes_on() {
    let mut env = home();
    env.set("INDEXER_TEST_INFERENCE_SECONDS", "1");
    for (fault, word) in FAULTS {
        env.set("INDEXER_TEST_MODEL_FAULT", &format!("{fault}@small"));
        let scan = env.run("scan music --json");
        assert_eq!(scan.status, 1, "{fault}: {scan:?}");
        assert_eq!(counts(&scan.json(), ["found", "decoded"]), [8, 8], "{fault}");
        assert_eq!(scan.json()["stored"]["mfcc"], 8, "{fault}: {scan:?}");
        let told = lines(&scan, "small cannot be run");
        assert!(!told.is_empty() && told.iter().all(|line| line.contains(word)), "{fault}: {scan:?}");
        assert!(lines(&scan, "small is started again").len() <= 1, "{fault}: {scan:?}");
        assert!(!scan.stderr.contains("panicked"), "{fault}: {scan:?}");

        env.set("INDEXER_TEST_MODEL_FAULT", "");
        assert_eq!(env.json("scan")["stored"]["small"], 8, "{fault}: the next scan tries again");
        fs::remove_file(env.store().join("library.redb")).unwrap();
    }
}

#[test]
fn a_window_that_breaks_the_process_costs_its_file_until_the_next_scan() {
    let mut env = home();
    env.set("INDEXER_TEST_MODEL_FAULT", "abort@small");
    env.set("INDEXER_TEST_MODEL_FAULT_ABOVE", "0.6");
    let scan = env.run("scan music --json");
    assert_eq!(
        (scan.status, &scan.json()["stored"]),
        (3, &serde_json::json!({"mfcc": 8, "small": 7})),
        "{scan:?}"
    );
    assert_eq!(
        lines(&scan, "small is started again: tract has crashed on it (signal 6)").len(),
        1,
        "{scan:?}"
    );
    let errors = env.json("errors");
    let rows = errors["failures"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["final"]), (1, &false.into()), "{errors}");
    assert!(rows[0]["path"].as_str().unwrap().ends_with("loud.wav"), "{errors}");
    env.set("INDEXER_TEST_MODEL_FAULT", "");
    assert_eq!(env.json("scan")["stored"]["small"], 1);
    assert!(env.failures().is_empty());
}

#[test]
fn what_has_taken_over_the_process_of_a_model_gets_out_of_nothing() {
    let mut env = home();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    env.set("INDEXER_TEST_LISTENER", &listener.local_addr().unwrap().to_string());
    env.set("INDEXER_TEST_SONG", env.path("music/tone_0.wav").to_str().unwrap());
    env.set("INDEXER_TEST_MODEL_FAULT", "escape@small");
    let before = snapshot(&env.path("music"));
    let scan = env.run("scan music");
    assert!(!lines(&scan, "tract has crashed on it (succeeded: [])").is_empty(), "{scan:?}");
    assert_eq!(snapshot(&env.path("music")), before);
}

#[test]
fn a_window_that_takes_long_keeps_nobody_from_leaving() {
    let mut env = home();
    env.set("INDEXER_TEST_MODEL_FAULT", "hang@small");
    let child = env.start("scan music --method small");
    let begin = Instant::now();
    // Both workers, and both processes of the model.
    while children(child.id()).len() < 2 {
        assert!(begin.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(500));
    let begin = Instant::now();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = Output::from(child.wait_with_output().unwrap());
    assert_eq!(output.status, 130, "{output:?}");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[test]
fn a_model_that_does_not_run_is_not_installed() {
    let mut env = TestEnv::new();
    describe(&env, "small", 8);
    write(&env, "good.onnx", 8, 0.0);
    write(&env, "nan.onnx", 8, f32::NAN);
    let import = |file: &str| format!("model import {file}.onnx --as small --unverified");
    refuses(
        &env,
        &import("nan"),
        1,
        "model",
        "on silence, small gives values that are not numbers (NaN) as vector",
    );
    env.set("INDEXER_TEST_INFERENCE_SECONDS", "1");
    for (fault, word) in FAULTS {
        env.set("INDEXER_TEST_MODEL_FAULT", &format!("{fault}@small"));
        refuses(&env, &import("good"), 1, "model", word);
    }
    env.set("INDEXER_TEST_MODEL_FAULT_ABOVE", "0.1");
    refuses(&env, &import("good"), 1, "model", "on noise, tract hangs");
    assert_eq!(files(&env), ["small.toml"]);
    env.set("INDEXER_TEST_MODEL_FAULT", "");
    assert_eq!(env.run(&import("good")).status, 0);
}
