//! The files of an export in each format.

use std::fs;

use serde_json::Value;

use super::invented;
use crate::support::environment::{TestEnv, counts};

fn files(env: &TestEnv, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(env.path(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_format_has_every_table_and_says_what_was_written() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env.json("cluster --n 3");
    for (format, expected) in [
        ("parquet", ["playlists.parquet", "runs.parquet", "tracks.parquet"].as_slice()),
        ("npy", &["playlists.json", "runs.json", "tracks.json", "vector_mfcc.npy"]),
        ("csv", &["playlists.csv", "runs.csv", "tracks.csv", "vector_mfcc.csv"]),
    ] {
        let exported = env.json(&format!("export -o {format} --format {format}"));
        assert_eq!(counts(&exported, ["tracks", "others", "playlists", "runs"]), [18, 0, 3, 1], "{format}");
        assert_eq!(exported["vectors"]["vector_mfcc"], 18);
        let mut all = expected.to_vec();
        all.insert(0, "export.json");
        assert_eq!(files(&env, format), all);
        let sizes = exported["files"].as_array().unwrap();
        for file in sizes {
            let size = fs::metadata(env.path(file["path"].as_str().unwrap())).unwrap().len();
            assert_eq!(file["size"], size, "{file}");
        }
        assert_eq!(sizes.len(), expected.len());
    }
    let tracks: Value = serde_json::from_slice(&fs::read(env.path("npy/tracks.json")).unwrap()).unwrap();
    let playlists: Value =
        serde_json::from_slice(&fs::read(env.path("npy/playlists.json")).unwrap()).unwrap();
    assert_eq!((tracks.as_array().unwrap().len(), playlists.as_array().unwrap().len()), (18, 18));
    assert_eq!((&tracks[0]["vector_mfcc"], &tracks[17]["vector_mfcc"]), (&0.into(), &17.into()));
    let is_listed = |track: &Value| {
        playlists.as_array().unwrap().iter().any(|song| song["content_id"] == track["content_id"])
    };
    assert!(tracks.as_array().unwrap().iter().all(is_listed));
}

#[test]
fn the_same_store_is_exported_as_the_same_bytes() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    for format in ["parquet", "npy", "csv"] {
        for folder in ["one", "other"] {
            env.json(&format!("export -o {folder} --format {format}"));
        }
    }
    assert_eq!(files(&env, "one"), files(&env, "other"));
    for name in files(&env, "one") {
        let [one, other] = ["one", "other"].map(|folder| fs::read(env.path(folder).join(&name)).unwrap());
        assert!(one == other, "{name}");
    }
}

#[test]
fn only_the_vectors_that_are_named_are_exported() {
    let env = TestEnv::with_clips();
    invented(&env, "mixed", 0..3, |number| number as f32);
    env.json("scan music --store mixed");
    let exported = env.json("export -o out --store mixed -m cnn14");
    assert_eq!(exported["vectors"], serde_json::json!({ "vector_cnn14": 3 }));
    assert_eq!(exported["tracks"], 21);
    let exported = env.json("export -o out --store mixed");
    assert_eq!(exported["vectors"], serde_json::json!({ "vector_cnn14": 3, "vector_mfcc": 18 }));
}

#[test]
fn what_the_environment_says_of_playlists_changes_no_export() {
    let mut env = TestEnv::with_clips();
    env.json("scan music");
    for (name, value) in [("FORMAT", "m3u8"), ("METHOD", "best"), ("OUTPUT", "p.json"), ("N", "3")] {
        env.set(&format!("INDEXER_{name}"), value);
    }
    assert_eq!(env.json("export -o out")["vectors"]["vector_mfcc"], 18);
    assert_eq!(files(&env, "out"), ["export.json", "playlists.parquet", "runs.parquet", "tracks.parquet"]);
}
