//! Which file of a pass may decode which content, so that no recording is decoded twice.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use super::known::Failures;
use super::plan::{Task, WantedSpace, Why};
use crate::space::SpaceId;
use crate::store::{Library, StoreError};
use crate::track::{ContentId, TrackNumber};

/// Why a file's samples are, or are not, needed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Claim {
    /// These spaces are to be filled, by whoever holds the claim.
    Fill(Vec<SpaceId>),
    /// Everything is there.
    Covered,
    /// Everything but the length, which neither the file nor the store tells.
    Unmeasured,
    /// Another file with the same content is being worked on.
    Shared,
    /// The same content failed before, and nothing has changed that could help.
    Failed(Failures),
}

/// Which contents are covered, claimed or failed during one pass; shared by the pool's threads.
pub(crate) struct ClaimRegistry<'a> {
    library: &'a Library,
    wanted: &'a [WantedSpace],
    claimed: Mutex<HashSet<ContentId>>,
    /// Tracks that a task of the plan fills in.
    filling: HashSet<TrackNumber>,
    failed: HashMap<ContentId, Failures>,
}

impl<'a> ClaimRegistry<'a> {
    pub(crate) fn new(
        library: &'a Library,
        wanted: &'a [WantedSpace],
        tasks: &[Task],
        failed: HashMap<ContentId, Failures>,
    ) -> Self {
        let filled = |task: &Task| if let Why::BackFill(track) = task.why { Some(track) } else { None };
        let filling = tasks.iter().filter_map(filled).collect();
        Self { library, wanted, claimed: Mutex::default(), filling, failed }
    }

    /// Whether the samples of a file are needed that turned out to hold `content` and declares this length in seconds.
    pub(crate) fn claim(&self, content: &ContentId, declared: Option<f64>) -> Result<Claim, StoreError> {
        // A new view for each call: one that is held keeps the store from reusing its pages.
        let view = self.library.view()?;
        let number = view.number_of(content)?;
        let failures = self.failed.get(content);
        let refuses = |space: &SpaceId| {
            failures.is_some_and(|all| all.iter().any(|(name, _)| name.is_empty() || *name == space.name))
        };
        let mut lacking = Vec::new();
        for wanted in self.wanted {
            // A pass over some folders knows only the tracks that lay there.
            let is_covered = |number| {
                Ok::<_, StoreError>(
                    wanted.covered.contains(&number) || view.is_covered(&wanted.space, number)?,
                )
            };
            if !number.map_or(Ok(false), is_covered)? {
                lacking.push(wanted.space.clone());
            }
        }
        let has_vectors = lacking.len() < self.wanted.len();
        let is_unmeasured = match number {
            Some(number) if has_vectors && declared.is_none() => {
                view.track(number)?.is_none_or(|record| record.is_unmeasured())
            }
            _ => false,
        };
        drop(view);
        let (refused, spaces): (Vec<_>, Vec<_>) = lacking.into_iter().partition(refuses);
        if spaces.is_empty() {
            return Ok(match failures {
                Some(failures) if !refused.is_empty() => Claim::Failed(failures.clone()),
                _ if is_unmeasured && lock(&self.claimed).insert(*content) => Claim::Unmeasured,
                _ if number.is_some() || lock(&self.claimed).insert(*content) => Claim::Covered,
                _ => Claim::Shared,
            });
        }
        let is_filled = number.is_some_and(|number| self.filling.contains(&number));
        let first = !is_filled && lock(&self.claimed).insert(*content);
        Ok(if first { Claim::Fill(spaces) } else { Claim::Shared })
    }

    /// The failures that stand for a content which cannot be demuxed and is known by its bytes alone.
    pub(crate) fn failures_of(&self, content: Option<&ContentId>) -> Option<Failures> {
        self.failed.get(content?).cloned()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
