//! A home whose clips are in playlists already.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use super::environment::{Output, TestEnv};

/// A home with three playlists of six songs each, in files and in `p.json`.
pub(crate) fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    env.json("scan music");
    cluster(&env, "--n 3");
    env
}

pub(crate) fn cluster(env: &TestEnv, flags: &str) -> Value {
    env.json(&format!("cluster --playlists lists --output p.json {flags}"))
}

/// A call whose last argument may hold spaces.
pub(crate) fn call(env: &TestEnv, line: &str, last: &str) -> Output {
    let mut command = env.indexer(line);
    command.arg(last);
    Output::of(command)
}

pub(crate) fn rename(env: &TestEnv, playlist: &str, name: &str) {
    let output = call(env, &format!("playlists rename {playlist}"), name);
    assert_eq!(output.status, 0, "{output:?}");
}

/// The object of `p.json`.
pub(crate) fn output(env: &TestEnv) -> Value {
    serde_json::from_slice(&fs::read(env.path("p.json")).unwrap()).unwrap()
}

/// The playlist of this id in `p.json`: its name and its songs.
pub(crate) fn playlist(env: &TestEnv, id: u64) -> (String, BTreeSet<String>) {
    let output = output(env);
    let list = output["playlists"].as_array().unwrap().iter().find(|list| list["id"] == id);
    let list = list.unwrap_or_else(|| panic!("{id} in {output}"));
    let songs = list["songs"].as_array().unwrap().iter().map(|song| song.as_str().unwrap().to_owned());
    (list["name"].as_str().unwrap().to_owned(), songs.collect())
}
