//! What a process that runs models is asked, and what it answers.

use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::{ffi::OsString, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::model::run::backend::{EngineReport, InferenceFault};
use crate::model::{Installed, ModelSpec, Prediction, spec::Weights};

/// What it is asked; `T` is a tensor, which is not copied to be sent.
#[derive(Serialize, Deserialize)]
pub(super) enum InferenceRequest<T> {
    /// The settings as JSON, and the folders, as bytes, in which an ONNX Runtime may lie.
    Start(String, Vec<Vec<u8>>),
    Load(ModelFiles),
    /// A window for a model that is loaded.
    Run(String, T),
}

/// An installed model: its name, its description as TOML, and the bytes of its path.
#[derive(Serialize, Deserialize)]
pub(super) struct ModelFiles {
    name: String,
    description: String,
    onnx: Vec<u8>,
}

/// What it answers.
#[derive(Serialize, Deserialize)]
pub(super) enum InferenceReply {
    Started(Result<EngineReport, String>),
    Loaded(Result<(), InferenceFault>),
    /// With what the user should know.
    Predicted(Result<Prediction, InferenceFault>, Vec<String>),
}

/// An answer with the processor time that this process has had so far (s).
#[derive(Serialize, Deserialize)]
pub(super) struct TimedReply {
    pub reply: InferenceReply,
    pub cpu_seconds: f64,
}

impl ModelFiles {
    pub(super) fn of(model: &Installed) -> Self {
        let Installed { spec, onnx } = model;
        // Where the weights come from does not matter any more.
        let weights = Weights { blake3: spec.weights.blake3.clone(), ..Weights::default() };
        let spec = ModelSpec { weights, ..spec.clone() };
        Self { description: spec.to_toml(), name: spec.name, onnx: onnx.as_os_str().as_bytes().to_vec() }
    }

    /// None: whoever sent it has not sent a description.
    pub(super) fn installed(self) -> Option<Installed> {
        let spec = ModelSpec::parse(&self.name, &self.description).ok()?;
        Some(Installed { spec, onnx: path(self.onnx) })
    }
}

pub(super) fn path(bytes: Vec<u8>) -> PathBuf {
    OsString::from_vec(bytes).into()
}
