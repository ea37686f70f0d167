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
];

/// The lists of class names that are built in: file name and text.
static CLASS_NAMES: &[(&str, &str)] = &[
    ("audioset_classes.txt", include_str!("../../../models/audioset_classes.txt")),
    ("musicnn_tags.txt", include_str!("../../../models/musicnn_tags.txt")),
];

/// A model's description that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    #[error("there is no model `{0}`: `indexer model list` names those that are known")]
    Unknown(String),
    #[error("cannot read {}", path.display())]
    Unreadable { path: PathBuf, source: Error },
    #[error("{model}.toml is not valid: {reason}")]
    Invalid { model: String, reason: String },
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
        let (_, text) = MODELS.iter().find(|(known, _)| *known == name)?;
        Self::parse(name, text).ok()
    }

    /// The model called `name`: as `folder/NAME.toml` describes it, else as built in.
    pub(crate) fn find(name: &str, folder: &Path) -> Result<Self, SpecError> {
        let path = folder.join(format!("{name}.toml"));
        match check::is_name(name).then(|| fs::read_to_string(&path)) {
            Some(Ok(text)) => Self::parse(name, &text),
            Some(Err(source)) if source.kind() != ErrorKind::NotFound => {
                Err(SpecError::Unreadable { path, source })
            }
            _ => Self::built_in(name).ok_or_else(|| SpecError::Unknown(name.to_owned())),
        }
    }

    /// The names of the classes, as many as there are: of a built-in list, or of a file in the models' folder.
    pub(crate) fn class_names(&self, folder: &Path) -> Result<Vec<String>, SpecError> {
        let Some(file) = &self.output.class_names else { return Ok(Vec::new()) };
        let built_in = CLASS_NAMES.iter().find(|(name, _)| name == file).map(|(_, text)| (*text).to_owned());
        let path = folder.join(file);
        let text = built_in.map_or_else(|| fs::read_to_string(&path), Ok);
        let text = text.map_err(|source| SpecError::Unreadable { path, source })?;
        let names: Vec<_> = text.lines().map(str::to_owned).collect();
        if names.len() != self.output.classes {
            let reason = format!("has {} names, and there are {} classes", names.len(), self.output.classes);
            return Err(SpecError::Key { model: self.name.clone(), key: "output.class_names", reason });
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests;
