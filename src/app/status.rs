//! `status`: how much is indexed in each space, and the state of the folders.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use super::reduction::covered;
use crate::store::{PaceRecord, SpaceRecord, StoreError, View};
use crate::{file::FailureRecord, file::RootRecord, space::SpaceId, time::Moment, track::TrackNumber};

/// Counts of one store.
#[derive(Debug)]
pub struct Status {
    /// In the order of their paths.
    pub roots: Vec<RootStatus>,
    /// Recordings that are at some path.
    pub tracks: usize,
    /// How long those are in all.
    pub seconds: f64,
    /// Files, with those that are missing.
    pub paths: usize,
    /// Files that were indexed and are not where they were.
    pub missing: usize,
    /// Files that failed.
    pub failures: usize,
    /// Recordings that are kept though something of them is missing.
    pub partial: usize,
    /// Those that have vectors, and those that scans fill now.
    pub spaces: Vec<SpaceStatus>,
    /// Rows of the store that are damaged, and left out of all this.
    pub damaged: usize,
}

/// One folder of the library.
#[derive(Debug)]
pub struct RootStatus {
    /// Where it is.
    pub path: PathBuf,
    /// Files in it that are not missing.
    pub files: usize,
    /// Files that were indexed and are not where they were.
    pub missing: usize,
    /// Why it cannot be looked into, if so.
    pub unavailable: Option<String>,
    /// The last walk through it.
    pub scanned: Option<Moment>,
}

/// How far one space is filled.
#[derive(Debug)]
pub struct SpaceStatus {
    /// Whose vectors are counted.
    pub id: SpaceId,
    /// Values of a vector; 0 while nothing is stored.
    pub dimension: u32,
    /// Tracks that are at some path and have a vector.
    pub stored: usize,
    /// Tracks that are at some path and have not failed for good.
    pub wanted: usize,
    /// None while no scan has stored anything.
    pub pace: Option<Pace>,
}

/// How fast a space is filled, now or at its last scan.
#[derive(Debug)]
pub struct Pace {
    /// Tracks per second.
    pub rate: f64,
    /// Seconds until all tracks are stored, at that rate.
    pub eta: f64,
    /// It is being filled, or was within the last minute.
    pub is_current: bool,
}

/// A scan that stored something within this many seconds counts as running.
const CURRENT: f64 = 60.0;

impl Pace {
    fn of(record: &PaceRecord, rest: usize) -> Self {
        let rate = record.stored as f64 / record.until.seconds_since(record.since).max(1.0);
        let is_current = Moment::now().seconds_since(record.until) < CURRENT;
        Self { rate, eta: rest as f64 / rate, is_current }
    }
}

/// Every failure of a file that is not missing: its path, the space (empty if the failure is independent of
/// spaces), and what happened.
pub(crate) fn failures(view: &View) -> Result<Vec<(PathBuf, String, FailureRecord)>, StoreError> {
    let mut failures = view.failures()?;
    let mut missing = HashSet::new();
    view.files(|path, record| {
        if record.missing.is_some() {
            missing.insert(path.to_owned());
        }
    })?;
    failures.retain(|(path, _, _)| !missing.contains(path));
    Ok(failures)
}

/// Every file that is kept though something of it is lacking, in the order of paths, with what that is; nothing where an earlier
/// version has decoded it.
pub(crate) fn partial_files(view: &View) -> Result<Vec<(PathBuf, Option<String>)>, StoreError> {
    let mut tracks = HashMap::new();
    view.tracks(|number, record| {
        if record.partial {
            tracks.insert(number, record.damage);
        }
    })?;
    let mut files = Vec::new();
    view.files(|path, file| {
        let track = file.track.filter(|_| file.missing.is_none()).and_then(|track| tracks.get(&track));
        files.extend(track.map(|damage| (path.to_owned(), damage.clone())));
    })?;
    Ok(files)
}

/// Counts what `view` holds. `current` are the spaces that scans fill now; they are listed even while they are empty.
pub(crate) fn status(view: &View, current: &[SpaceId]) -> Result<Status, StoreError> {
    let failures = failures(view)?;
    let mut failed: HashMap<&Path, Vec<&str>> = HashMap::new();
    for (path, space, _) in &failures {
        failed.entry(path).or_default().push(space);
    }
    let root = |(path, record): (PathBuf, RootRecord)| RootStatus {
        path,
        files: 0,
        missing: 0,
        unavailable: record.unavailable,
        scanned: record.walked,
    };
    let mut roots: Vec<_> = view.roots()?.into_iter().map(root).collect();
    let (mut paths, mut missing) = (0, 0);
    // Tracks, and those that failed in a space (by its name) at one of their paths.
    let (mut tracks, mut failed_in) = (HashSet::new(), HashSet::new());
    view.files(|path, record| {
        if record.is_divided() {
            return;
        }
        paths += 1;
        let is_missing = record.missing.is_some();
        missing += usize::from(is_missing);
        if let Some(root) = roots.iter_mut().find(|root| path.starts_with(&root.path)) {
            *(if is_missing { &mut root.missing } else { &mut root.files }) += 1;
        }
        if let Some(track) = record.track.filter(|_| record.missing.is_none()) {
            tracks.insert(track);
            let spaces = failed.get(path).into_iter().flatten();
            failed_in.extend(spaces.map(|space| (track, *space)));
        }
    })?;
    let is_wanted = |track: TrackNumber, space: &str| {
        !failed_in.contains(&(track, "")) && !failed_in.contains(&(track, space))
    };
    let mut spaces = Vec::new();
    let mut records = view.spaces()?;
    for id in current {
        if records.iter().all(|record| record.space != *id) {
            records.push(SpaceRecord { space: id.clone(), dimension: 0 });
        }
    }
    for record in records {
        let covered = covered(view, &record.space)?;
        let stored = covered.intersection(&tracks).count();
        let counts = |track: &TrackNumber| covered.contains(track) || is_wanted(*track, &record.space.name);
        let wanted = tracks.iter().filter(|track| counts(track)).count();
        let pace = view.pace(&record.space)?;
        spaces.push(SpaceStatus {
            stored,
            wanted,
            pace: pace.map(|pace| Pace::of(&pace, wanted.saturating_sub(stored))),
            dimension: record.dimension,
            id: record.space,
        });
    }
    let (mut seconds, mut partial) = (0.0, 0);
    view.tracks(|number, record| {
        if tracks.contains(&number) {
            seconds += record.seconds;
            partial += usize::from(record.partial);
        }
    })?;
    let (tracks, failures, damaged) = (tracks.len(), failed.len(), view.damaged());
    Ok(Status { roots, tracks, seconds, paths, missing, failures, partial, spaces, damaged })
}
