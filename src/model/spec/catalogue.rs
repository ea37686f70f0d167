//! The models that are known: those that are built in, and those that a file in the models' folder describes.

use std::fs;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use super::{check, description::ModelSpec};
use crate::text::joined_lines;

/// The models that are built in: name and text.
pub(crate) static MODELS: &[(&str, &str)] = &[
    ("musicnn", include_str!("../../../models/musicnn.toml")),
    ("cnn14", include_str!("../../../models/cnn14.toml")),
    ("cnn14-whole", include_str!("../../../models/cnn14-whole.toml")),
    ("clap", include_str!("../../../models/clap.toml")),
    ("openl3", include_str!("../../../models/openl3.toml")),
    ("wav2vec2", include_str!("../../../models/wav2vec2.toml")),
    ("yamnet", include_str!("../../../models/yamnet.toml")),
];

/// What a new description begins with.
const TEMPLATE: &str = include_str!("template.toml");

/// A model's description that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    #[error("there is no model `{name}`: `indexer model list` names those that are known{how_to_describe}")]
    Unknown { name: String, how_to_describe: String },
    #[error("cannot read {}", path.display())]
    Unreadable { path: PathBuf, source: Error },
    #[error("{model}.toml is not valid: {reason}")]
    Invalid { model: String, reason: String },
    #[error("{} {reason}", path.display())]
    ClassNames { path: PathBuf, reason: String },
    #[error("`{key}` in {model}.toml {reason}")]
    Key { model: String, key: &'static str, reason: String },
}

impl ModelSpec {
    /// Reads and checks the text of `model.toml`; the error is the first key that is wrong.
    pub(crate) fn parse(model: &str, text: &str) -> Result<Self, SpecError> {
        let spec: Self = toml::from_str(text).map_err(|error| SpecError::Invalid {
            model: model.to_owned(),
            reason: joined_lines(&error.to_string()),
        })?;
        let invalid = |(key, reason)| SpecError::Key { model: model.to_owned(), key, reason };
        check::check_spec(&spec, model).map_err(invalid)?;
        Ok(spec)
    }

    /// The built-in model called `name`.
    pub(crate) fn built_in(name: &str) -> Option<Self> {
        Self::parse(name, Self::built_in_text(name)?).ok()
    }

    /// The model called `name`: as `folder/NAME.toml` describes it, else as built in.
    pub(crate) fn find(name: &str, folder: &Path) -> Result<Self, SpecError> {
        Self::parse(name, &Self::text(name, folder)?.0)
    }

    /// The description of the model called `name` as it is written, and where: in `folder`, or nowhere if it is built in.
    pub(crate) fn text(name: &str, folder: &Path) -> Result<(String, Option<PathBuf>), SpecError> {
        let path = folder.join(format!("{name}.toml"));
        match check::is_name(name).then(|| fs::read_to_string(&path)) {
            Some(Ok(text)) => Ok((text, Some(path))),
            Some(Err(source)) if source.kind() != ErrorKind::NotFound => {
                Err(SpecError::Unreadable { path, source })
            }
            _ => Ok((Self::built_in_text(name).ok_or_else(|| unknown(name, &path))?.to_owned(), None)),
        }
    }

    /// The text of the built-in model called `name`.
    pub(crate) fn built_in_text(name: &str) -> Option<&'static str> {
        MODELS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    /// What a new description of the model called `name` begins with: that of a built-in model, or a template.
    pub(crate) fn new_text(name: &str) -> String {
        Self::built_in_text(name).map_or_else(|| TEMPLATE.replace("NAME", name), str::to_owned)
    }
}

fn unknown(name: &str, path: &Path) -> SpecError {
    let how_to_describe = match check::is_name(name) {
        false => String::new(),
        true => format!(
            "; `indexer model new {name}` begins a description of your own, {}, in which you set name, rate, window, \
             [front_end], [input] and [output]",
            path.display()
        ),
    };
    SpecError::Unknown { name: name.to_owned(), how_to_describe }
}

#[cfg(test)]
mod tests;
