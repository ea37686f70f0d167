//! The daemon's reports: its state, and the warnings of its passes without those that only repeat themselves. The
//! listener of a pass also cuts it short for what cannot wait.

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    time::Instant,
};

use super::request::WatchHost;
use super::state::{DaemonState, StateFile};
use crate::app::progress::{Event, Progress};
use crate::{playlist::format::location, time::Moment, track::FailureKind};

/// Seconds after which a daemon at work shows that it lives: a `scan` may wait for it.
const HEARTBEAT_INTERVAL: f64 = 30.0;

/// What the daemon has reported so far.
pub(super) struct Reporter<'a> {
    pub state: RefCell<DaemonState>,
    pub file: RefCell<StateFile<'a>>,
    /// Warnings up to the end of the last walk through everything, and those since.
    old_warnings: RefCell<HashSet<String>>,
    new_warnings: RefCell<HashSet<String>>,
    /// Failures that have been reported, hashed: there may be many, and the process lives for years.
    failures: RefCell<HashSet<u64>>,
}

impl<'a> Reporter<'a> {
    pub(super) fn new(file: StateFile<'a>) -> Self {
        Self {
            state: RefCell::new(DaemonState::starting()),
            file: RefCell::new(file),
            old_warnings: RefCell::default(),
            new_warnings: RefCell::default(),
            failures: RefCell::default(),
        }
    }

    /// Changes the state and writes it, at once where somebody may wait for it.
    pub(super) fn update(&self, at_once: bool, change: impl FnOnce(&mut DaemonState)) {
        let mut state = self.state.borrow_mut();
        change(&mut state);
        self.file.borrow_mut().update(&state, at_once);
    }

    /// Whether a warning is given for the first time since the walk before the last.
    pub(super) fn is_new_warning(&self, text: &str) -> bool {
        let is_new = self.new_warnings.borrow_mut().insert(text.to_owned());
        is_new && !self.old_warnings.borrow().contains(text)
    }

    /// Whether a file has never failed like this before, in however many tries.
    fn is_first_failure(&self, path: &Path, kind: FailureKind) -> bool {
        let mut hasher = DefaultHasher::new();
        (path, kind.name()).hash(&mut hasher);
        self.failures.borrow_mut().insert(hasher.finish())
    }

    /// Ends a walk through everything: what it did not warn of is over. Whether it had no warnings at all.
    pub(super) fn end_walk(&self) -> bool {
        self.old_warnings.replace(self.new_warnings.take());
        self.old_warnings.borrow().is_empty()
    }
}

/// One pass's listener.
pub(super) struct PassListener<'a, 'd> {
    reporter: &'a Reporter<'d>,
    host: &'a dyn WatchHost,
    /// Whether something else cannot wait.
    is_urgent: &'a dyn Fn() -> bool,
    is_enough: Cell<bool>,
    begin: Cell<Instant>,
    done: Cell<u64>,
}

impl<'a, 'd> PassListener<'a, 'd> {
    pub(super) fn new(
        reporter: &'a Reporter<'d>,
        host: &'a dyn WatchHost,
        is_urgent: &'a dyn Fn() -> bool,
    ) -> Self {
        let (is_enough, begin, done) = (Cell::new(false), Cell::new(Instant::now()), Cell::new(0));
        Self { reporter, host, is_urgent, is_enough, begin, done }
    }

    fn step(&self, state: &mut DaemonState) {
        self.done.set(self.done.get() + 1);
        state.queue = state.queue.saturating_sub(1);
        let rate = self.done.get() as f64 / self.begin.get().elapsed().as_secs_f64().max(0.001);
        state.rate = Some(rate);
        state.eta = Some(state.queue as f64 / rate);
    }
}

impl Progress for PassListener<'_, '_> {
    fn event(&self, event: Event<'_>) {
        let warning = match &event {
            Event::Failed { path, failure } => Some(format!("{}: {failure}", path.display())),
            Event::Warning(text) => Some(text.clone()),
            _ => None,
        };
        self.reporter.update(false, |state| match &event {
            Event::Begin { files } => {
                self.begin.set(Instant::now());
                self.done.set(0);
                state.queue = *files;
            }
            Event::Left { .. } | Event::Steps { .. } | Event::Step => {}
            Event::Opening { path } => state.current = Some(location(path)),
            Event::Done { .. } => self.step(state),
            Event::Failed { .. } | Event::Warning(_) => state.last_error.clone_from(&warning),
            Event::End => (state.queue, state.current, state.rate, state.eta) = (0, None, None, None),
        });
        let is_new = match &event {
            Event::Failed { path, failure } => self.reporter.is_first_failure(path, failure.kind),
            Event::Warning(text) => self.reporter.is_new_warning(text),
            _ => true,
        };
        if is_new {
            self.host.event(event);
        }
    }

    fn enough(&self) -> bool {
        self.reporter.update(false, |state| {
            let now = Moment::now();
            if state.heartbeat.is_none_or(|last| now.seconds_since(last) >= HEARTBEAT_INTERVAL) {
                state.heartbeat = Some(now);
            }
        });
        self.host.alive(&self.reporter.state.borrow());
        // Once something could not wait, the pass ends.
        self.is_enough.set(self.is_enough.get() || (self.is_urgent)());
        self.is_enough.get()
    }
}
