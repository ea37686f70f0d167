//! What a worker is asked, and what it answers.

use serde::{Deserialize, Serialize};

use crate::audio::{Identity, Tensor};
use crate::track::{ContentId, Extent, Failure};
use crate::{extract::Method, model::ModelSpec, model::spec::Weights};

/// Paths travel as bytes: they need not be text. Of a file a part may be meant.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    Identify(Vec<u8>, Option<Extent>),
    /// Everything that one decode is to make.
    Analyse(Vec<u8>, Option<Extent>, Vec<RequestedOutput>),
}

/// One thing to be made of a file's samples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RequestedOutput {
    /// The vector of the built-in method of this name.
    Vector(String),
    /// The inputs of a model: its name, and its description as TOML.
    Inputs(String, String),
}

impl RequestedOutput {
    pub(crate) fn of(method: &Method) -> Self {
        match method {
            Method::BuiltIn(row) => Self::Vector(row.name.to_owned()),
            Method::Model(model) => {
                // A worker does not need the weights.
                let spec = ModelSpec { weights: Weights::default(), ..model.spec.clone() };
                Self::Inputs(spec.name.clone(), spec.to_toml())
            }
        }
    }
}

/// What a worker answers: any number of `Progress` and `Window`, then one of the others.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// Still alive: seconds of audio decoded, or bytes read.
    Progress(f64),
    Identified(Identity),
    Unidentified(Option<ContentId>, Failure),
    /// One window, for the model of this name.
    Window(String, Tensor),
    Analysed(Analysis),
    Failed(Failure),
}

/// What came of decoding one file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Analysis {
    /// By method: a vector, or why there is none. A model is here only where it has no windows, with the reason.
    pub vectors: Vec<(String, Result<Vec<f32>, Failure>)>,
    /// Seconds of audio decoded.
    pub seconds: f64,
    /// What is missing, where that is not all of the track.
    pub partial: Option<String>,
    /// What decoded it, with its version.
    pub decoder: String,
}
