//! The layers below the flags: a TOML file over the defaults, and the environment over both.

use std::path::{Path, PathBuf};
use std::{env, fs};

use toml::{Table, Value};

use crate::{fs::user_folders, text::joined_lines};

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
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
    #[error("there is no home folder to keep the store in: set HOME to one, or say where by --store FOLDER")]
    NoHome,
}

impl ConfigError {
    pub(super) fn invalid(path: &Path, error: &toml::de::Error) -> Self {
        Self::Invalid { path: path.to_owned(), reason: joined_lines(&error.to_string()) }
    }
}

/// The file's table.
pub(super) fn read(path: &Path) -> Result<Table, ConfigError> {
    let text = fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    text.parse().map_err(|error| ConfigError::invalid(path, &error))
}

/// The settings that are paths: table and key.
const PATHS: [(&str, &str); 9] = [
    ("", "store"),
    ("", "logfile"),
    ("library", "roots"),
    ("models", "folder"),
    ("cluster", "output"),
    ("cluster", "playlists"),
    ("cluster", "relative_to"),
    ("inference", "runtime"),
    ("decoder", "ffmpeg"),
];

/// A program that is named without a folder is looked for where programs are; so are the words that may stand there.
const PROGRAM: (&str, &str) = ("decoder", "ffmpeg");

/// Makes paths absolute: those in a file are relative to its folder, and `~/` is the home folder.
pub(super) fn resolve_paths(table: &mut Table, file: &Path) {
    let file = std::path::absolute(file).unwrap_or_default();
    let folder = file.parent().unwrap_or(&file);
    let resolve = |value: &mut Value, is_program: bool| {
        let Value::String(text) = value else { return };
        let full = match text.strip_prefix("~/") {
            Some(rest) => user_folders::below_home(rest),
            None if text.is_empty() || is_program && !text.contains('/') => return,
            None => folder.join(&*text),
        };
        // TOML holds UTF-8 only: with a home folder that is not, the path stays as it was written.
        if let Some(full) = full.to_str() {
            *text = full.to_owned();
        }
    };
    for (section, key) in PATHS {
        let inside = match section {
            "" => Some(&mut *table),
            _ => table.get_mut(section).and_then(Value::as_table_mut),
        };
        match inside.and_then(|table| table.get_mut(key)) {
            Some(Value::Array(paths)) => paths.iter_mut().for_each(|path| resolve(path, false)),
            Some(path) => resolve(path, (section, key) == PROGRAM),
            None => {}
        }
    }
}

/// Lays `upper`, a table of the file at `path`, over `table`, which has every key there is. `inside` is where both stand.
pub(super) fn overlay_file(
    table: &mut Table,
    upper: Table,
    path: &Path,
    inside: &str,
) -> Result<(), ConfigError> {
    for (key, value) in upper {
        let full = if inside.is_empty() { key.clone() } else { format!("{inside}.{key}") };
        match (table.get_mut(&key), value) {
            (Some(Value::Table(table)), Value::Table(upper)) => overlay_file(table, upper, path, &full)?,
            (Some(below), value) => *below = value,
            (None, _) => {
                let near = table.keys().map(|near| (strsim::jaro_winkler(&key, near), near));
                let near = near.filter(|(likeness, _)| *likeness > 0.7);
                let nearest = near.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, near)| near.clone());
                return Err(ConfigError::UnknownKey { path: path.to_owned(), key: full, nearest });
            }
        }
    }
    Ok(())
}

/// `INDEXER_CLUSTER_KMEANS_STARTS=3` is `starts = 3` in `[cluster.kmeans]`. The `defaults` say of what kind each value is.
pub(super) fn overlay_environment(
    table: &mut Table,
    defaults: &Table,
    prefix: &str,
) -> Result<(), ConfigError> {
    for (key, default) in defaults {
        let name = format!("{prefix}_{}", key.to_uppercase());
        if let Value::Table(defaults) = default {
            if let Some(Value::Table(inner)) = table.get_mut(key) {
                overlay_environment(inner, defaults, &name)?;
            }
        } else if let Ok(text) = env::var(&name) {
            let value = parse_count(&name, &text)
                .unwrap_or_else(|| parse_as(default, &text))
                .map_err(|reason| ConfigError::Environment { name, value: text, reason })?;
            table.insert(key.clone(), value);
        }
    }
    Ok(())
}

/// The one number that may also be a word; the word stays text, as in a file.
fn parse_count(name: &str, text: &str) -> Option<Result<Value, String>> {
    let number = text.parse::<u32>().map(|n| Value::Integer(n.into()));
    (name == "INDEXER_CLUSTER_N").then(|| match (number, text) {
        (_, "auto") => Ok(Value::String(text.to_owned())),
        (Ok(number), _) => Ok(number),
        _ => Err("a whole number or `auto` is expected".to_owned()),
    })
}

/// Reads text as a value of the same kind as `like`; lists are separated by commas.
pub(super) fn parse_as(like: &Value, text: &str) -> Result<Value, String> {
    Ok(match like {
        Value::Integer(_) => Value::Integer(text.parse().map_err(|_| "a whole number is expected")?),
        Value::Float(_) => Value::Float(text.parse().map_err(|_| "a number is expected")?),
        Value::Boolean(_) => match text {
            "1" | "true" | "yes" | "on" => Value::Boolean(true),
            "" | "0" | "false" | "no" | "off" => Value::Boolean(false),
            _ => return Err("true or false is expected".to_owned()),
        },
        Value::Array(_) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
        }
        _ => Value::String(text.to_owned()),
    })
}
