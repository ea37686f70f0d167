//! `similar` and `path`: songs that are found by other songs.

mod journeys;
mod large;
mod lists;
mod nearest;
mod outside;
mod refused;

use std::path::Path;

use serde_json::Value;

use crate::support::environment::TestEnv;

/// The style of a clip, after which its file is named.
pub(crate) fn style(name: &str) -> &str {
    name.split('_').next().unwrap_or_default()
}

/// The file names of the songs that were found, in their order.
pub(crate) fn names(found: &Value) -> Vec<String> {
    let songs = found["songs"].as_array().unwrap().iter();
    songs.map(|song| file_name(song["path"].as_str().unwrap())).collect()
}

pub(crate) fn file_name(path: &str) -> String {
    Path::new(path).file_name().unwrap().to_str().unwrap().to_owned()
}

pub(crate) fn distances(found: &Value) -> Vec<f64> {
    found["songs"].as_array().unwrap().iter().map(|song| song["distance"].as_f64().unwrap()).collect()
}

/// With all clips in its library.
pub(crate) fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env
}

/// Runs a line with further words as they are, with spaces in them.
pub(crate) fn ask(env: &TestEnv, line: &str, words: &[&str]) -> Value {
    let mut command = env.indexer(&format!("{line} --json"));
    command.args(words);
    let output = crate::support::environment::Output::of(command);
    assert_eq!(output.status, 0, "{line} {words:?}: {output:?}");
    output.json()
}
