//! What runs models: windows of several tracks wait in a bounded queue for one thread, while workers decode on.

pub mod mean;
pub mod message;
pub mod thread;

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use crossbeam_channel::{SendTimeoutError, Sender, bounded};

use self::{
    message::{Message, Shared, TrackPredictions},
    thread::Models,
};
use crate::{
    model::{Engine, EngineError, InferenceSettings, Installed, Tensor},
    priority::Priority,
};

/// Windows that wait: a few tracks', so that the model never waits for a decoder.
const QUEUE: usize = 32;

/// How often a full queue is looked at by those who may be asked to stop.
const GLANCE: Duration = Duration::from_millis(100);

/// Runs models for whoever has windows.
#[derive(Debug)]
pub struct Inference {
    queue: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
    tickets: AtomicU64,
    shared: Arc<Shared>,
}

impl Inference {
    /// Chooses the engine and starts the thread; a model is loaded when a file is decoded for it.
    ///
    /// # Errors
    /// The engine that is asked for is not here.
    pub fn start(
        settings: &InferenceSettings,
        folders: &[PathBuf],
        manners: Priority,
    ) -> Result<Self, EngineError> {
        let engine = Engine::start(settings, folders)?;
        let (queue, messages) = bounded(QUEUE);
        let shared = Arc::new(Shared::default());
        let models = Models {
            settings: settings.clone(),
            engine,
            shared: Arc::clone(&shared),
            loaded: HashMap::new(),
            strikes: HashMap::new(),
        };
        let thread = std::thread::spawn(move || {
            // All threads of the engine are started by this one. Where they may not step back, they work on as they are.
            drop(manners.keep());
            thread::run(&messages, models);
        });
        let (queue, thread, tickets) = (Some(queue), Some(thread), AtomicU64::new(0));
        Ok(Self { queue, thread, tickets, shared })
    }

    /// A place for the windows of one track. The model is loaded while the first one is decoded.
    pub fn track(&self, models: &[&Arc<Installed>]) -> TrackWindows<'_> {
        for model in models {
            // Where the queue is full, it is loaded already.
            drop(self.queue.as_ref().map(|queue| queue.try_send(Message::Expect(Arc::clone(model)))));
        }
        TrackWindows { ticket: self.tickets.fetch_add(1, Ordering::Relaxed), inference: self, is_open: false }
    }

    /// Models that turned out not to run, and why.
    pub fn broken(&self) -> BTreeMap<String, String> {
        self.shared.broken().clone()
    }

    /// Models that could not be run are tried again.
    pub fn forgive(&self) {
        self.shared.broken().clear();
    }

    /// Gives up what waits, or ends that.
    pub fn abandon(&self, abandoned: bool) {
        self.shared.abandoned.store(abandoned, Ordering::Relaxed);
    }

    fn send(&self, mut message: Message, stop: &AtomicBool) -> bool {
        let Some(queue) = &self.queue else { return false };
        while !stop.load(Ordering::Relaxed) {
            match queue.send_timeout(message, GLANCE) {
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
        self.queue = None;
        // A thread that has panicked has nothing more to say.
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// The windows of one track; forgotten unless it is closed.
pub struct TrackWindows<'a> {
    pub ticket: u64,
    inference: &'a Inference,
    is_open: bool,
}

impl TrackWindows<'_> {
    /// Hands over a window and waits while the queue is full; false when `stop` was raised.
    pub fn window(&mut self, model: &Arc<Installed>, input: Tensor, stop: &AtomicBool) -> bool {
        self.is_open = true;
        self.inference.send(Message::Window(self.ticket, Arc::clone(model), input), stop)
    }

    /// All windows were given: what was heard goes to `answer`.
    pub fn close(mut self, answer: impl FnOnce(TrackPredictions) + Send + 'static, stop: &AtomicBool) {
        self.is_open = !self.inference.send(Message::Close(self.ticket, Box::new(answer)), stop);
    }
}

impl Drop for TrackWindows<'_> {
    fn drop(&mut self) {
        if let Some(queue) = self.inference.queue.as_ref().filter(|_| self.is_open) {
            // Where the queue is full, a mean of some kilobytes stays behind.
            drop(queue.try_send(Message::Forget(self.ticket)));
        }
    }
}

#[cfg(test)]
mod tests;
