//! The table `[cluster]`, and those of the algorithms in it.

use std::{collections::HashMap, path::PathBuf};

use serde::{Deserialize, Deserializer, Serialize};
use toml::{Table, Value};

use crate::clustering::{ALGORITHMS, AlgorithmSettings};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClusterConfig {
    #[serde(deserialize_with = "count")]
    pub n: usize,
    pub method: String,
    pub algorithm: String,
    pub seed: u64,
    pub set: String,
    pub output: PathBuf,
    pub playlists: PathBuf,
    pub format: String,
    pub path_map: Vec<String>,
    pub order: String,
    pub min_duration: String,
    pub max_duration: String,
    pub genre: Vec<String>,
    pub exclude: Vec<String>,
    pub since: String,
    pub max_per_artist: usize,
    pub max_size: usize,
    pub dedupe: bool,
    /// The tables in it, read by `take_algorithms`.
    #[serde(flatten, skip_deserializing)]
    pub algorithms: AlgorithmSettings,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            n: 0,
            method: "mfcc".to_owned(),
            algorithm: "kmeans".to_owned(),
            seed: 42,
            set: String::new(),
            output: PathBuf::new(),
            playlists: PathBuf::new(),
            format: "m3u8".to_owned(),
            path_map: vec![],
            order: "center".to_owned(),
            min_duration: String::new(),
            max_duration: String::new(),
            genre: vec![],
            exclude: vec![],
            since: String::new(),
            max_per_artist: 0,
            max_size: 0,
            dedupe: false,
            algorithms: AlgorithmSettings::default(),
        }
    }
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
