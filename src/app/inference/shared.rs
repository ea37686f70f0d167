//! What both sides of the queues know of the models.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// State that both sides of the queues share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Models that cannot be run, with the reason.
    broken: Mutex<BTreeMap<String, String>>,
    /// How each model has done so far.
    standings: Mutex<HashMap<String, ModelStanding>>,
    /// Whatever waits in the queue is not wanted any more.
    pub abandoned: AtomicBool,
    /// The user knows that there is a faster engine.
    pub warned_of_engine: AtomicBool,
    /// Processor time of the processes that run now (s).
    cpu_seconds: Mutex<f64>,
}

impl Shared {
    pub(crate) fn broken(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn standings(&self) -> MutexGuard<'_, HashMap<String, ModelStanding>> {
        self.standings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add_cpu(&self, seconds: f64) {
        *self.cpu_seconds.lock().unwrap_or_else(PoisonError::into_inner) += seconds;
    }

    pub(super) fn cpu_seconds(&self) -> f64 {
        *self.cpu_seconds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets models that could not be run be tried again.
    pub(super) fn retry_broken(&self) {
        self.broken().clear();
        self.standings().values_mut().for_each(|standing| standing.crashes = 0);
    }
}

/// How a model has done so far.
#[derive(Debug, Default)]
pub(super) struct ModelStanding {
    /// Files in a row that it could not compute.
    pub failures: u32,
    /// Whether it has ever computed a window.
    pub has_worked: bool,
    /// Whether the user knows that it does not always give numbers.
    pub has_warned: bool,
    /// Processes that it has brought down.
    pub crashes: u32,
}
