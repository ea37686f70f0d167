//! The engine that computes the networks: ONNX Runtime where it is installed, else tract, which is built in.

use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, path::PathBuf};

use ort::environment::{Environment, EnvironmentBuilder};
use ort::logging::LogLevel;

use super::onnx_runtime::{self, Runtime, Search};
use super::settings::{EngineChoice, InferenceSettings};

/// No engine can be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum EngineError {
    #[error("no ONNX Runtime was found: {tried}; {how_to_install}")]
    NotFound { tried: String, how_to_install: String },
    #[error("tract is not in this program: set inference.engine to \"onnxruntime\"")]
    NoTract,
    #[error("{engine} does not start")]
    Start { engine: &'static str, source: ort::Error },
    /// In the words of the process that runs models.
    #[error("{0}")]
    Process(String),
}

/// The engine of this process.
#[derive(Debug)]
pub struct Engine {
    /// `ONNX Runtime` or `tract`.
    pub name: &'static str,
    /// That of ONNX Runtime; none: the engine is tract, which is built in.
    pub library: Option<PathBuf>,
    /// Its version; empty where it is not known.
    pub version: String,
    /// Why it is not a better one: a library that cannot be used, or none, and how to install one.
    pub reason: Option<String>,
    pub(super) environment: Environment,
}

impl Engine {
    /// The engine of this process: the first call that succeeds decides which, as `ort` has one interface a process.
    /// `data_folders` are searched for an ONNX Runtime.
    pub(crate) fn start(
        settings: &InferenceSettings,
        data_folders: &[PathBuf],
    ) -> Result<&'static Self, EngineError> {
        static ENGINE: Mutex<Option<&Engine>> = Mutex::new(None);
        let mut engine = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = *engine {
            return Ok(engine);
        }
        let search = Search::of_process(&settings.runtime, data_folders);
        let selected = select(settings.engine, &search)?;
        let started = Box::leak(Box::new(Self::build(selected, settings.threads())?));
        tracing::info!("models are computed by {started}");
        Ok(engine.insert(started))
    }

    /// How many sessions of a model compute at once. ONNX Runtime keeps all cores busy with one; tract computes much on one
    /// core, so that two take 0.63 of the time (musicnn; CNN14 0.8). More would have to hold the weights more often.
    pub(crate) fn sessions(&self, settings: &InferenceSettings) -> usize {
        if self.library.is_none() && settings.threads() > 1 { 2 } else { 1 }
    }

    fn build(selected: SelectedEngine, threads: usize) -> Result<Self, EngineError> {
        let (name, library, version, reason, builder) = match selected {
            SelectedEngine::OnnxRuntime(runtime) => {
                let Runtime { library, version, skipped, builder } = *runtime;
                let reason = Some(skipped).filter(|reason| !reason.is_empty());
                ("ONNX Runtime", Some(library), version, reason, builder)
            }
            SelectedEngine::Tract(reason) => {
                start_tract(threads)?;
                ("tract", None, tract_version(), reason, ort::init())
            }
        };
        let environment = environment(builder, library.is_some());
        let environment = environment.map_err(|source| EngineError::Start { engine: name, source })?;
        Ok(Self { name, library, version, reason, environment })
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name)?;
        if !self.version.is_empty() {
            write!(f, " {}", self.version)?;
        }
        match (&self.library, &self.reason) {
            (Some(library), Some(reason)) => write!(f, " ({}; {reason})", library.display()),
            (Some(library), None) => write!(f, " ({})", library.display()),
            (None, Some(reason)) => write!(f, ", built in ({reason})"),
            (None, None) => f.write_str(", built in"),
        }
    }
}

/// The engine that is going to be started.
enum SelectedEngine {
    OnnxRuntime(Box<Runtime>),
    /// With the reason why it is not ONNX Runtime.
    Tract(Option<String>),
}

fn select(engine: EngineChoice, search: &Search) -> Result<SelectedEngine, EngineError> {
    if engine == EngineChoice::Tract {
        return Ok(SelectedEngine::Tract(None));
    }
    let misses = match onnx_runtime::load(search) {
        Ok(runtime) => return Ok(SelectedEngine::OnnxRuntime(Box::new(runtime))),
        Err(misses) => misses,
    };
    let how_to_install = search.how_to_install();
    if engine == EngineChoice::OnnxRuntime || cfg!(not(feature = "tract")) {
        return Err(EngineError::NotFound { tried: misses.all(), how_to_install });
    }
    let found = misses.found();
    let found = if found.is_empty() { found } else { format!("{found}; ") };
    let reason = format!("no ONNX Runtime found: {found}{how_to_install}, several times as fast");
    Ok(SelectedEngine::Tract(Some(reason)))
}

#[cfg(feature = "tract")]
fn start_tract(threads: usize) -> Result<(), EngineError> {
    use tract_linalg::multithread::{Executor, set_default_executor};
    if threads > 1 {
        set_default_executor(Executor::multithread(threads));
    }
    ort::set_api(ort_tract::api());
    Ok(())
}

#[cfg(not(feature = "tract"))]
fn start_tract(_: usize) -> Result<(), EngineError> {
    Err(EngineError::NoTract)
}

/// The part of `…, version=0.5.0+0.23` after the plus sign.
fn tract_version() -> String {
    ort::info().rsplit_once('+').map(|(_, version)| version.trim().to_owned()).unwrap_or_default()
}

/// Messages of the engine go to the log, never to the terminal.
fn environment(builder: EnvironmentBuilder, is_onnx_runtime: bool) -> ort::Result<Environment> {
    let log = |level: LogLevel, _: &str, _: &str, place: &str, text: &str| match level {
        LogLevel::Verbose | LogLevel::Info => tracing::trace!("{place}: {text}"),
        LogLevel::Warning | LogLevel::Error | LogLevel::Fatal => tracing::debug!("{place}: {text}"),
    };
    let environment =
        builder.with_name("indexer").with_telemetry(false).with_logger(Arc::new(log)).build()?;
    if is_onnx_runtime {
        environment.set_log_level(LogLevel::Warning);
    }
    Ok(environment)
}

#[cfg(test)]
mod tests;
