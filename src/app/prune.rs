//! Forgetting: what is missing for good, and what was made by recipes that nobody uses any more.

use std::{collections::HashSet, path::PathBuf};

use crate::{
    space::SpaceId,
    store::{Change, StoreError, View},
    track::TrackNumber,
};

/// What would be forgotten.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Prunable {
    /// Missing files.
    pub files: Vec<PathBuf>,
    /// Recordings that lie nowhere else.
    pub tracks: HashSet<TrackNumber>,
    /// Recordings in the store now.
    pub of: usize,
    /// Spaces that no method fills any more.
    pub spaces: Vec<SpaceId>,
}

/// More than this share of all recordings is a question to the user.
const MUCH: f64 = 0.2;

impl Prunable {
    /// Finds the files that are missing and, with `spaces`, all spaces but the `current` ones.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn find(view: &View, spaces: bool, current: &[SpaceId]) -> Result<Self, StoreError> {
        let mut found = Self { tracks: view.track_numbers()?, ..Self::default() };
        found.of = found.tracks.len();
        view.files(|path, record| match (record.missing, record.track) {
            (Some(_), _) => found.files.push(path.to_owned()),
            (None, Some(track)) => drop(found.tracks.remove(&track)),
            (None, None) => {}
        })?;
        if spaces {
            let stored = view.spaces()?.into_iter().map(|record| record.space);
            found.spaces = stored.filter(|space| !current.contains(space)).collect();
        }
        Ok(found)
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.tracks.is_empty() && self.spaces.is_empty()
    }

    /// So much that the user is asked first.
    pub fn is_much(&self) -> bool {
        self.tracks.len() as f64 > self.of as f64 * MUCH
    }

    /// The rows that forget it, to be committed together.
    pub fn changes(self) -> Vec<Change> {
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
