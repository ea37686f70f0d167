//! Which tracks of a space are clustered, and at which of its paths each is named.

use std::{
    collections::{BTreeMap, HashSet},
    mem::take,
    path::{Path, PathBuf},
};

use super::{evidence::sound, reduce::reduced};
use crate::{
    playlist::{Song, names::Sound},
    space::{SpaceId, mfcc},
    store::{StoreError, View},
    track::{ContentId, Tags, TrackNumber},
};

/// Tracks with all that a playlist needs of them.
pub struct Selection {
    tracks: BTreeMap<ContentId, Selected>,
    /// Tracks at hand that are in the space, from 0 to 1.
    pub coverage: f64,
    /// The vectors are those of the reduced matrix, not of the space itself.
    pub is_reduced: bool,
    /// The vectors say how tracks sound.
    pub has_sounds: bool,
}

struct Selected {
    number: TrackNumber,
    path: PathBuf,
    tags: Tags,
    seconds: f64,
    vector: Vec<f32>,
    sound: Option<Sound>,
}

/// Selects the tracks of `space` that lie at some path, under `scope` if there is one. Of several paths
/// the first in the order of bytes counts: a choice that does not depend on the order of finding. Vectors of wide spaces
/// are reduced, unless they are wanted `whole`.
///
/// # Errors
/// The store cannot be read.
pub fn select(
    view: &View,
    space: &SpaceId,
    scope: Option<&Path>,
    whole: bool,
) -> Result<Selection, StoreError> {
    let mut at_hand: BTreeMap<TrackNumber, (PathBuf, Tags)> = BTreeMap::new();
    view.files(|path, record| {
        let Some(track) = record.track.filter(|_| record.missing.is_none()) else { return };
        if scope.is_none_or(|scope| path.starts_with(scope)) {
            at_hand.entry(track).or_insert_with(|| (path.to_owned(), record.tags));
        }
    })?;
    let failures = view.failures()?.into_iter();
    let failed = failures.filter(|(_, name, _)| name.is_empty() || *name == space.name);
    let failed: HashSet<_> = failed.map(|(path, _, _)| path).collect();
    let reduced = if whole || space.name == mfcc::NAME { None } else { reduced(view, space)? };
    let is_reduced = reduced.is_some();
    let mut vectors = reduced.map_or_else(|| view.vectors(space), Ok)?;
    let has_sounds = space.name == mfcc::NAME;
    let mut known = view.tracks()?;
    let (mut tracks, mut wanted) = (BTreeMap::new(), 0);
    for (number, (path, tags)) in at_hand {
        let vector = vectors.remove(&number);
        wanted += usize::from(vector.is_some() || !failed.contains(&path));
        if let (Some(vector), Some(record)) = (vector, known.remove(&number)) {
            let sound = if has_sounds { sound(&vector) } else { None };
            let selected = Selected { number, path, tags, seconds: record.seconds, vector, sound };
            tracks.insert(record.content, selected);
        }
    }
    let coverage = tracks.len() as f64 / wanted.max(1) as f64;
    Ok(Selection { tracks, coverage, is_reduced, has_sounds })
}

impl Selection {
    /// A track's number, its tags, and how it sounds where the vectors say that.
    pub fn known(&self, content: &ContentId) -> (TrackNumber, &Tags, Option<Sound>) {
        let track = &self.tracks[content];
        (track.number, &track.tags, track.sound)
    }

    /// The content of a track, if it is selected.
    pub fn content(&self, number: TrackNumber) -> Option<ContentId> {
        self.tracks.iter().find(|(_, track)| track.number == number).map(|(content, _)| *content)
    }

    /// Hands out the vectors by content; at 100 000 tracks a second copy would be seen.
    pub fn take_rows(&mut self) -> Vec<(ContentId, Vec<f32>)> {
        self.tracks.iter_mut().map(|(content, track)| (*content, take(&mut track.vector))).collect()
    }

    /// One of the selected tracks as a song.
    pub fn song(&self, content: &ContentId, distance: f32) -> Song {
        let track = &self.tracks[content];
        Song {
            content: *content,
            path: track.path.clone(),
            tags: track.tags.clone(),
            seconds: track.seconds,
            distance,
        }
    }
}
