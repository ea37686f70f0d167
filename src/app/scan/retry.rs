//! Which failures are tried again, and when.
//!
//! - A worker that gave no answer is a failure of the file's content, or of the system: [`failure_of`].
//! - A failure of the content stands until the file, the decoder or the recipe of its space changes. One of the system
//!   is tried again by every pass, and `--retry-failed` tries all of them again: [`RetryRule`].
//! - The daemon tries a file again within half an hour that failed while it may still have been copied:
//!   [`RetrySchedule`].

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::track::{Failure, FailureKind};
use crate::{audio::worker::WorkerExit, file::FailureRecord, space::SpaceId};

/// Whether a failure on record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Final,
    TryAgain,
}

/// Decides which failures on record stand.
pub(crate) struct RetryRule {
    retry_failed: bool,
    /// What the failures of this pass would be recorded with, by space; the whole file's under no name.
    decoders: HashMap<String, String>,
}

impl RetryRule {
    /// For a pass that fills `spaces` with these decoders; with `retry_failed` no failure stands.
    pub(crate) fn new(retry_failed: bool, decoders: &str, spaces: &[SpaceId]) -> Self {
        let of_spaces = spaces.iter().map(|space| (space.name.clone(), decoder(decoders, Some(space))));
        let of_file = (String::new(), decoder(decoders, None));
        Self { retry_failed, decoders: of_spaces.chain([of_file]).collect() }
    }

    /// About a failure in the space of this name, or of the whole file where the name is empty.
    pub(crate) fn verdict(&self, space: &str, record: &FailureRecord) -> Verdict {
        let is_same_decoder = self.decoders.get(space) == Some(&record.decoder);
        if record.failure.is_final && is_same_decoder && !self.retry_failed {
            Verdict::Final
        } else {
            Verdict::TryAgain
        }
    }
}

/// What a failure is recorded with: the decoders, and the recipe of the space that refused the file.
pub(crate) fn decoder(decoders: &str, space: Option<&SpaceId>) -> String {
    match space {
        None => decoders.to_owned(),
        Some(space) => format!("{decoders}, {} {}", space.name, space.fingerprint.short(16)),
    }
}

/// Turns a worker's exit into the file's failure: final where the file caused it.
pub(crate) fn failure_of(exit: &WorkerExit) -> Failure {
    let reason = exit.to_string();
    match exit {
        WorkerExit::Crashed(_) => Failure::of_content(FailureKind::Crashed, reason),
        WorkerExit::TimedOut(_) => Failure::of_content(FailureKind::TimedOut, reason),
        WorkerExit::OutOfMemory(_) => Failure::of_content(FailureKind::OutOfMemory, reason),
        WorkerExit::Ended(_) => Failure::of_system(FailureKind::Crashed, reason),
        WorkerExit::HeldUp(_) => Failure::of_system(FailureKind::TimedOut, reason),
        WorkerExit::Killed | WorkerExit::Stopped | WorkerExit::NoStart(_) => {
            Failure::of_system(FailureKind::OutOfMemory, reason)
        }
    }
}

/// A file that failed young is tried again after these pauses, each counted from the last try.
const PAUSES: [Duration; 3] =
    [Duration::from_secs(60), Duration::from_secs(5 * 60), Duration::from_secs(25 * 60)];

/// Files that failed while they may still have been copied, and when the daemon tries them again.
#[derive(Debug, Default)]
pub(crate) struct RetrySchedule(HashMap<PathBuf, Retry>);

#[derive(Debug)]
struct Retry {
    tries: usize,
    due: Instant,
}

impl RetrySchedule {
    /// Notes what failed: young files are tried again. `retried` are those that just were.
    pub(crate) fn note<'a>(
        &mut self,
        failed: impl Iterator<Item = &'a PathBuf>,
        retried: &[PathBuf],
        is_young: impl Fn(&Path) -> bool,
        now: Instant,
    ) {
        let mut tries: HashMap<PathBuf, usize> = HashMap::new();
        for path in retried {
            if let Some(retry) = self.0.remove(path) {
                tries.insert(path.clone(), retry.tries + 1);
            }
        }
        for path in failed {
            let tries = match tries.get(path) {
                Some(tries) => *tries,
                None if is_young(path) => 0,
                None => continue,
            };
            if let Some(pause) = PAUSES.get(tries) {
                self.0.insert(path.clone(), Retry { tries, due: now + *pause });
            }
        }
    }

    /// Files that are to be tried again now.
    pub(crate) fn due(&self, now: Instant) -> Vec<PathBuf> {
        self.0.iter().filter(|(_, retry)| retry.due <= now).map(|(path, _)| path.clone()).collect()
    }

    /// When the next try is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.0.values().map(|retry| retry.due).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_failed_young_is_tried_three_times_more() {
        let (mut schedule, mut now, a) = (RetrySchedule::default(), Instant::now(), PathBuf::from("a"));
        schedule.note([&a, &PathBuf::from("b")].into_iter(), &[], |path| path == a, now);
        for pause in PAUSES {
            assert!(schedule.due(now + pause / 2).is_empty());
            now += pause;
            let due = schedule.due(now);
            assert_eq!(due, std::slice::from_ref(&a));
            schedule.note([&a].into_iter(), &due, |_| false, now);
        }
        assert_eq!(schedule.next(), None);
    }

    #[test]
    fn a_file_that_was_mended_is_not_tried_again() {
        let (mut schedule, now, a) = (RetrySchedule::default(), Instant::now(), PathBuf::from("a"));
        schedule.note([&a].into_iter(), &[], |_| true, now);
        schedule.note([].into_iter(), std::slice::from_ref(&a), |_| true, now);
        assert_eq!(schedule.next(), None);
    }
}
