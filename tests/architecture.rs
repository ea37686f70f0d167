//! Arrows point down and never in a circle, a name is one type's, foreign crates stay with their owners, files fit in
//! the head, and the library never prints.

#[path = "architecture/planted.rs"]
mod planted;
#[path = "architecture/resolve.rs"]
mod resolve;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;
#[path = "architecture/storeys.rs"]
mod storeys;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// `pub` items without `pub(crate)`; fields are not counted.
const MOST_PUBLIC: usize = 400;

fn beside_manifest(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn table(file: &str) -> toml::Table {
    fs::read_to_string(beside_manifest(file)).unwrap().parse().unwrap()
}

/// Names of all foreign crates, as code spells them.
fn crates() -> Vec<String> {
    let manifest = table("Cargo.toml");
    let tables =
        ["dependencies", "dev-dependencies"].map(|table| manifest.get(table).and_then(|t| t.as_table()));
    let names = tables.into_iter().flatten().flat_map(|table| table.keys());
    names.map(|name| name.replace('-', "_")).filter(|name| name != "indexer").collect()
}

/// Every source file, by its path in `src/`.
fn sources() -> Vec<(String, String)> {
    let (mut files, mut folders) = (Vec::new(), vec![beside_manifest("src")]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(beside_manifest("src")).unwrap().display().to_string();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn the_house_stands() {
    let (all, crates) = (sources(), crates());
    assert!(all.len() > 50 && crates.len() > 20, "{} files, {} crates", all.len(), crates.len());
    let found = rules::violations(&all, &crates);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn what_is_decoded_and_what_fails_is_recorded_under_the_decoders_that_are_built_in() {
    let lock = table("Cargo.lock");
    let packages = lock["package"].as_array().unwrap();
    for name in ["symphonia", "rusty-opus"] {
        let package = packages.iter().find(|package| package["name"].as_str() == Some(name)).unwrap();
        let decoder = format!("{name} {}", package["version"].as_str().unwrap());
        assert!(indexer::testing::DECODERS.contains(&decoder), "{decoder} must be named");
    }
}

#[test]
fn what_is_public_can_be_read_at_a_sitting() {
    let count = rules::public_items(&sources());
    assert!(count <= MOST_PUBLIC, "{count} items are `pub`: most should be pub(crate)");
}
