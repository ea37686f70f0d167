//! Models in a process of their own: one that crashes, hangs or asks for too much memory costs that process.

use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{collections::HashMap, path::PathBuf};

use super::protocol::{InferenceReply, InferenceRequest, ModelFiles, TimedReply};
use super::shared::Shared;
use crate::audio::worker::{Worker, WorkerExit, WorkerProgram};
use crate::audio::{Tensor, worker::THIS_PROGRAM};
use crate::model::run::backend::{EngineReport, FaultCause, InferenceBackend, InferenceFault};
use crate::model::{EngineError, InferenceSettings, Installed, ModelSpec, Prediction};

/// Address space of a process: an engine, and what a network takes besides its weights.
const BASE_MEMORY: u64 = 8 << 30;
/// What the allocator and the stack of a thread set aside of it.
const THREAD_MEMORY: u64 = 128 << 20;
/// While a network is loaded, its weights are there several times.
const COPIES_OF_WEIGHTS: u64 = 8;

/// How long starting, loading or a window may take. What waits for a processor meanwhile, or is held, is given that time back.
pub(super) const LIMIT: Duration = Duration::from_secs(600);
/// Not worth giving back.
const SHORT_WAIT: Duration = Duration::from_secs(1);

/// A process that is started when it is needed, and again after it has ended.
pub(super) struct InferenceProcess {
    command: WorkerProgram,
    settings: InferenceSettings,
    folders: Vec<PathBuf>,
    shared: Arc<Shared>,
    pub limit: Duration,
    running: Option<Running>,
}

struct Running {
    worker: Worker,
    engine: EngineReport,
    loaded: HashMap<String, ModelSpec>,
    /// Processor time that it has had, as far as it is known (s).
    cpu_seconds: f64,
}

impl InferenceProcess {
    /// Nothing is started yet. `weights` are the bytes of all models that are going to be loaded.
    pub(super) fn new(
        settings: &InferenceSettings,
        folders: &[PathBuf],
        weights: u64,
        shared: Arc<Shared>,
    ) -> Self {
        let mut arguments = vec!["inference-worker".into()];
        if settings.is_cpu_only() {
            let threads = THREAD_MEMORY.saturating_mul(settings.threads() as u64 + 8);
            let memory = weights.saturating_mul(COPIES_OF_WEIGHTS).saturating_add(BASE_MEMORY + threads);
            arguments.extend(["--memory".into(), memory.to_string().into()]);
        }
        Self {
            command: WorkerProgram { program: THIS_PROGRAM.into(), arguments },
            settings: settings.clone(),
            folders: folders.to_vec(),
            shared,
            limit: test_limit().unwrap_or(LIMIT),
            running: None,
        }
    }

    /// Starts the process, unless it runs.
    fn start(&mut self) -> Result<&mut Running, ProcessError> {
        if self.running.is_none() {
            let no_start = |error: WorkerExit| ProcessError::Exit(error.to_string());
            let mut worker = Worker::start(&self.command).map_err(no_start)?;
            let settings = serde_json::to_string(&self.settings)
                .map_err(|error| ProcessError::Exit(error.to_string()))?;
            let folders = self.folders.iter().map(|folder| folder.as_os_str().as_bytes().to_vec()).collect();
            let request = InferenceRequest::<&Tensor>::Start(settings, folders);
            let answer = ask(&mut worker, &request, self.limit, &self.shared);
            let TimedReply { reply, cpu_seconds } = answer.map_err(|exit| match exit {
                WorkerExit::Stopped => ProcessError::Stopped,
                exit => ProcessError::Exit(reason(&exit, "its engine")),
            })?;
            let InferenceReply::Started(engine) = reply else {
                return Err(ProcessError::Exit(NONSENSE.to_owned()));
            };
            let engine = engine.map_err(ProcessError::Engine)?;
            self.shared.add_cpu(cpu_seconds);
            self.running = Some(Running { worker, engine, loaded: HashMap::new(), cpu_seconds });
        }
        Ok(self.running.as_mut().expect("it was just started"))
    }

    /// Asks the process, which is given up if it does not answer.
    fn ask(&mut self, request: &InferenceRequest<&Tensor>) -> Result<InferenceReply, InferenceFault> {
        let (limit, shared) = (self.limit, Arc::clone(&self.shared));
        let running = self.start()?;
        match ask(&mut running.worker, request, limit, &shared) {
            Ok(TimedReply { reply, cpu_seconds }) => {
                shared.add_cpu(cpu_seconds - running.cpu_seconds);
                running.cpu_seconds = cpu_seconds;
                Ok(reply)
            }
            Err(exit) => {
                let cause = match exit {
                    WorkerExit::Stopped => FaultCause::Stopped,
                    _ => FaultCause::Crash,
                };
                let reason = reason(&exit, &running.engine.name);
                self.unload();
                Err(InferenceFault { cause, reason })
            }
        }
    }
}

impl InferenceBackend for InferenceProcess {
    fn engine(&mut self) -> Result<EngineReport, EngineError> {
        match self.start() {
            Ok(running) => Ok(running.engine.clone()),
            Err(error) => Err(EngineError::Process(error.to_string())),
        }
    }

    fn load(&mut self, model: &Installed) -> Result<(), InferenceFault> {
        let running = self.start()?;
        if running.loaded.get(&model.spec.name) == Some(&model.spec) {
            return Ok(());
        }
        running.loaded.remove(&model.spec.name);
        match self.ask(&InferenceRequest::Load(ModelFiles::of(model)))? {
            InferenceReply::Loaded(loaded) => loaded?,
            _ => return Err(self.nonsense()),
        }
        self.start()?.loaded.insert(model.spec.name.clone(), model.spec.clone());
        Ok(())
    }

    fn run(
        &mut self,
        model: &Installed,
        input: &Tensor,
        warnings: &mut Vec<String>,
    ) -> Result<Prediction, InferenceFault> {
        self.load(model)?;
        match self.ask(&InferenceRequest::Run(model.spec.name.clone(), input))? {
            InferenceReply::Predicted(prediction, said) => {
                warnings.extend(said);
                prediction
            }
            _ => Err(self.nonsense()),
        }
    }

    /// Ends the process: nothing else gives back all that an engine has taken.
    fn unload(&mut self) {
        if let Some(running) = self.running.take() {
            // It is counted with the children that have ended.
            self.shared.add_cpu(-running.cpu_seconds);
        }
    }
}

impl InferenceProcess {
    fn nonsense(&mut self) -> InferenceFault {
        self.unload();
        InferenceFault { cause: FaultCause::Crash, reason: NONSENSE.to_owned() }
    }
}

impl Drop for InferenceProcess {
    fn drop(&mut self) {
        self.unload();
    }
}

const NONSENSE: &str = "the process that runs models answers nonsense";

/// A process that does not start.
#[derive(Debug, thiserror::Error)]
enum ProcessError {
    #[error("{0}")]
    Exit(String),
    /// It runs, but there is no engine.
    #[error("{0}")]
    Engine(String),
    #[error("stopped")]
    Stopped,
}

impl From<ProcessError> for InferenceFault {
    fn from(error: ProcessError) -> Self {
        let cause = match error {
            ProcessError::Exit(_) => FaultCause::Crash,
            ProcessError::Engine(_) => FaultCause::Model,
            ProcessError::Stopped => FaultCause::Stopped,
        };
        Self { cause, reason: error.to_string() }
    }
}

fn ask(
    worker: &mut Worker,
    request: &InferenceRequest<&Tensor>,
    limit: Duration,
    shared: &Shared,
) -> Result<TimedReply, WorkerExit> {
    let stop = &shared.abandoned;
    let (begin, before) = (Instant::now(), worker.waited());
    worker.send(request, begin + limit, stop)?;
    let mut excused = Duration::ZERO;
    loop {
        match worker.receive(begin + limit + excused, stop) {
            Err(WorkerExit::TimedOut(_)) => {
                let waited = worker.waited().saturating_sub(before);
                if waited.saturating_sub(excused) > SHORT_WAIT {
                    excused = waited;
                } else if let Some(reason) = worker.held_up() {
                    return Err(WorkerExit::HeldUp(reason));
                } else {
                    return Err(WorkerExit::TimedOut(format!("no answer for {} s", limit.as_secs())));
                }
            }
            answer => return answer,
        }
    }
}

/// What has happened to `who`, which ran in a process that has ended.
fn reason(exit: &WorkerExit, who: &str) -> String {
    match exit {
        WorkerExit::Crashed(reason) => format!("{who} has crashed on it ({reason})"),
        WorkerExit::OutOfMemory(reason) => {
            format!("{who} asked for more memory than there is for it ({reason})")
        }
        WorkerExit::Killed => {
            format!("{who} was killed from outside, most likely because the machine is out of memory")
        }
        WorkerExit::Ended(reason) => format!("{who} was ended from outside ({reason})"),
        WorkerExit::TimedOut(reason) => format!("{who} hangs: {reason}"),
        WorkerExit::HeldUp(_) | WorkerExit::Stopped | WorkerExit::NoStart(_) => exit.to_string(),
    }
}

/// Another limit, for tests.
#[cfg(feature = "testing")]
fn test_limit() -> Option<Duration> {
    std::env::var("INDEXER_TEST_INFERENCE_SECONDS").ok()?.parse().ok().map(Duration::from_secs)
}

#[cfg(not(feature = "testing"))]
const fn test_limit() -> Option<Duration> {
    None
}
