//! Runs models: windows of several tracks wait in bounded queues, each of one thread with a process, while workers go on
//! decoding. A track is one thread's, so that its windows are added up in their order.

pub(crate) mod check;
pub(crate) mod child;
mod process;
mod protocol;
mod shared;
pub(crate) mod thread;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, thread::JoinHandle, time::Duration};

use crossbeam_channel::{SendTimeoutError, Sender, bounded};

use self::process::InferenceProcess;
use self::shared::Shared;
use self::thread::{InferenceMessage, ModelRunner, TrackPredictions};
use crate::model::run::backend::{EngineReport, InferenceBackend};
use crate::model::{EngineError, InferenceSettings, Installed};
use crate::{audio::Tensor, machine::start_error, priority::Priority};

/// Windows that may wait in all queues: those of a few tracks, so that the model never waits for a decoder.
const QUEUE: usize = 32;

/// How often a caller that waits at a full queue looks whether it has been asked to stop.
const STOP_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Runs models on the windows that it is sent.
#[derive(Debug)]
pub(crate) struct Inference {
    /// A thread's each.
    queues: Vec<Sender<InferenceMessage>>,
    threads: Vec<JoinHandle<()>>,
    next_id: AtomicU64,
    shared: Arc<Shared>,
}

impl Inference {
    /// Chooses the engine and starts its threads; a model is loaded when a file is decoded for it. `weights` are the bytes of
    /// all models.
    pub(crate) fn start(
        settings: &InferenceSettings,
        folders: &[PathBuf],
        weights: u64,
        priority: Priority,
    ) -> Result<Self, EngineError> {
        let (settings, folders) = (settings.clone(), folders.to_vec());
        let backend = move |shared| InferenceProcess::new(&settings, &folders, weights, shared);
        Self::on(&Arc::new(backend), priority)
    }

    /// Starts a thread, and as many more as the engine of its backend is best run by.
    fn on<B: InferenceBackend + 'static>(
        backend: &Arc<impl Fn(Arc<Shared>) -> B + Send + Sync + 'static>,
        priority: Priority,
    ) -> Result<Self, EngineError> {
        let shared = Arc::new(Shared::default());
        let mut inference = Self { queues: vec![], threads: vec![], next_id: AtomicU64::new(0), shared };
        let engine = inference.start_thread(backend, None, priority)?;
        tracing::info!("models are computed by {}", engine.text);
        for _ in 1..engine.sessions {
            // One does it too, and slower.
            if inference.start_thread(backend, Some(engine.clone()), priority).is_err() {
                break;
            }
        }
        Ok(inference)
    }

    /// Starts a thread with a backend, whose engine is started at once if it is not known yet which it is.
    fn start_thread<B: InferenceBackend + 'static>(
        &mut self,
        backend: &Arc<impl Fn(Arc<Shared>) -> B + Send + Sync + 'static>,
        engine: Option<EngineReport>,
        priority: Priority,
    ) -> Result<EngineReport, EngineError> {
        let (answer, answers) = bounded(1);
        let (backend, shared) = (Arc::clone(backend), Arc::clone(&self.shared));
        let body = move || {
            // A process is started by this thread, and ends with it. Where the priority cannot be lowered, it keeps its own.
            drop(priority.keep());
            let mut backend = backend(Arc::clone(&shared));
            let engine = match engine.map_or_else(|| backend.engine(), Ok) {
                Ok(engine) => engine,
                Err(error) => return drop(answer.send(Err(error))),
            };
            let (queue, messages) = bounded(QUEUE / engine.sessions.clamp(1, QUEUE));
            if answer.send(Ok((queue, engine.clone()))).is_ok() {
                thread::run(&messages, ModelRunner::new(Box::new(backend), engine, shared));
            }
        };
        let no_thread = |error: std::io::Error| EngineError::Process(start_error(error).to_string());
        self.threads.push(std::thread::Builder::new().spawn(body).map_err(no_thread)?);
        let gone = || EngineError::Process("its thread is gone".to_owned());
        let (queue, engine) = answers.recv().map_err(|_| gone())??;
        self.queues.push(queue);
        Ok(engine)
    }

    /// Takes the windows of one track. The models are loaded while its first window is decoded.
    pub(crate) fn track(&self, models: &[&Arc<Installed>]) -> TrackWindows<'_> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        for model in models {
            // Where the queue is full, it is loaded already.
            drop(self.queue(id).map(|queue| queue.try_send(InferenceMessage::Load(Arc::clone(model)))));
        }
        TrackWindows { id, inference: self, is_open: false }
    }

    /// Loads a model on all threads, and waits until that is done. What is wrong with it is reported when its windows come.
    pub(crate) fn load(&self, model: &Arc<Installed>, stop: &AtomicBool) {
        let (done, wait) = bounded(self.queues.len());
        // Tracks take turns.
        for _ in &self.queues {
            let done = done.clone();
            self.track(&[model]).close(move |_| _ = done.send(()), stop);
        }
        drop(done);
        // It ends when the last of them has answered, or is gone.
        wait.iter().for_each(drop);
    }

    /// Models that turned out not to run, with the reason.
    pub(crate) fn broken(&self) -> BTreeMap<String, String> {
        self.shared.broken().clone()
    }

    /// Lets models that could not be run be tried again.
    pub(crate) fn retry_broken(&self) {
        self.shared.retry_broken();
    }

    /// Processor time of the processes that run models now (s).
    pub(crate) fn cpu_seconds(&self) -> f64 {
        self.shared.cpu_seconds()
    }

    /// Whether to drop whatever waits in the queue.
    pub(crate) fn abandon(&self, abandoned: bool) {
        self.shared.abandoned.store(abandoned, Ordering::Relaxed);
    }

    /// The queue of a track; none when this is being dropped.
    fn queue(&self, id: u64) -> Option<&Sender<InferenceMessage>> {
        self.queues.get((id % self.queues.len().max(1) as u64) as usize)
    }

    fn send(&self, id: u64, mut message: InferenceMessage, stop: &AtomicBool) -> bool {
        let Some(queue) = self.queue(id) else { return false };
        while !stop.load(Ordering::Relaxed) {
            match queue.send_timeout(message, STOP_POLL_INTERVAL) {
                Ok(()) => return true,
                Err(SendTimeoutError::Timeout(unsent)) => message = unsent,
                Err(SendTimeoutError::Disconnected(_)) => return false,
            }
        }
        false
    }
}

impl Drop for Inference {
    fn drop(&mut self) {
        self.abandon(true);
        self.queues.clear();
        // A thread that has panicked gives no answer any more.
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

/// The windows of one track; dropped unless it is closed.
pub(crate) struct TrackWindows<'a> {
    /// Under which its predictions come.
    pub id: u64,
    inference: &'a Inference,
    is_open: bool,
}

impl TrackWindows<'_> {
    /// Hands over a window and waits while the queue is full; false when `stop` was raised.
    pub(crate) fn push(&mut self, model: &Arc<Installed>, input: Tensor, stop: &AtomicBool) -> bool {
        self.is_open = true;
        self.inference.send(self.id, InferenceMessage::Window(self.id, Arc::clone(model), input), stop)
    }

    /// All windows were given: the predictions go to `callback`.
    pub(crate) fn close(
        mut self,
        callback: impl FnOnce(TrackPredictions) + Send + 'static,
        stop: &AtomicBool,
    ) {
        self.is_open =
            !self.inference.send(self.id, InferenceMessage::Close(self.id, Box::new(callback)), stop);
    }
}

impl Drop for TrackWindows<'_> {
    fn drop(&mut self) {
        if let Some(queue) = self.inference.queue(self.id).filter(|_| self.is_open) {
            // Where the queue is full, some kilobytes of sums stay behind.
            drop(queue.try_send(InferenceMessage::Forget(self.id)));
        }
    }
}

#[cfg(test)]
mod tests;
