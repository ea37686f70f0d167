//! `embed`: lists of files become tables, without a store, and the tables one store.

mod lists;
mod ray;
mod shards;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::environment::TestEnv;

/// Writes a list of these files.
pub(crate) fn list(env: &TestEnv, name: &str, files: &[&str]) {
    let lines: String = files.iter().map(|file| format!("{}\n", env.path(file).display())).collect();
    fs::write(env.path(name), lines).unwrap();
}

/// The clips that are in `music`.
pub(crate) fn clips(env: &TestEnv) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(env.path("music"))
        .unwrap()
        .map(|entry| format!("music/{}", entry.unwrap().file_name().to_str().unwrap()))
        .collect();
    names.sort();
    names
}

/// Imports every shard of a folder into a new store beside that of `env`, and returns what was said, and where the store is.
pub(crate) fn imported(env: &TestEnv, folder: &str) -> (Value, PathBuf) {
    let files = fs::read_dir(env.path(folder)).unwrap().map(|entry| entry.unwrap().path());
    // As a shell's pattern does: what a killed call has begun is hidden.
    let mut shards: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|end| end == "parquet")).collect();
    shards.sort();
    let store = env.path("merged");
    // With the same models.
    fs::create_dir_all(store.join("models")).unwrap();
    for model in fs::read_dir(env.store().join("models")).into_iter().flatten().flatten() {
        fs::copy(model.path(), store.join("models").join(model.file_name())).unwrap();
    }
    let shards: Vec<_> = shards.iter().map(|path| path.display().to_string()).collect();
    let said = env.json(&format!("import {} --store {}", shards.join(" "), store.display()));
    (said, store)
}

/// Files with their titles, and vectors by method and content.
type Contents = (Vec<(PathBuf, String)>, Vec<(String, Vec<u32>)>);

/// Each file of a store with its title, and the bits of all vectors: two stores that agree hold the same.
pub(crate) fn contents(store: &Path, methods: &[&str]) -> Contents {
    let store = indexer::testing::OpenStore::open(store).unwrap().unwrap();
    let files = store.files().unwrap().into_iter().map(|(path, file)| (path, format!("{:?}", file.title)));
    let vectors = methods.iter().flat_map(|method| {
        let of_method = store.vectors(method).unwrap().into_iter();
        of_method.map(move |(content, vector)| {
            (format!("{method} {content}"), vector.into_iter().map(f32::to_bits).collect())
        })
    });
    (files.collect(), vectors.collect())
}
