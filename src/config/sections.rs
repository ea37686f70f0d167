//! The tables of the configuration but `[inference]`.
#![expect(missing_docs, reason = "config.example.toml says what each key means")]

use std::{collections::HashMap, path::PathBuf};

use serde::{Deserialize, Deserializer, Serialize};
use toml::{Table, Value};

use crate::clustering::{ALGORITHMS, AlgorithmSettings};

/// Which files are music: `[library]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibraryConfig {
    pub roots: Vec<PathBuf>,
    pub extensions: Vec<String>,
    pub ignore: Vec<String>,
    pub discarded: Vec<String>,
    pub hidden: bool,
    pub follow_links: bool,
    pub cue: bool,
}

/// What a scan makes: `[scan]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanConfig {
    pub method: String,
    pub retry_failed: bool,
}

/// How the daemon works: `[watch]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchConfig {
    pub walk_minutes: u64,
    pub poll_minutes: u64,
    pub audit: f64,
    pub hours: String,
}

/// The limits of a worker process: `[worker]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerConfig {
    pub memory_mib: u64,
    pub stall_seconds: u64,
    pub max_hours: u64,
}

/// What decodes files: `[decoder]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecoderConfig {
    pub ffmpeg: PathBuf,
}

/// Where models lie: `[models]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelsConfig {
    pub folder: PathBuf,
}

/// How tracks become playlists: `[cluster]`, and the tables of the algorithms in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterConfig {
    #[serde(deserialize_with = "count")]
    pub n: usize,
    pub method: String,
    pub learn_from: String,
    pub algorithm: String,
    pub seed: u64,
    pub set: String,
    #[serde(deserialize_with = "number_or_text")]
    pub regroup: String,
    pub min_size: usize,
    pub output: PathBuf,
    pub playlists: PathBuf,
    pub format: String,
    pub path_map: Vec<String>,
    pub relative_to: PathBuf,
    pub order: String,
    pub min_duration: String,
    pub max_duration: String,
    pub tempo: String,
    pub genre: Vec<String>,
    pub year: String,
    pub exclude: Vec<String>,
    pub since: String,
    pub max_per_artist: usize,
    pub max_size: usize,
    pub dedupe: bool,
    /// The tables in it, read by `take_algorithms`.
    #[serde(flatten, skip_deserializing)]
    pub algorithms: AlgorithmSettings,
}

/// Takes the tables of the algorithms out of all settings, and reads them.
pub(super) fn take_algorithms(settings: &mut Table) -> Result<AlgorithmSettings, toml::de::Error> {
    let mut tables = Table::new();
    if let Some(Value::Table(cluster)) = settings.get_mut("cluster") {
        tables.extend(ALGORITHMS.iter().filter_map(|algorithm| cluster.remove_entry(algorithm.name)));
    }
    // Below the name of their table, so that an error tells the whole key.
    let tables = Table::from_iter([("cluster".to_owned(), Value::Table(tables))]);
    let mut read: HashMap<String, AlgorithmSettings> = tables.try_into()?;
    Ok(read.remove("cluster").unwrap_or_default())
}

/// A number or a word, as text.
fn number_or_text<'de, D: Deserializer<'de>>(value: D) -> Result<String, D::Error> {
    match Value::deserialize(value)? {
        Value::String(text) => Ok(text),
        value => Ok(value.to_string()),
    }
}

/// A number, or the word that `--n` takes for 0.
fn count<'de, D: Deserializer<'de>>(value: D) -> Result<usize, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a whole number or \"auto\" is expected")]
    enum NumberOrWord {
        Number(usize),
        Word(Word),
    }
    #[derive(Deserialize)]
    enum Word {
        #[serde(rename = "auto")]
        Auto,
    }
    Ok(match NumberOrWord::deserialize(value)? {
        NumberOrWord::Number(n) => n,
        NumberOrWord::Word(Word::Auto) => 0,
    })
}
