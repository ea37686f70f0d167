//! What a model is, as `models/NAME.toml` says it.

pub(crate) mod check;

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::input::front_end::FrontEndSpec;

/// One model: everything that lies between samples and a vector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// The name of its space and of its files.
    pub name: String,
    /// Samples per second (Hz) that it wants; mono.
    pub rate: u32,
    pub window: Window,
    /// Seconds of a track's beginning that [`Whole`] sees; otherwise none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<f64>,
    /// Windows of one track, evenly spread; 0: all.
    pub max_windows: usize,
    /// Samples of the shortest track: below it the network gives garbage.
    pub shortest: usize,
    /// Leaves out silence at the track's ends.
    pub trim: bool,
    /// LUFS to which the track is brought; none: it stays as loud as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loudness: Option<f64>,
    pub pooling: Pooling,
    /// Whose graph a PyTorch checkpoint becomes; none: the weights are ONNX.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    pub front_end: FrontEndSpec,
    pub input: InputSpec,
    pub output: OutputSpec,
    pub weights: Weights,
}

/// What of a track the network sees at once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "seconds or \"whole\" are expected")]
pub enum Window {
    Seconds(f64),
    Named(Whole),
}

/// The window that is the whole track.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whole {
    Whole,
}

/// How the vectors of a track's windows become one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    Mean,
}

/// A network that can be built from a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    Cnn14,
}

/// The network's input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSpec {
    pub name: String,
    pub axes: Vec<Axis>,
}

/// The network's outputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputSpec {
    /// The name of the output that is the vector.
    pub embedding: String,
    /// Over [`Axis::Frames`] the mean is taken.
    #[serde(default = "OutputSpec::flat")]
    pub axes: Vec<Axis>,
    /// Length of the vector.
    pub dimension: usize,
    /// The name of the output that holds one score per class (0 to 1), if there is one, with the number of classes and
    /// the file of their names, one a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scores: Option<String>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub classes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_names: Option<String>,
}

/// What one axis of a tensor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// Windows: any number.
    Batch,
    /// Always 1.
    Channel,
    Frames,
    Bands,
    Samples,
    Dimension,
    Classes,
}

/// Where the weights come from and, once they are installed, which they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Said before they are fetched.
    pub licence: String,
    /// The installed model on whose weights this one runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_with: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Bytes of the published file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Of the published file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Of the published file: what its page shows. `sha256` is what is verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// Of the installed files: `NAME.onnx`, then `NAME.onnx.data` if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blake3: Option<String>,
    /// The installed weights are those of `sha256`.
    #[serde(default)]
    pub verified: bool,
}

/// The models that are built in: name and text.
pub static MODELS: &[(&str, &str)] = &[
    ("cnn14", include_str!("../../../models/cnn14.toml")),
    ("cnn14-whole", include_str!("../../../models/cnn14-whole.toml")),
    ("clap", include_str!("../../../models/clap.toml")),
    ("openl3", include_str!("../../../models/openl3.toml")),
    ("wav2vec2", include_str!("../../../models/wav2vec2.toml")),
];

/// The lists of class names that are built in: file name and text.
static CLASS_NAMES: &[(&str, &str)] =
    &[("audioset_classes.txt", include_str!("../../../models/audioset_classes.txt"))];

/// A model's description that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    #[error("there is no model `{0}`: `indexer model list` names those that are known")]
    Unknown(String),
    #[error("cannot read {path}")]
    Unreadable { path: String, source: std::io::Error },
    #[error("{model}.toml is not valid: {reason}")]
    Invalid { model: String, reason: String },
    #[error("`{key}` in {model}.toml {reason}")]
    Key { model: String, key: &'static str, reason: String },
}

impl ModelSpec {
    /// Reads and checks the text of `model.toml`.
    ///
    /// # Errors
    /// One line that names the first bad key.
    pub fn parse(model: &str, text: &str) -> Result<Self, SpecError> {
        let invalid = |error: toml::de::Error| {
            let reason = error.to_string();
            let lines = reason.lines().map(str::trim).filter(|line| !line.is_empty());
            SpecError::Invalid { model: model.to_owned(), reason: lines.collect::<Vec<_>>().join(" ") }
        };
        let spec: Self = toml::from_str(text).map_err(invalid)?;
        let key = |(key, reason)| SpecError::Key { model: model.to_owned(), key, reason };
        check::check(&spec, model).map_err(key)?;
        Ok(spec)
    }

    /// The built-in model called `name`.
    pub fn built_in(name: &str) -> Option<Self> {
        let (_, text) = MODELS.iter().find(|(known, _)| *known == name)?;
        Self::parse(name, text).ok()
    }

    /// The model called `name`: as `folder/NAME.toml` says, else as built in.
    ///
    /// # Errors
    /// Neither is there, or the file is not valid.
    pub fn find(name: &str, folder: &Path) -> Result<Self, SpecError> {
        let path = folder.join(format!("{name}.toml"));
        match check::is_name(name).then(|| fs::read_to_string(&path)) {
            Some(Ok(text)) => Self::parse(name, &text),
            Some(Err(source)) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(SpecError::Unreadable { path: path.display().to_string(), source })
            }
            _ => Self::built_in(name).ok_or_else(|| SpecError::Unknown(name.to_owned())),
        }
    }

    /// All that shapes the vector, in words: of the space's fingerprint. Names and origins are no part of it.
    pub fn fingerprint(&self) -> String {
        let mut spec = self.clone();
        (spec.name, spec.input.name, spec.network) = (String::new(), String::new(), None);
        (spec.output.scores, spec.output.class_names, spec.output.classes) = (None, None, 0);
        let blake3 = spec.weights.blake3.take();
        spec.weights = Weights { blake3, ..Weights::default() };
        spec.to_toml()
    }

    /// The text that [`Self::parse`] reads back.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a spec is plain values")
    }

    /// Samples of one window; at most so many are seen at once.
    pub fn window_samples(&self) -> usize {
        let seconds = match self.window {
            Window::Seconds(seconds) => seconds,
            Window::Named(Whole::Whole) => self.cap.unwrap_or_default(),
        };
        (seconds * f64::from(self.rate)).round() as usize
    }

    /// The names of the classes: a built-in list, or a file beside the model's.
    ///
    /// # Errors
    /// The file cannot be read, or has another number of lines than there are classes.
    pub fn class_names(&self, folder: &Path) -> Result<Vec<String>, SpecError> {
        let Some(file) = &self.output.class_names else { return Ok(Vec::new()) };
        let built_in = CLASS_NAMES.iter().find(|(name, _)| name == file).map(|(_, text)| (*text).to_owned());
        let path = folder.join(file);
        let text = built_in.map_or_else(|| fs::read_to_string(&path), Ok);
        let text =
            text.map_err(|source| SpecError::Unreadable { path: path.display().to_string(), source })?;
        let names: Vec<_> = text.lines().map(str::to_owned).collect();
        if names.len() != self.output.classes {
            let reason = format!("has {} names, and there are {} classes", names.len(), self.output.classes);
            return Err(SpecError::Key { model: self.name.clone(), key: "output.class_names", reason });
        }
        Ok(names)
    }
}

impl OutputSpec {
    fn flat() -> Vec<Axis> {
        vec![Axis::Batch, Axis::Dimension]
    }
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests;
