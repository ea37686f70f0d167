//! Settings: flags overrule the environment, which overrules the file, which overrules the defaults.
//!
//! Empty text and 0 mean "not set", so that every key has a value that can be written down.

mod layers;
mod sections;

use std::env;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use self::layers::{overlay_environment, overlay_file, parse_as, read, resolve_paths};
use self::sections::take_algorithms;
use crate::{fs::user_folders, model::InferenceSettings};

pub use self::layers::ConfigError;
pub use self::sections::{
    ClusterConfig, DecoderConfig, LibraryConfig, ModelsConfig, ScanConfig, WatchConfig, WorkerConfig,
};

/// Every key with its default and what it means.
const EXAMPLE: &str = include_str!("../../config.example.toml");

/// Everything that can be set.
#[expect(missing_docs, reason = "config.example.toml says what each key means")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    pub decoder: DecoderConfig,
    pub models: ModelsConfig,
    pub cluster: ClusterConfig,
    pub inference: InferenceSettings,
}

impl Default for Config {
    fn default() -> Self {
        EXAMPLE.parse().and_then(Self::from_table).expect("the example is a whole configuration")
    }
}

impl Config {
    /// The path of the configuration where no flag gives another.
    pub fn default_path() -> PathBuf {
        user_folders::config().join("indexer/config.toml")
    }

    /// The folder of the store where no setting gives another.
    pub(crate) fn default_store() -> PathBuf {
        user_folders::data().join("indexer")
    }

    /// The folder of the store.
    pub fn store_folder(&self) -> PathBuf {
        if self.store.as_os_str().is_empty() { Self::default_store() } else { self.store.clone() }
    }

    /// Errors: no setting gives the folder of the store, and there is no home folder.
    pub fn check_store_folder(&self) -> Result<(), ConfigError> {
        let is_somewhere = !self.store.as_os_str().is_empty() || user_folders::has_data();
        if is_somewhere { Ok(()) } else { Err(ConfigError::NoHome) }
    }

    /// The folder of the models.
    pub fn models_folder(&self) -> PathBuf {
        let folder = &self.models.folder;
        if folder.as_os_str().is_empty() { self.store_folder().join("models") } else { folder.clone() }
    }

    /// Reads `path`, or the file at its usual place if there is one, and lays the environment over it.
    ///
    /// # Errors
    /// The file cannot be read, or a value in it or in the environment is not valid.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let usual = Self::default_path();
        let (path, mut file) = match path {
            Some(path) => (path, read(path)?),
            None if usual.exists() => (usual.as_path(), read(&usual)?),
            None => (usual.as_path(), Table::new()),
        };
        let defaults = Self::default().as_table();
        let mut table = defaults.clone();
        resolve_paths(&mut file, path);
        overlay_file(&mut table, file, path, "")?;
        overlay_environment(&mut table, &defaults, "INDEXER")?;
        let config = Self::from_table(table).map_err(|error| ConfigError::invalid(path, &error))?;
        let refuse = |key, value, must_be| Err(ConfigError::Value { key, value, must_be });
        let WorkerConfig { memory_mib, stall_seconds, max_hours } = config.worker;
        if memory_mib < 128 {
            return refuse("memory_mib", memory_mib, "at least 128");
        }
        if !(1..=86_400).contains(&stall_seconds) {
            return refuse("stall_seconds", stall_seconds, "from 1 to 86400");
        }
        if !(1..=1000).contains(&max_hours) {
            return refuse("max_hours", max_hours, "from 1 to 1000");
        }
        Ok(config)
    }

    /// Reads a table with all keys.
    fn from_table(mut table: Table) -> Result<Self, toml::de::Error> {
        let algorithms = take_algorithms(&mut table)?;
        let mut config: Self = Value::Table(table).try_into()?;
        config.cluster.algorithms = algorithms;
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
mod tests;
