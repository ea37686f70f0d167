//! Counts of one pass.

use std::collections::BTreeMap;

/// What a pass has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub opened: u64,
    pub decoded: u64,
    /// Vectors by space.
    pub stored: BTreeMap<String, u64>,
    pub failed: u64,
    pub failed_known: u64,
    pub partial: u64,
}

impl Tally {
    /// Both together; what had failed before was the same both times.
    pub fn and(mut self, other: Self) -> Self {
        for (space, stored) in other.stored {
            *self.stored.entry(space).or_default() += stored;
        }
        self.opened += other.opened;
        self.decoded += other.decoded;
        self.failed += other.failed;
        self.failed_known = self.failed_known.max(other.failed_known);
        self.partial = self.partial.max(other.partial);
        self
    }
}
