//! What a pass did, as it is reported: to people, as JSON, and by a daemon to the `scan` that asked for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::plan::Unavailable;

/// What a pass found and did.
#[derive(Default)]
pub(crate) struct ScanSummary {
    pub report: ScanReport,
    /// Files, each once however many of its spaces failed.
    pub failed: BTreeSet<PathBuf>,
    /// Folders whose files could not be judged.
    pub unavailable: Vec<Unavailable>,
    /// Folders and files that could not be read.
    pub unread: Vec<PathBuf>,
    /// How many files turned out to be albums, whose songs are left to the next pass.
    pub new_albums: u64,
}

impl ScanSummary {
    /// Two passes of one call over the same files, reported as one. Every failure that the second knew, the first had
    /// known or found.
    pub(crate) fn and(mut self, second: Self) -> Self {
        let (first, later) = (&mut self.report, second.report);
        let partial = first.partial.max(later.partial);
        first.add(&later);
        self.failed.extend(second.failed);
        let ScanReport { found, missing, links, interrupted, .. } = later;
        let failed = self.failed.len() as u64;
        self.report = ScanReport { found, failed, partial, missing, links, interrupted, ..self.report };
        Self { unavailable: second.unavailable, new_albums: second.new_albums, ..self }
    }
}

/// Counts of one pass, or of several.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanReport {
    /// The folders, as `location` writes them.
    pub roots: Vec<String>,
    /// Music files that are there.
    pub found: u64,
    /// Files of which nothing had to be read.
    pub unchanged: u64,
    /// Files that were read.
    pub opened: u64,
    /// Files under new names, recognised without reading.
    pub renamed: u64,
    /// Files whose samples were read.
    pub decoded: u64,
    /// Vectors by space.
    pub stored: BTreeMap<String, u64>,
    /// Files that failed.
    pub failed: u64,
    /// Files whose earlier failure stands.
    pub failed_known: u64,
    /// Files that are kept though something of them is missing.
    pub partial: u64,
    /// Files that were indexed and are not there.
    pub missing: u64,
    /// Links to folders and music that were not followed.
    #[serde(default)]
    pub links: u64,
    /// Models that could not be run, with the reason.
    pub broken: BTreeMap<String, String>,
    /// How long it took.
    pub seconds: f64,
    /// Not everything planned has been done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}

impl ScanReport {
    /// Takes over from a later walk through everything what lies on the disk.
    pub(crate) fn update_found(&mut self, later: &Self) {
        self.roots.clone_from(&later.roots);
        (self.found, self.unchanged, self.missing) = (later.found, later.unchanged, later.missing);
        (self.failed_known, self.links) = (later.failed_known, later.links);
    }

    /// Adds what a later pass did.
    pub(crate) fn add(&mut self, later: &Self) {
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
