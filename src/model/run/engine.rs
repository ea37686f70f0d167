//! What computes the networks: ONNX Runtime where there is one, else tract, which is built in.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use ort::environment::{Environment, EnvironmentBuilder};
use ort::logging::LogLevel;
use serde::{Deserialize, Serialize};

use super::runtime::{self, Runtime, Search};

/// How models are computed; `config.example.toml` says what each key means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InferenceSettings {
    pub engine: EngineChoice,
    /// ONNX Runtime's library, or a folder that holds it; empty: it is searched.
    pub runtime: PathBuf,
    pub providers: Vec<Provider>,
    /// 0: as many as the cores that this process may use.
    pub threads: usize,
}

/// The engines that can be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineChoice {
    /// ONNX Runtime, else tract.
    #[default]
    Auto,
    OnnxRuntime,
    Tract,
}

/// What ONNX Runtime computes with: its execution providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    Cpu,
    Cuda,
    OpenVino,
    CoreMl,
}

impl Default for InferenceSettings {
    fn default() -> Self {
        let engine = EngineChoice::default();
        Self { engine, runtime: PathBuf::new(), providers: vec![Provider::Cpu], threads: 0 }
    }
}

impl InferenceSettings {
    /// Threads of one inference.
    pub(super) fn threads(&self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        if self.threads == 0 { cores() } else { self.threads }
    }
}

/// No engine can be used.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("no ONNX Runtime was found: {tried}; {remedy}")]
    NotFound { tried: String, remedy: String },
    #[error("tract is not in this program: set inference.engine to \"onnxruntime\"")]
    NoTract,
    #[error("{engine} does not start")]
    Start { engine: String, source: ort::Error },
}

/// The engine of this process.
#[derive(Debug)]
pub struct Engine {
    kind: Kind,
    version: String,
    /// Why it is not the one that was hoped for.
    reason: Option<String>,
    pub(super) environment: Environment,
}

#[derive(Debug)]
enum Kind {
    /// With its library.
    OnnxRuntime(PathBuf),
    Tract,
}

impl Engine {
    /// The engine of this process: the first call that succeeds decides which, as the interface behind it is one a
    /// process. `data_folders` are searched for an ONNX Runtime.
    ///
    /// # Errors
    /// The engine that is asked for is not there.
    pub fn start(
        settings: &InferenceSettings,
        data_folders: &[PathBuf],
    ) -> Result<&'static Self, EngineError> {
        static ENGINE: Mutex<Option<&Engine>> = Mutex::new(None);
        let mut engine = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = *engine {
            return Ok(engine);
        }
        let search = Search::of_process(&settings.runtime, data_folders);
        let started =
            Box::leak(Box::new(Self::build(choose(settings.engine, &search)?, settings.threads())?));
        tracing::info!("models are computed by {started}");
        Ok(engine.insert(started))
    }

    fn build(choice: Choice, threads: usize) -> Result<Self, EngineError> {
        let (kind, version, reason, builder) = match choice {
            Choice::OnnxRuntime(runtime) => {
                let Runtime { library, version, passed_over, builder } = *runtime;
                let reason = Some(passed_over).filter(|reason| !reason.is_empty());
                (Kind::OnnxRuntime(library), version, reason, builder)
            }
            Choice::Tract(reason) => {
                start_tract(threads)?;
                (Kind::Tract, tract_version(), reason, ort::init())
            }
        };
        let name = kind.name();
        let started = environment(builder, &kind);
        let environment = started.map_err(|source| EngineError::Start { engine: name.to_owned(), source })?;
        Ok(Self { kind, version, reason, environment })
    }

    /// `ONNX Runtime` or `tract`.
    pub fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The library, unless the engine is built in.
    pub fn library(&self) -> Option<&Path> {
        match &self.kind {
            Kind::OnnxRuntime(library) => Some(library),
            Kind::Tract => None,
        }
    }

    /// Why it is not the one that was hoped for: a library that cannot be used, or none, and how one is got.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Self::OnnxRuntime(_) => "ONNX Runtime",
            Self::Tract => "tract",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())?;
        if !self.version.is_empty() {
            write!(f, " {}", self.version)?;
        }
        let reason = self.reason.as_ref();
        match &self.kind {
            Kind::OnnxRuntime(library) => {
                let reason = reason.map(|reason| format!("; {reason}")).unwrap_or_default();
                write!(f, " ({}{reason})", library.display())
            }
            Kind::Tract => {
                let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
                write!(f, ", built in{reason}")
            }
        }
    }
}

/// Which engine it is to be, before anything of it has started.
enum Choice {
    OnnxRuntime(Box<Runtime>),
    /// With the reason why it is not ONNX Runtime.
    Tract(Option<String>),
}

fn choose(engine: EngineChoice, search: &Search) -> Result<Choice, EngineError> {
    if engine == EngineChoice::Tract {
        return Ok(Choice::Tract(None));
    }
    let misses = match runtime::load(search) {
        Ok(runtime) => return Ok(Choice::OnnxRuntime(Box::new(runtime))),
        Err(misses) => misses,
    };
    let remedy = search.remedy();
    if engine == EngineChoice::OnnxRuntime || cfg!(not(feature = "tract")) {
        return Err(EngineError::NotFound { tried: misses.all(), remedy });
    }
    let found = misses.found();
    let found = if found.is_empty() { found } else { format!("{found}; ") };
    let reason = format!("no ONNX Runtime found: {found}{remedy}, several times as fast");
    Ok(Choice::Tract(Some(reason)))
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

/// Of `…, version=0.5.0+0.23`: tract's is the part behind the plus sign.
fn tract_version() -> String {
    ort::info().rsplit_once('+').map(|(_, version)| version.trim().to_owned()).unwrap_or_default()
}

/// What the engine says goes to the log, never to the terminal.
fn environment(builder: EnvironmentBuilder, kind: &Kind) -> ort::Result<Environment> {
    let log = |level: LogLevel, _: &str, _: &str, place: &str, text: &str| match level {
        LogLevel::Verbose | LogLevel::Info => tracing::trace!("{place}: {text}"),
        LogLevel::Warning | LogLevel::Error | LogLevel::Fatal => tracing::debug!("{place}: {text}"),
    };
    let environment =
        builder.with_name("indexer").with_telemetry(false).with_logger(Arc::new(log)).build()?;
    if let Kind::OnnxRuntime(_) = kind {
        environment.set_log_level(LogLevel::Warning);
    }
    Ok(environment)
}

#[cfg(test)]
mod tests;
