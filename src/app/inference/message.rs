//! What callers and the inference thread send each other.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{audio::Tensor, model::Installed, space::Features, track::Failure};

/// State that both sides of the queue share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Models that cannot be run, with the reason.
    broken: Mutex<BTreeMap<String, String>>,
    /// Whatever waits in the queue is not wanted any more.
    pub abandoned: AtomicBool,
    /// The user knows that there is a faster engine.
    warned_of_engine: AtomicBool,
}

impl Shared {
    /// Whether the user is to be warned that there is a faster engine: true the first time only.
    pub(crate) fn must_warn_of_engine(&self) -> bool {
        !self.warned_of_engine.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn broken(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the thread is sent. Numbers are the ids of tracks.
pub(crate) enum InferenceMessage {
    /// A file is being decoded for this model: its windows come soon.
    Load(Arc<Installed>),
    Window(u64, Arc<Installed>, Tensor),
    /// All windows of a track were sent.
    Close(u64, PredictionCallback),
    Forget(u64),
}

/// Receives the predictions for a track.
pub(crate) type PredictionCallback = Box<dyn FnOnce(TrackPredictions) + Send>;

/// What came of one track's windows.
#[derive(Debug)]
pub(crate) struct TrackPredictions {
    /// The id under which its windows were sent.
    pub id: u64,
    /// By model. One that cannot be run is absent.
    pub results: Vec<(String, Result<Features, Failure>)>,
    /// What the user should know, once.
    pub warnings: Vec<String>,
}
