//! `--learn-from`: artists and albums teach by what songs are compared.

use std::fs;

use crate::support::{
    environment::TestEnv,
    recordings::{tone, wav},
    tagged_songs::tagged,
};

/// Twenty artists with two tones each, one of them loud.
fn home() -> TestEnv {
    let env = TestEnv::new();
    for artist in 0..20_u64 {
        for song in 0..2_u64 {
            let mut audio = tone(artist * 2 + song, 1.1);
            if song == 0 {
                let halved: Vec<i16> = audio[44..]
                    .as_chunks::<2>()
                    .0
                    .iter()
                    .map(|sample| i16::from_le_bytes(*sample) / 2)
                    .collect();
                audio = wav(&halved);
            }
            let bytes = tagged(&audio, &format!("Artist {artist}"), "Test");
            fs::write(env.path(format!("music/{artist}_{song}.wav")), bytes).unwrap();
        }
    }
    env.json("scan music");
    env
}

#[test]
fn a_run_says_what_it_learned_from_and_keeps_to_it() {
    let env = home();
    let plain = env.json("cluster --n 3 --set plain");
    assert_eq!(plain["learn_from"], serde_json::Value::Null);
    let learned = env.json("cluster --n 3 --learn-from artist");
    assert_eq!(learned["learn_from"], "artist");
    assert_ne!(learned["run"], plain["run"]);
    fs::write(env.path("learn.toml"), "[cluster]\nlearn_from = \"artist\"\n").unwrap();
    assert_eq!(env.json("cluster --n 3 --config learn.toml")["run"], learned["run"]);
    let settings = env.json("runs show --set library")["settings"].as_str().unwrap().to_owned();
    assert!(settings.contains(" learn_from=artist:"), "{settings}");
    let text = env.run("cluster --n 3 --learn-from artist").stdout;
    assert!(text.contains("learned from artists"), "{text}");
    let report = env.json("cluster --n 3 --set report --preset report --config learn.toml");
    assert_eq!(report["learn_from"], serde_json::Value::Null, "a preset overrules settings");
}

#[test]
fn with_few_artists_one_line_says_so_and_the_run_is_as_without() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    let plain = env.json("cluster --n 3");
    let output = env.run("cluster --n 3 --learn-from artist --json");
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    let line = "only 6 artists have two songs or more, and --learn-from artist needs 20";
    assert!(output.stderr.contains(line), "{output:?}");
    assert_eq!(output.json()["run"], plain["run"]);
}
