//! How the library reports what it is doing. It never prints.

use std::{cell::RefCell, collections::HashSet, path::Path, time::Instant};

use crate::track::Failure;

/// Something that happened.
#[derive(Debug)]
#[expect(missing_docs, reason = "a line on each event names what it carries")]
pub enum Event<'a> {
    /// Work on so many files begins.
    Begin { files: u64 },
    /// A daemon does the work, and so many files are left.
    Left { files: u64 },
    /// A file is being opened.
    Opening { path: &'a Path },
    /// A file is done: identified, and decoded if it has `seconds` of audio; `partial` says what of it is missing.
    Done { path: &'a Path, seconds: Option<f64>, partial: Option<&'a str> },
    /// A file failed, now or as it had before.
    Failed { path: &'a Path, failure: &'a Failure },
    /// Something that the user should know, in one line.
    Warning(String),
    /// Work of so many steps begins.
    Steps { steps: u64 },
    /// One of them is done.
    Step,
    /// The work is over, complete or not.
    End,
}

/// Receives the events, all from one thread.
pub trait Progress {
    /// Takes an event, in the order of what happens.
    fn event(&self, event: Event<'_>);

    /// Whether no further file is to be begun; those that have been begun are finished. Asked several times a second
    /// while files are worked on.
    fn enough(&self) -> bool {
        false
    }
}

/// Ignores all events.
pub struct Quiet;

impl Progress for Quiet {
    fn event(&self, _: Event<'_>) {}
}

/// Passes events on, but the same warning only once.
pub(crate) struct EachWarningOnce<'a> {
    inner: &'a dyn Progress,
    told: RefCell<HashSet<String>>,
}

impl<'a> EachWarningOnce<'a> {
    pub(crate) fn to(inner: &'a dyn Progress) -> Self {
        Self { inner, told: RefCell::default() }
    }
}

impl Progress for EachWarningOnce<'_> {
    fn event(&self, event: Event<'_>) {
        let is_new = match &event {
            Event::Warning(text) => self.told.borrow_mut().insert(text.clone()),
            _ => true,
        };
        if is_new {
            self.inner.event(event);
        }
    }

    fn enough(&self) -> bool {
        self.inner.enough()
    }
}

/// Times the stages of a command, in seconds.
pub(crate) struct StageTimer {
    last: Instant,
    pub stages: Vec<(&'static str, f64)>,
}

impl Default for StageTimer {
    fn default() -> Self {
        Self { last: Instant::now(), stages: Vec::new() }
    }
}

impl StageTimer {
    /// Ends a stage: it began when the last one ended.
    pub(crate) fn stage(&mut self, name: &'static str) {
        let now = Instant::now();
        self.stages.push((name, (now - self.last).as_secs_f64()));
        self.last = now;
    }
}
