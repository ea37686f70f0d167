//! `model compare`: two models on the same songs, and nothing that stays behind.

use std::fs;

use indexer::testing::projection;
use rustix::process::Signal;
use serde_json::Value;

use crate::support::{
    environment::{TestEnv, snapshot},
    process::interrupted,
    recordings::tones,
    refusal::refuses,
};

const FAILED: i32 = 1;
const USAGE: i32 = 2;
const SOME_FAILED: i32 = 3;
const INTERRUPTED: i32 = 130;

/// Puts a file of the network of this width there, and installs it under `name`.
pub(super) fn install(env: &TestEnv, name: &str, width: usize) {
    describe(env, name, width);
    write(env, &format!("{name}-source.onnx"), width, 0.0);
    let output = env.run(&format!("model import {name}-source.onnx --as {name} --unverified"));
    assert_eq!(output.status, 0, "{output:?}");
}

/// Describes the network of this width under `name`.
pub(super) fn describe(env: &TestEnv, name: &str, width: usize) {
    let text = format!(
        "name = \"{name}\"\nrate = 16000\nwindow = 1.0\nmax_windows = 3\nshortest = 16000\ntrim = false\npooling = \"mean\"\n\
         [front_end]\nkind = \"raw\"\n[input]\nname = \"waveform\"\naxes = [\"batch\", \"samples\"]\n\
         [output]\nembedding = \"vector\"\ndimension = {width}\nscores = \"scores\"\nclasses = 12\n[weights]\nlicence = \"\"\n"
    );
    let models = env.store().join("models");
    fs::create_dir_all(&models).unwrap();
    fs::write(models.join(format!("{name}.toml")), text).unwrap();
}

pub(super) fn write(env: &TestEnv, file: &str, width: usize, noise: f32) {
    fs::write(env.path(file), projection(width, noise).unwrap()).unwrap();
}

/// With all clips, and a model of eight values.
fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    install(&env, "small", 8);
    env
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn a_file_is_compared_with_the_model_whose_description_it_is_run_by() {
    let env = home();
    write(&env, "same.onnx", 8, 0.0);
    write(&env, "other.onnx", 8, 0.5);
    env.json("scan music --method small");
    let spaces = env.json("status")["spaces"].to_string();
    let before = snapshot(&env.path(""));
    let same = env.json("model compare small same.onnx --on music");
    assert_eq!(
        (&same["songs"], &same["left_out"], &same["first_failure"]),
        (&18.into(), &0.into(), &Value::Null)
    );
    assert_eq!((number(&same["neighbours"]), number(&same["classes"])), (1.0, 1.0));
    assert!(number(&same["cosine"]["least"]) > 0.999_999, "{same}");
    let other = env.json("model compare other.onnx small --on music");
    let (mean, least) = (number(&other["cosine"]["mean"]), number(&other["cosine"]["least"]));
    assert!(least < mean && (0.3..0.99).contains(&mean), "{other}");
    assert!((0.3..1.0).contains(&number(&other["neighbours"])), "{other}");
    assert!((0.3..1.0).contains(&number(&other["classes"])), "{other}");
    let [file, model] = [&other["models"][0], &other["models"][1]];
    assert_eq!((&file["name"], &model["name"]), (&"other.onnx".into(), &"small".into()));
    assert_eq!(file["size"], fs::metadata(env.path("other.onnx")).unwrap().len());
    for cost in [file, model] {
        assert!(number(&cost["cpu_seconds"]) > 0.0 && number(&cost["songs_a_minute"]) > 0.0, "{cost}");
    }
    assert!(other["engine"]["name"].is_string());
    let after = snapshot(&env.path(""));
    assert!(before.keys().eq(after.keys()), "no file comes or goes");
    assert!(before.iter().all(|(path, (bytes, _))| after[path].0 == *bytes), "none changes");
    assert_eq!(env.json("status")["spaces"].to_string(), spaces, "the store knows of none of it");
}

#[test]
fn models_of_two_widths_are_compared_by_their_neighbours() {
    let env = home();
    install(&env, "wide", 32);
    let found = env.json("model compare small wide --on music");
    assert_eq!((&found["cosine"], found["models"][1]["dimension"].as_u64()), (&Value::Null, Some(32)));
    assert!((0.2..=1.0).contains(&number(&found["neighbours"])), "{found}");
    let text = env.run("model compare small wide --on music");
    assert_eq!(text.status, 0, "{text:?}");
    assert!(text.stdout.starts_with("18 songs compared\n\n"), "{text:?}");
    assert!(
        text.stdout.contains("cosine of the vectors") && text.stdout.contains("none between 8 and 32 values")
    );
    assert!(text.stdout.contains("CPU a song, decoding included") && text.stdout.contains("engine: "));
    assert!(
        text.stderr.contains("small: 18 files\n") && text.stderr.contains("wide: 18 files\n"),
        "{text:?}"
    );
}

#[test]
fn files_that_fail_are_counted_and_few_songs_have_no_neighbours() {
    let env = home();
    fs::write(env.path("music/a bad one.mp3"), "no music").unwrap();
    let text = env.run("model compare small small --on music");
    assert_eq!(text.status, SOME_FAILED, "{text:?}");
    let begin =
        format!("18 songs compared, 1 file left out ({}: ", env.path("music/a bad one.mp3").display());
    assert!(text.stdout.starts_with(&begin), "{text:?}");
    assert!(!text.stderr.contains("errors"), "nothing is on record: {text:?}");
    fs::remove_file(env.path("music/a bad one.mp3")).unwrap();
    let few = env.json("model compare small small --on music --limit 6");
    assert_eq!((&few["songs"], &few["neighbours"]), (&6.into(), &Value::Null));
    let few = env.run("model compare small small --on music --limit 6");
    assert!(few.stdout.contains("not said of fewer than 7 songs"), "{few:?}");
    assert_eq!(env.json("model compare small small --on music --limit 7")["neighbours"], 1.0);
}

#[test]
fn what_cannot_be_compared_is_told_in_one_line() {
    let env = home();
    write(&env, "wide.onnx", 9, 0.0);
    fs::write(env.path("text.onnx"), "text").unwrap();
    fs::create_dir(env.path("silent")).unwrap();
    fs::create_dir(env.path("nonsense")).unwrap();
    fs::write(env.path("nonsense/song.mp3"), "no music").unwrap();
    for (line, status, kind, word) in [
        ("small nothing --on music", USAGE, "usage", "there is no model `nothing`"),
        ("small cnn14 --on music", FAILED, "model", "`indexer model fetch cnn14` gets it"),
        ("small no.onnx --on music", FAILED, "model", "cannot read no.onnx"),
        ("small text.onnx --on music", FAILED, "model", "text.onnx is neither"),
        ("small wide.onnx --on music", FAILED, "model", "it belongs to another model"),
        ("wide.onnx text.onnx --on music", USAGE, "usage", "give that model's name beside it"),
        ("small small --on nowhere", FAILED, "folder", "check that the folder exists"),
        ("small small --on text.onnx", FAILED, "folder", "is not a folder"),
        ("small small --on silent", FAILED, "failed", "no music lies in "),
        ("small small --on nonsense", FAILED, "failed", "could be analysed by both models ("),
    ] {
        refuses(&env, &format!("model compare {line} --silent"), status, kind, word);
    }
    let bad = env.run("model compare small small --on music --limit 0");
    assert_eq!(bad.status, USAGE, "{bad:?}");
}

#[test]
fn a_model_that_cannot_be_run_is_named() {
    let env = home();
    fs::write(env.store().join("models/small.onnx"), "changed").unwrap();
    let line = "model compare small small-source.onnx --on music --silent";
    refuses(&env, line, FAILED, "model", "small cannot be run: ");
}

#[test]
fn an_interrupted_comparison_leaves_nothing() {
    let mut env = home();
    tones(&env.path("music"), "tone", 0..200);
    fs::create_dir(env.path("temporary")).unwrap();
    env.set("TMPDIR", env.path("temporary").to_str().unwrap());
    for signals in [&[Signal::INT][..], &[Signal::INT, Signal::INT], &[Signal::KILL]] {
        let ended = interrupted(&env, "model compare small small --on music --jobs 1", signals);
        assert!([INTERRUPTED, -9].contains(&ended.status), "{ended:?}");
        assert_eq!(ended.stdout, "");
        assert_eq!(fs::read_dir(env.path("temporary")).unwrap().count(), 0);
        assert!(!env.store().join("library.redb").exists());
    }
}
