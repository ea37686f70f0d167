//! Arrows point down, foreign crates stay with their owners, and the library never prints.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A folder or file of `src/`: what it may know of this crate, and the foreign crates it owns.
type Module = (&'static str, &'static [&'static [&'static str]], &'static [&'static str]);

/// The storeys, from the ground up.
const MODULES: &[Module] = &[
    ("digest", &[], &["blake3"]),
    ("moment", &[], &["jiff", "rustix"]),
    ("filesystem", &[], &["rustix"]),
    ("priority", &[], &["rustix", "libc"]),
    ("track", &[&["digest"]], &[]),
    ("file", &[&["digest", "moment", "track"]], &[]),
    ("space", &[GROUND], &["ndarray", "linfa_linalg", "rand_xoshiro"]),
    (
        "library",
        &[GROUND, &["space"]],
        &["ignore", "globset", "ndarray", "notify", "crossbeam_channel", "rustix"],
    ),
    ("audio", &[GROUND, &["space"]], &["symphonia", "realfft", "rustix", "postcard", "lofty"]),
    (
        "extract",
        &[GROUND, &["space", "audio"]],
        &[
            "realfft",
            "ndarray",
            "ebur128",
            "pytorch_reader",
            "sha2",
            "zip",
            "tempfile",
            "toml",
            "ort",
            "ort_tract",
            "tract_linalg",
            "libloading",
            "ureq",
        ],
    ),
    ("store", &[GROUND, &["space"]], &["redb", "postcard", "tempfile", "half"]),
    (
        "cluster",
        &[GROUND, &["space"]],
        &[
            "linfa",
            "linfa_clustering",
            "linfa_linalg",
            "hdbscan",
            "kodama",
            "rand",
            "rand_xoshiro",
            "ndarray",
        ],
    ),
    ("playlist", &[GROUND, &["space"]], &["pathfinding", "tempfile", "ndarray"]),
    ("config", &[&["cluster", "extract"]], &["toml", "strsim"]),
    ("app", &[GROUND, &["space"], THIRD], &["crossbeam_channel", "ndarray", "tempfile"]),
    ("cli", &[GROUND, &["space", "app", "config"], THIRD], CLI),
    ("lib", &[GROUND, &["space", "app", "config"], THIRD], &[]),
    ("main", &[&["cli"]], &[]),
];

const GROUND: &[&str] = &["digest", "moment", "filesystem", "priority", "track", "file"];
/// Siblings that do not know each other.
const THIRD: &[&str] = &["library", "audio", "extract", "store", "cluster", "playlist"];
const CLI: &[&str] = &[
    "clap",
    "anyhow",
    "indicatif",
    "signal_hook",
    "sd_notify",
    "tempfile",
    "tracing_subscriber",
    "toml",
    "strsim",
    "ndarray",
];

/// Crates without an owner.
const COMMONS: &[&str] = &["serde", "serde_json", "thiserror", "tracing", "rayon"];
/// What any module's own tests may use besides.
const FOR_TESTS: &[&str] = &["tempfile", "ndarray", "rand_xoshiro"];
const PRINTS: &[&str] = &["println", "eprintln", "print", "eprint", "dbg"];

/// Whatever `text`, the file `path` of `src/`, does that it must not. `crates` are the foreign ones.
fn violations(path: &str, text: &str, crates: &[String]) -> Vec<String> {
    let name = path.split(['/', '.']).next().unwrap_or_default();
    let Some((_, knows, owns)) = MODULES.iter().find(|module| module.0 == name) else {
        return vec![format!("{path}: {name} has no row in tests/architecture.rs")];
    };
    let knows = |other: &str| other == name || knows.iter().any(|names| names.contains(&other));
    let is_module = |other: &str| MODULES.iter().any(|module| module.0 == other);
    let is_root = !path.contains('/');
    let tests =
        text.lines().position(|line| line.trim() == "#[cfg(test)]").map_or(usize::MAX, |line| line + 1);
    let tests = if path.ends_with("/tests.rs") { 0 } else { tests };
    let mut found = Vec::new();
    for (line, parts) in paths(text) {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let in_tests = line > tests;
        let ups = parts.iter().take_while(|part| **part == "super").count();
        let inside = match parts[0] {
            "crate" | "indexer" => parts.get(1),
            _ if ups > usize::from(!is_root) => parts.get(ups),
            _ => None,
        };
        let foreign = crates.iter().find(|foreign| *foreign == parts[0] && parts.len() > 1);
        if let Some(other) = inside.filter(|other| is_module(other) && !knows(other)) {
            found.push(format!("{path}:{line}: {name} must not know {other}"));
        } else if let Some(foreign) = foreign.map(String::as_str) {
            let is_free = COMMONS.contains(&foreign) || in_tests && FOR_TESTS.contains(&foreign);
            if !is_free && !owns.contains(&foreign) {
                found.push(format!("{path}:{line}: {foreign} is not {name}'s"));
            }
        } else if name != "cli" && !in_tests && parts.last() == Some(&"!") && PRINTS.contains(&parts[0]) {
            found.push(format!("{path}:{line}: {name} must not print"));
        }
    }
    found.dedup();
    found
}

/// Every path of a source text with its line, those in the braces of a `use` in full; `name!` is one too.
fn paths(text: &str) -> Vec<(usize, Vec<String>)> {
    let (mut paths, mut path, mut groups) =
        (Vec::new(), Vec::<String>::new(), Vec::<Option<Vec<String>>>::new());
    let code = without_literals(text);
    let mut tokens = tokens(&code).into_iter().peekable();
    while let Some((line, token)) = tokens.next() {
        let goes_on = tokens.peek().is_some_and(|next| next.1 == "::");
        match token {
            "::" => {}
            "{" if path.is_empty() => groups.push(None),
            "{" => {
                let group = groups.last().cloned().flatten().unwrap_or_default();
                groups.push(Some(group.into_iter().chain(path.drain(..)).collect()));
            }
            "}" => drop(groups.pop()),
            "!" | "," => {}
            word => {
                path.push(word.to_owned());
                if goes_on {
                    tokens.next();
                    if tokens.peek().is_some_and(|next| next.1.starts_with(is_word) || next.1 == "{") {
                        continue;
                    }
                }
                if tokens.peek().is_some_and(|next| next.1 == "!") {
                    path.push("!".to_owned());
                }
                let group = groups.last().cloned().flatten().unwrap_or_default();
                paths.push((line, group.into_iter().chain(path.drain(..)).collect()));
            }
        }
    }
    paths
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Words, `::`, braces and the marks between, with their lines.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    for (number, line) in (1..).zip(code.lines()) {
        let mut rest = line.trim_start();
        while let Some(c) = rest.chars().next() {
            let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let length = if rest.starts_with("::") { 2 } else { word.max(c.len_utf8()) };
            if is_word(c) || ["::", "{", "}", ",", "!"].contains(&&rest[..length]) {
                tokens.push((number, &rest[..length]));
            }
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

/// The text with comments, strings and characters taken out; lines stay lines.
fn without_literals(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (mut code, mut at) = (String::new(), 0);
    while at < chars.len() {
        let rest = &chars[at..];
        let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
        let ends = |mark: &[char], from: usize| {
            let found =
                rest.get(from..).unwrap_or_default().windows(mark.len()).position(|some| some == mark);
            found.map_or(rest.len(), |position| from + position + mark.len())
        };
        let length = match rest {
            ['/', '/', ..] => ends(&['\n'], 2) - 1,
            ['r', ..] if rest.get(1 + hashes) == Some(&'"') && !code.ends_with(is_word) => {
                ends(&[vec!['"'], vec!['#'; hashes]].concat(), 2 + hashes)
            }
            ['"', ..] => {
                let mut end = 1;
                while end < rest.len() && rest[end] != '"' {
                    end += if rest[end] == '\\' { 2 } else { 1 };
                }
                end + 1
            }
            ['\'', '\\', ..] => ends(&['\''], 3),
            ['\'', _, '\'', ..] => 3,
            _ => 0,
        };
        let length = length.min(rest.len());
        code.extend(rest[..length].iter().filter(|c| **c == '\n'));
        if length == 0 {
            code.push(rest[0]);
        }
        at += length.max(1);
    }
    code
}

fn beside_manifest(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Names of all foreign crates, as code spells them.
fn crates() -> Vec<String> {
    let manifest: toml::Table = fs::read_to_string(beside_manifest("Cargo.toml")).unwrap().parse().unwrap();
    let tables =
        ["dependencies", "dev-dependencies"].map(|table| manifest.get(table).and_then(|t| t.as_table()));
    let names = tables.into_iter().flatten().flat_map(|table| table.keys());
    names.map(|name| name.replace('-', "_")).collect()
}

/// Every source file, by its path in `src/`.
fn sources() -> Vec<(String, String)> {
    let (mut files, mut folders) = (Vec::new(), vec![beside_manifest("src")]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(beside_manifest("src")).unwrap().display().to_string();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn arrows_point_down_and_foreign_crates_stay_with_their_owners() {
    let crates = crates();
    let all = sources();
    assert!(all.len() > 50 && crates.len() > 20, "{} files, {} crates", all.len(), crates.len());
    let found: Vec<_> = all.iter().flat_map(|(path, text)| violations(path, text, &crates)).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_planted_import_is_found() {
    let crates = ["redb", "clap", "serde", "symphonia", "tempfile", "ndarray"].map(str::to_owned);
    for (path, text, complaint) in [
        ("store/library.rs", "use crate::cluster::Algorithm;", "1: store must not know cluster"),
        (
            "store/library.rs",
            "use crate::{\n    digest::Digest,\n    app::{Plan, scan},\n};",
            "3: store must not know app",
        ),
        ("store/open.rs", "use super::super::audio;", "1: store must not know audio"),
        ("track.rs", "use super::store;", "1: track must not know store"),
        ("track.rs", "fn f() {\n    crate::moment::Moment::now();\n}", "2: track must not know moment"),
        ("cluster/mod.rs", "#[cfg(test)]\nuse crate::extract::mfcc;", "2: cluster must not know extract"),
        ("app/scan.rs", "use redb::Database;", "1: redb is not app's"),
        ("app/scan.rs", "fn f(x: Vec<redb::Database>) {}", "1: redb is not app's"),
        ("app/scan.rs", "let c = '\"'; use clap::{Args, Parser}; let d = '\"';", "1: clap is not app's"),
        ("cli/scan.rs", "use indexer::store::View;\nuse redb::{self};", "2: redb is not cli's"),
        ("store/codec.rs", "use ndarray::Array2;", "1: ndarray is not store's"),
        (
            "audio/open.rs",
            "use tempfile::tempfile;\n#[cfg(test)]\nmod tests {}",
            "1: tempfile is not audio's",
        ),
        ("app/job.rs", "fn f() {\n    println!(\"{}\", 1);\n}", "2: app must not print"),
        ("app/job.rs", "fn f() { eprintln!(); }", "1: app must not print"),
        ("helpers/mod.rs", "", " helpers has no row in tests/architecture.rs"),
    ] {
        let found = violations(path, text, &crates);
        assert_eq!(found, [format!("{path}:{complaint}")], "{text}");
    }
}

#[test]
fn what_is_allowed_or_only_said_is_no_violation() {
    let crates = ["redb", "clap", "serde", "symphonia", "tempfile", "ndarray"].map(str::to_owned);
    for (path, text) in [
        (
            "store/library.rs",
            "use redb::{Database, Key};\nuse crate::{digest::Digest, space::SpaceId};\nuse super::codec;",
        ),
        ("extract/mod.rs", "use crate::audio::Decoder;\nuse super::super::audio;"),
        (
            "app/scan.rs",
            "/// See [`crate::cli`], and redb::Database.\nuse serde::Serialize; // redb::x\nlet x = \"redb::y\";",
        ),
        (
            "app/scan.rs",
            "let (a, b) = ('\\'', r#\"clap::Args \"quoted\" redb::z\"#);\nfn f<'a>(x: &'a str) {}",
        ),
        ("audio/open.rs", "#[cfg(test)]\nmod tests {\n    use tempfile::tempfile;\n}"),
        ("cluster/tests.rs", "fn f() { println!(\"{}\", 1); }"),
        (
            "cli/mod.rs",
            "use clap::Parser;\nmod config;\nuse config::ConfigCommand;\nfn f() { eprintln!(\"x\"); }",
        ),
    ] {
        assert_eq!(violations(path, text, &crates), [] as [String; 0], "{text}");
    }
}

#[test]
fn failures_are_recorded_under_the_decoder_that_is_built_in() {
    let lock: toml::Table = fs::read_to_string(beside_manifest("Cargo.lock")).unwrap().parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    let symphonia = packages.iter().find(|package| package["name"].as_str() == Some("symphonia")).unwrap();
    let version = symphonia["version"].as_str().unwrap();
    assert!(indexer::audio::DECODER.contains(version), "DECODER must name symphonia {version}");
}
