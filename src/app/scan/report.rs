//! What a pass did, as it is reported: to people, as JSON, and by a daemon to the `scan` that asked for it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

use super::plan::Unavailable;
use crate::playlist::format::location;

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

/// What a pass found and did.
#[derive(Debug, Default)]
pub struct ScanSummary {
    pub scope: Vec<PathBuf>,
    pub found: u64,
    pub unchanged: u64,
    pub renamed: u64,
    pub missing: u64,
    pub tally: Tally,
    pub seconds: f64,
    /// Not everything planned has been done.
    pub interrupted: bool,
    /// Folders whose files could not be judged.
    pub unavailable: Vec<Unavailable>,
    /// Folders and files that could not be read.
    pub unread: Vec<PathBuf>,
    /// Models that could not be run, with the reason.
    pub broken: BTreeMap<String, String>,
}

impl ScanSummary {
    /// Two passes of one call, reported as one.
    pub fn and(self, second: Self) -> Self {
        Self {
            scope: self.scope,
            found: second.found,
            unchanged: self.unchanged,
            renamed: self.renamed + second.renamed,
            missing: second.missing,
            tally: self.tally.and(second.tally),
            seconds: self.seconds + second.seconds,
            interrupted: second.interrupted,
            unavailable: second.unavailable,
            unread: self.unread,
            broken: second.broken,
        }
    }
}

/// Counts of one pass, or of several.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanReport {
    pub roots: Vec<String>,
    pub found: u64,
    pub unchanged: u64,
    pub opened: u64,
    pub renamed: u64,
    pub decoded: u64,
    /// Vectors by space.
    pub stored: BTreeMap<String, u64>,
    pub failed: u64,
    pub failed_known: u64,
    pub partial: u64,
    pub missing: u64,
    /// Models that could not be run, with the reason.
    pub broken: BTreeMap<String, String>,
    pub seconds: f64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}

impl From<&ScanSummary> for ScanReport {
    fn from(summary: &ScanSummary) -> Self {
        let tally = &summary.tally;
        Self {
            roots: summary.scope.iter().map(|path| location(path)).collect(),
            found: summary.found,
            unchanged: summary.unchanged,
            opened: tally.opened,
            renamed: summary.renamed,
            decoded: tally.decoded,
            stored: tally.stored.clone(),
            failed: tally.failed.len() as u64,
            failed_known: tally.failed_known,
            partial: tally.partial,
            missing: summary.missing,
            broken: summary.broken.clone(),
            seconds: summary.seconds,
            interrupted: summary.interrupted,
        }
    }
}

impl ScanReport {
    /// Takes over from a later walk through everything what lies on the disk.
    pub fn update_found(&mut self, later: &Self) {
        self.roots.clone_from(&later.roots);
        (self.found, self.unchanged, self.missing) = (later.found, later.unchanged, later.missing);
        self.failed_known = later.failed_known;
    }

    /// Adds what a later pass did.
    pub fn add(&mut self, later: &Self) {
        for (space, stored) in &later.stored {
            *self.stored.entry(space.clone()).or_default() += stored;
        }
        self.opened += later.opened;
        self.renamed += later.renamed;
        self.decoded += later.decoded;
        self.failed += later.failed;
        self.partial += later.partial;
        self.broken.extend(later.broken.clone());
        self.seconds += later.seconds;
    }
}
