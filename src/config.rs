//! Settings: a flag beats the environment, the environment beats the file, the file the default.
//!
//! Empty text and 0 mean "not set", so that every key has a value that can be written down.

mod cluster;
mod layers;

use std::{
    env,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

pub use self::cluster::ClusterConfig;
use self::layers::{overlay_environment, parse_as, read, refuse_unknown, settle_paths};
use crate::{fs::user_folders, model::InferenceSettings, text::joined_lines};

/// Everything that can be set; `config.example.toml` says what each key means.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub store: PathBuf,
    pub jobs: usize,
    pub logfile: PathBuf,
    pub debug: bool,
    pub silent: bool,
    pub json: bool,
    pub library: LibraryConfig,
    pub scan: ScanConfig,
    pub watch: WatchConfig,
    pub worker: WorkerConfig,
    pub models: ModelsConfig,
    pub cluster: ClusterConfig,
    pub inference: InferenceSettings,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LibraryConfig {
    pub roots: Vec<PathBuf>,
    pub extensions: Vec<String>,
    pub ignore: Vec<String>,
    pub hidden: bool,
    pub follow_links: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScanConfig {
    pub method: String,
    pub retry_failed: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WatchConfig {
    pub walk_minutes: u64,
    pub poll_minutes: u64,
    pub audit: f64,
    pub hours: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerConfig {
    pub memory_mib: u64,
    pub stall_seconds: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelsConfig {
    pub folder: PathBuf,
}

impl Default for LibraryConfig {
    fn default() -> Self {
        let extensions = "aac aif aifc aiff alac ape caf dff dsf flac m4a m4b mka mp1 mp2 mp3 mp4 mpc oga \
                          ogg opus spx tta wav wave webm wma wv";
        Self {
            roots: vec![],
            extensions: extensions.split_whitespace().map(str::to_owned).collect(),
            ignore: vec![],
            hidden: false,
            follow_links: false,
        }
    }
}

impl Default for ScanConfig {
    fn default() -> Self {
        Self { method: "all".to_owned(), retry_failed: false }
    }
}

impl Default for WatchConfig {
    fn default() -> Self {
        Self { walk_minutes: 0, poll_minutes: 5, audit: 1.0, hours: String::new() }
    }
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self { memory_mib: 1024, stall_seconds: 30 }
    }
}

impl WorkerConfig {
    fn check(&self) -> Result<(), ConfigError> {
        let refuse = |key, value, must_be| Err(ConfigError::Value { key, value, must_be });
        if self.memory_mib < 128 {
            return refuse("memory_mib", self.memory_mib, "at least 128");
        }
        if !(1..=86_400).contains(&self.stall_seconds) {
            return refuse("stall_seconds", self.stall_seconds, "from 1 to 86400");
        }
        Ok(())
    }
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the configuration {} is not valid: {reason}", path.display())]
    Invalid { path: PathBuf, reason: String },
    #[error("`{key}` in {} is unknown{}", path.display(), nearest.as_ref().map(|near| format!(": did you mean `{near}`?")).unwrap_or_default())]
    UnknownKey { path: PathBuf, key: String, nearest: Option<String> },
    #[error("{name}={value} in the environment is not valid: {reason}")]
    Environment { name: String, value: String, reason: String },
    #[error("worker.{key} = {value}: it must be {must_be}")]
    Value { key: &'static str, value: u64, must_be: &'static str },
}

impl Config {
    /// Where the configuration lies when no flag says otherwise.
    pub fn default_path() -> PathBuf {
        user_folders::config().join("indexer/config.toml")
    }

    /// Where the store lies when nothing says otherwise.
    pub fn default_store() -> PathBuf {
        user_folders::data().join("indexer")
    }

    /// The folder of the store.
    pub fn store_folder(&self) -> PathBuf {
        if self.store.as_os_str().is_empty() { Self::default_store() } else { self.store.clone() }
    }

    /// The folder of the models.
    pub fn models_folder(&self) -> PathBuf {
        let folder = &self.models.folder;
        if folder.as_os_str().is_empty() { self.store_folder().join("models") } else { folder.clone() }
    }

    /// Reads `path`, or the file at its usual place if there is one, and then the environment.
    ///
    /// # Errors
    /// The file cannot be read or understood; the environment holds nonsense.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let usual = Self::default_path();
        let (path, table) = match path {
            Some(path) => (path, read(path)?),
            None if usual.exists() => (usual.as_path(), read(&usual)?),
            None => (usual.as_path(), Table::new()),
        };
        let known = Self::default().as_table();
        refuse_unknown(path, &table, &known, "")?;
        let mut table = table;
        settle_paths(&mut table, path);
        overlay_environment(&mut table, &known, "INDEXER")?;
        let invalid = |error: toml::de::Error| ConfigError::Invalid {
            path: path.to_owned(),
            reason: joined_lines(&error.to_string()),
        };
        let algorithms = cluster::take_algorithms(&mut table).map_err(invalid)?;
        let mut config: Self = Value::Table(table).try_into().map_err(invalid)?;
        config.cluster.algorithms = algorithms;
        config.worker.check()?;
        Ok(config)
    }

    /// Whether environment or file ask for JSON, even where other settings in them are not valid.
    pub fn asks_for_json(path: Option<&Path>) -> bool {
        match env::var("INDEXER_JSON") {
            Ok(text) => parse_as(&Value::Boolean(false), &text) == Ok(Value::Boolean(true)),
            Err(_) => {
                let table = read(path.unwrap_or(&Self::default_path())).unwrap_or_default();
                table.get("json").and_then(Value::as_bool).unwrap_or_default()
            }
        }
    }

    /// All keys with their values.
    pub fn as_table(&self) -> Table {
        // Every field is text, a number, a list or a table of these.
        Table::try_from(self).expect("settings are plain values")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::clustering::ALGORITHMS;

    fn load(text: &str) -> Result<Config, ConfigError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        Config::load(Some(file.path()))
    }

    #[test]
    fn the_example_says_every_key_with_its_default() {
        let example = include_str!("../config.example.toml");
        assert_eq!(load(example).unwrap(), Config::default());
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
            (
                "[cluster.kmeans]\nstart = 2",
                "`cluster.kmeans.start` in {} is unknown: did you mean `starts`?",
            ),
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
                let reason = format!(
                    "invalid type: string \"x\", expected {kind} in `cluster.{}.{key}`",
                    algorithm.name
                );
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
        fs::write(&file, "store = \"~/s\"\nlogfile = \"log\"\n[library]\nroots = [\"/a\", \"b\"]\n[models]\nfolder = \"m\"").unwrap();
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
}
