//! Listens to a pass for the daemon: tells its state, keeps repeated complaints back, and cuts it short for what cannot
//! wait.

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    time::Instant,
};

use super::{
    Host,
    state::{DaemonState, StateFile},
};
use crate::{
    app::progress::{Event, Progress},
    playlist::format::location,
    track::FailureKind,
};

/// What the daemon has told so far.
pub struct Reporter {
    pub state: RefCell<DaemonState>,
    pub file: RefCell<StateFile>,
    /// Complaints of the last walk through everything, and those since.
    said: RefCell<HashSet<String>>,
    now: RefCell<HashSet<String>>,
    /// Failures that have been told of, hashed: there may be many, and the process lives for years.
    failed: RefCell<HashSet<u64>>,
}

impl Reporter {
    pub fn new(file: StateFile) -> Self {
        let (said, now, failed) = (RefCell::default(), RefCell::default(), RefCell::default());
        Self { state: RefCell::new(DaemonState::starting()), file: RefCell::new(file), said, now, failed }
    }

    /// Changes the state and tells it, at once if it matters to somebody who waits.
    pub fn tell(&self, at_once: bool, change: impl FnOnce(&mut DaemonState)) {
        let mut state = self.state.borrow_mut();
        change(&mut state);
        self.file.borrow_mut().tell(&state, at_once);
    }

    /// Whether a complaint is new since the last walk.
    pub fn is_news(&self, text: &str) -> bool {
        let is_new = self.now.borrow_mut().insert(text.to_owned());
        is_new && !self.said.borrow().contains(text)
    }

    /// Whether a file has never failed like this before, in however many tries.
    fn is_first_failure(&self, path: &Path, kind: FailureKind) -> bool {
        let mut hasher = DefaultHasher::new();
        (path, kind.name()).hash(&mut hasher);
        self.failed.borrow_mut().insert(hasher.finish())
    }

    /// A walk through everything has ended: what it did not complain of is over. Whether that was all of it.
    pub fn walked(&self) -> bool {
        self.said.replace(self.now.take());
        self.said.borrow().is_empty()
    }
}

/// One pass's listener.
pub struct PassListener<'a> {
    told: &'a Reporter,
    surroundings: &'a dyn Host,
    /// Whether something else cannot wait.
    urgent: &'a dyn Fn() -> bool,
    is_enough: Cell<bool>,
    begin: Cell<Instant>,
    done: Cell<u64>,
}

impl<'a> PassListener<'a> {
    pub fn new(told: &'a Reporter, surroundings: &'a dyn Host, urgent: &'a dyn Fn() -> bool) -> Self {
        let (is_enough, begin, done) = (Cell::new(false), Cell::new(Instant::now()), Cell::new(0));
        Self { told, surroundings, urgent, is_enough, begin, done }
    }

    fn step(&self, state: &mut DaemonState) {
        self.done.set(self.done.get() + 1);
        state.queue = state.queue.saturating_sub(1);
        let rate = self.done.get() as f64 / self.begin.get().elapsed().as_secs_f64().max(0.001);
        state.rate = Some(rate);
        state.eta = Some(state.queue as f64 / rate);
    }
}

impl Progress for PassListener<'_> {
    fn event(&self, event: Event<'_>) {
        let complaint = match &event {
            Event::Failed { path, failure } => Some(format!("{}: {failure}", path.display())),
            Event::Warning(text) => Some(text.clone()),
            _ => None,
        };
        self.told.tell(false, |state| match &event {
            Event::Begin { files } => {
                self.begin.set(Instant::now());
                self.done.set(0);
                state.queue = *files;
            }
            Event::Left { .. } => {}
            Event::Begun { path } => state.current = Some(location(path)),
            Event::Done { .. } => self.step(state),
            Event::Failed { .. } | Event::Warning(_) => state.last_error.clone_from(&complaint),
            Event::End => (state.queue, state.current, state.rate, state.eta) = (0, None, None, None),
        });
        let is_news = match &event {
            Event::Failed { path, failure } => self.told.is_first_failure(path, failure.kind),
            Event::Warning(text) => self.told.is_news(text),
            _ => true,
        };
        if is_news {
            self.surroundings.event(event);
        }
    }

    fn enough(&self) -> bool {
        self.told.tell(false, |_| {});
        self.surroundings.alive(&self.told.state.borrow());
        // What could not wait is still there when the pass has come to its end.
        self.is_enough.set(self.is_enough.get() || (self.urgent)());
        self.is_enough.get()
    }
}
