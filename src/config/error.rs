//! Why settings cannot be used.

use std::path::PathBuf;

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
