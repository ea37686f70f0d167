//! The configuration, read from files.

use std::fs;

use super::*;
use crate::clustering::{ALGORITHMS, AlgorithmSettings};

fn load(text: &str) -> Result<Config, ConfigError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    Config::load(Some(file.path()))
}

#[test]
fn the_example_says_every_key_with_its_default() {
    let example = include_str!("../../config.example.toml");
    let defaults = Config::default();
    assert_eq!(load(example).unwrap(), defaults);
    let elsewhere = (AlgorithmSettings::default(), InferenceSettings::default());
    assert_eq!((defaults.cluster.algorithms, defaults.inference), elsewhere);
    fn assert_all(table: &Table, known: &Table) {
        for (key, value) in known {
            let found = table.get(key).unwrap_or_else(|| panic!("{key} is not in the example"));
            if let (Value::Table(found), Value::Table(known)) = (found, value) {
                assert_all(found, known);
            }
        }
    }
    assert_all(&example.parse().unwrap(), &Config::default().as_table());
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    for (text, message) in [
        ("job = 2", "`job` in {} is unknown: did you mean `jobs`?"),
        ("[cluster.kmeans]\nstart = 2", "`cluster.kmeans.start` in {} is unknown: did you mean `starts`?"),
        ("zzz = 2", "`zzz` in {} is unknown"),
    ] {
        let error = load(text).unwrap_err();
        let ConfigError::UnknownKey { path, .. } = &error else { panic!("{error}") };
        assert_eq!(error.to_string(), message.replace("{}", &path.display().to_string()));
    }
}

#[test]
fn every_algorithm_has_a_table_whose_numbers_can_be_set() {
    for algorithm in ALGORITHMS {
        let defaults = Config::default().as_table();
        let table = defaults["cluster"][algorithm.name].as_table().expect("its table");
        for (key, default) in table {
            let set = |value: &str| load(&format!("[cluster.{}]\n{key} = {value}", algorithm.name));
            let found = set("7").unwrap().as_table()["cluster"][algorithm.name][key].clone();
            let number = if default.is_float() { Value::Float(7.0) } else { Value::Integer(7) };
            assert_eq!(found, number, "{}.{key}", algorithm.name);
            let kind = if default.is_float() { "f64" } else { "usize" };
            let refused = set("\"x\"").unwrap_err().to_string();
            let reason =
                format!("invalid type: string \"x\", expected {kind} in `cluster.{}.{key}`", algorithm.name);
            assert!(refused.ends_with(&reason), "{refused}");
        }
    }
}

#[test]
fn json_is_asked_for_beside_settings_that_are_not_valid() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for (text, asked) in [("json = true\njob = 2", true), ("json = 1", false), ("json =", false)] {
        fs::write(file.path(), text).unwrap();
        assert_eq!(Config::asks_for_json(Some(file.path())), asked, "{text}");
    }
}

#[test]
fn paths_count_from_the_file_and_from_home() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    fs::write(
        &file,
        "store = \"~/s\"\nlogfile = \"log\"\n[library]\nroots = [\"/a\", \"b\"]\n[models]\nfolder = \"m\"",
    )
    .unwrap();
    let config = Config::load(Some(&file)).unwrap();
    assert_eq!(config.store, env::home_dir().unwrap().join("s"));
    assert_eq!(config.logfile, folder.path().join("log"));
    assert_eq!(config.library.roots, [PathBuf::from("/a"), folder.path().join("b")]);
    assert_eq!(config.models_folder(), folder.path().join("m"));
    assert_eq!(
        Config { models: ModelsConfig::default(), ..config.clone() }.models_folder(),
        config.store.join("models")
    );
    assert_eq!(config.cluster.output, PathBuf::new());
    for (program, expected) in [
        ("auto", PathBuf::from("auto")),
        ("ffmpeg7", "ffmpeg7".into()),
        ("bin/x", folder.path().join("bin/x")),
    ] {
        fs::write(&file, format!("[decoder]\nffmpeg = \"{program}\"")).unwrap();
        assert_eq!(Config::load(Some(&file)).unwrap().decoder.ffmpeg, expected, "{program}");
    }
}

#[test]
fn a_number_of_playlists_may_be_a_word() {
    for (text, n) in [("\"auto\"", 0), ("0", 0), ("6", 6)] {
        assert_eq!(load(&format!("[cluster]\nn = {text}")).unwrap().cluster.n, n, "{text}");
    }
    for text in ["\"many\"", "-1", "1.5"] {
        let refused = load(&format!("[cluster]\nn = {text}")).unwrap_err().to_string();
        assert!(refused.contains("a whole number or \"auto\" is expected"), "{refused}");
    }
}

#[test]
fn limits_of_a_worker_have_limits() {
    for (text, message) in [
        ("memory_mib = 127", "worker.memory_mib = 127: it must be at least 128"),
        ("stall_seconds = 0", "worker.stall_seconds = 0: it must be from 1 to 86400"),
        ("stall_seconds = 86401", "worker.stall_seconds = 86401: it must be from 1 to 86400"),
        ("max_hours = 0", "worker.max_hours = 0: it must be from 1 to 1000"),
    ] {
        assert_eq!(load(&format!("[worker]\n{text}")).unwrap_err().to_string(), message);
    }
}

#[test]
fn a_wrong_value_is_refused_in_one_line() {
    for text in ["jobs = \"two\"", "jobs = ", "[library]\nroots = 3"] {
        let message = load(text).unwrap_err().to_string();
        assert!(message.contains("is not valid") && !message.contains('\n'), "{message}");
    }
}
