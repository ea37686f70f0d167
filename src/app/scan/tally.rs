//! Counts of one pass.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// What a pass has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub opened: u64,
    pub decoded: u64,
    /// Vectors by space.
    pub stored: BTreeMap<String, u64>,
    /// Files, each once however many of its spaces failed.
    pub failed: BTreeSet<PathBuf>,
    pub failed_known: u64,
    pub partial: u64,
}

impl Tally {
    /// Two passes over the same files together. Every failure that the second knew, the first had known or found.
    pub fn and(mut self, other: Self) -> Self {
        for (space, stored) in other.stored {
            *self.stored.entry(space).or_default() += stored;
        }
        self.opened += other.opened;
        self.decoded += other.decoded;
        self.failed.extend(other.failed);
        self.partial = self.partial.max(other.partial);
        self
    }
}
