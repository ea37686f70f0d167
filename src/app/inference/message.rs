//! What callers and the inference thread say to each other.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    model::{Installed, Tensor},
    space::Features,
    track::Failure,
};

/// What both sides of the queue know.
#[derive(Debug, Default)]
pub struct Shared {
    /// Models that cannot be run, and why.
    broken: Mutex<BTreeMap<String, String>>,
    /// What waits is not wanted any more.
    pub abandoned: AtomicBool,
    /// The user knows that there is a faster engine.
    told: AtomicBool,
}

impl Shared {
    /// Whether something was told before; it is now.
    pub fn said(&self) -> bool {
        self.told.swap(true, Ordering::Relaxed)
    }

    pub fn broken(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the thread is sent.
pub enum Message {
    /// A file is being decoded for this model: its windows come soon.
    Expect(Arc<Installed>),
    Window(u64, Arc<Installed>, Tensor),
    Close(u64, PredictionCallback),
    Forget(u64),
}

/// Takes what was heard of a track.
pub type PredictionCallback = Box<dyn FnOnce(TrackPredictions) + Send>;

/// What came of one track's windows.
#[derive(Debug)]
pub struct TrackPredictions {
    pub ticket: u64,
    /// By model. One that cannot be run is absent.
    pub results: Vec<(String, Result<Features, Failure>)>,
    /// What the user should know, once.
    pub warnings: Vec<String>,
}
