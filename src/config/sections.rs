//! The tables of the configuration but `[cluster]` and `[inference]`, with their defaults.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::error::ConfigError;

/// Which files are music: `[library]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LibraryConfig {
    pub roots: Vec<PathBuf>,
    pub extensions: Vec<String>,
    pub ignore: Vec<String>,
    pub hidden: bool,
    pub follow_links: bool,
}

/// What a scan makes: `[scan]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScanConfig {
    pub method: String,
    pub retry_failed: bool,
}

/// How the daemon works: `[watch]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WatchConfig {
    pub walk_minutes: u64,
    pub poll_minutes: u64,
    pub audit: f64,
    pub hours: String,
}

/// The limits of a worker process: `[worker]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerConfig {
    pub memory_mib: u64,
    pub stall_seconds: u64,
}

/// Where models lie: `[models]`.
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
    pub fn check(&self) -> Result<(), ConfigError> {
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
