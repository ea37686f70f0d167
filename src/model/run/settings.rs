//! The settings of inference.

use std::{path::PathBuf, thread};

use serde::{Deserialize, Serialize};

/// How models are computed; `config.example.toml` says what each key means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InferenceSettings {
    /// What computes.
    pub engine: EngineChoice,
    /// ONNX Runtime's library, or a folder that holds it; empty: it is searched for.
    pub runtime: PathBuf,
    /// Providers of ONNX Runtime, tried in this order.
    pub providers: Vec<Provider>,
    /// Threads of one inference; 0: as many as the cores that this process may use.
    pub threads: usize,
}

/// The engine that computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineChoice {
    /// ONNX Runtime, else tract.
    #[default]
    Auto,
    /// Only ONNX Runtime.
    OnnxRuntime,
    /// Only tract.
    Tract,
}

/// An execution provider of ONNX Runtime: the device or library that computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Provider {
    Cpu,
    Cuda,
    OpenVino,
    CoreMl,
}

impl Default for InferenceSettings {
    fn default() -> Self {
        let (engine, providers) = (EngineChoice::Auto, vec![Provider::Cpu]);
        Self { engine, runtime: PathBuf::new(), providers, threads: 0 }
    }
}

impl InferenceSettings {
    /// Whether no other device computes, nor a library with needs of its own.
    pub(crate) fn is_cpu_only(&self) -> bool {
        self.providers.iter().all(|provider| *provider == Provider::Cpu)
    }

    /// Threads of one inference, at least 1.
    pub fn threads(&self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        if self.threads == 0 { cores() } else { self.threads }
    }
}
