//! `prune`: removes missing files, and spaces of recipes that are not used any more, from the store.

use std::{collections::HashSet, path::PathBuf};

use crate::store::{Change, StoreError, View};
use crate::{space::SpaceId, text::counted, track::TrackNumber};

/// What would be removed from the store.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Prunable {
    /// Missing files.
    pub files: Vec<PathBuf>,
    /// Recordings that are at no other path.
    pub tracks: HashSet<TrackNumber>,
    /// How many recordings the store has now.
    pub total: usize,
    /// Spaces that no method fills any more.
    pub spaces: Vec<SpaceId>,
}

/// If more than this share of all recordings would be removed, the user is asked first.
const LARGE_SHARE: f64 = 0.2;

impl Prunable {
    /// Finds the files that are missing and, with `spaces`, all spaces but the `current` ones.
    /// Errors: rows are damaged: a track may be at a path that cannot be read.
    pub(crate) fn find(view: &View, spaces: bool, current: &[SpaceId]) -> Result<Self, StoreError> {
        let mut found = Self { tracks: view.track_numbers()?, ..Self::default() };
        found.total = found.tracks.len();
        view.files(|path, record| match (record.missing, record.track) {
            (Some(_), _) => found.files.push(path.to_owned()),
            (None, Some(track)) => drop(found.tracks.remove(&track)),
            (None, None) => {}
        })?;
        if spaces {
            let stored = view.spaces()?.into_iter().map(|record| record.space);
            found.spaces = stored.filter(|space| !current.contains(space)).collect();
        }
        match view.damaged() {
            0 => Ok(found),
            damaged => Err(StoreError::DamagedRows(counted(damaged, "row"))),
        }
    }

    /// Nothing would be removed.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.tracks.is_empty() && self.spaces.is_empty()
    }

    /// It is so much that the user is asked first.
    pub fn needs_confirmation(&self) -> bool {
        self.tracks.len() as f64 > self.total as f64 * LARGE_SHARE
    }

    /// The changes of the store that remove it, to be committed together.
    pub(crate) fn changes(self) -> Vec<Change> {
        let files = self.files.into_iter();
        let mut changes: Vec<_> =
            files.flat_map(|path| [Change::ForgetFile(path.clone()), Change::Mended(path)]).collect();
        if !self.tracks.is_empty() {
            changes.push(Change::ForgetTracks(self.tracks));
        }
        changes.extend(self.spaces.into_iter().map(Change::ForgetSpace));
        changes
    }
}
