//! Which tracks of a space are clustered, and at which of its paths each is named.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    mem::take,
    path::{Path, PathBuf},
};

use super::{evidence::sound, filters::Filters, reduce::reduced};
use crate::{
    moment::Moment,
    playlist::{Song, names::Sound},
    space::{SpaceId, mfcc},
    store::{StoreError, View},
    track::{ContentId, Tags, TrackNumber, TrackRecord},
};

/// Tracks with all that a playlist needs of them.
pub struct Selection {
    tracks: BTreeMap<ContentId, Selected>,
    /// Tracks at hand that are in the space, from 0 to 1.
    pub coverage: f64,
    /// The vectors are those of the reduced matrix, not of the space itself.
    pub is_reduced: bool,
    /// Tracks that the filters left out.
    pub filtered: usize,
    /// The vectors say how tracks sound.
    pub has_sounds: bool,
}

struct Selected {
    number: TrackNumber,
    path: PathBuf,
    tags: Tags,
    seconds: f64,
    codec: String,
    vector: Vec<f32>,
    sound: Option<Sound>,
}

/// Selects the tracks of `space` that lie at some path, under `scope` if there is one. Of several paths
/// the first in the order of bytes that is not excluded counts: a choice that does not depend on the order of finding. Vectors of wide spaces
/// are reduced, unless they are wanted `whole`.
///
/// # Errors
/// The store cannot be read.
pub fn select(
    view: &View,
    space: &SpaceId,
    roots: &[PathBuf],
    scope: Option<&Path>,
    whole: bool,
    filters: &Filters,
) -> Result<Selection, StoreError> {
    let mut at_hand: BTreeMap<TrackNumber, At> = BTreeMap::new();
    let mut excluded = BTreeSet::new();
    view.files(|path, record| {
        let Some(track) = record.track.filter(|_| record.missing.is_none()) else { return };
        if scope.is_some_and(|scope| !path.starts_with(scope)) {
            return;
        }
        if !filters.exclude.is_empty() && filters.exclude.matches(in_root(path, roots)) {
            excluded.insert(track);
            return;
        }
        at_hand.entry(track).or_insert_with(|| At {
            path: path.to_owned(),
            tags: record.tags,
            changed: Moment::from_second(record.stamp.mtime.div_euclid(1_000_000_000)),
        });
    })?;
    let failures = view.failures()?.into_iter();
    let failed = failures.filter(|(_, name, _)| name.is_empty() || *name == space.name);
    let failed: HashSet<_> = failed.map(|(path, _, _)| path).collect();
    let reduced = if whole || space.name == mfcc::NAME { None } else { reduced(view, space)? };
    let is_reduced = reduced.is_some();
    let mut vectors = reduced.map_or_else(|| view.vectors(space), Ok)?;
    let has_sounds = space.name == mfcc::NAME;
    let is_left_out = |track: &&TrackNumber| !at_hand.contains_key(track) && vectors.contains_key(track);
    let mut filtered = excluded.iter().filter(is_left_out).count();
    let mut known = view.tracks()?;
    let (mut tracks, mut wanted, mut covered) = (BTreeMap::new(), 0, 0);
    for (number, At { path, tags, changed }) in at_hand {
        let vector = vectors.remove(&number);
        wanted += usize::from(vector.is_some() || !failed.contains(&path));
        let (Some(vector), Some(TrackRecord { content, codec, seconds, .. })) =
            (vector, known.remove(&number))
        else {
            continue;
        };
        covered += 1;
        if !filters.filter.passes(&tags, seconds, changed) {
            filtered += 1;
            continue;
        }
        let sound = if has_sounds { sound(&vector) } else { None };
        tracks.insert(content, Selected { number, path, tags, seconds, codec, vector, sound });
    }
    let coverage = f64::from(covered) / wanted.max(1) as f64;
    Ok(Selection { tracks, coverage, is_reduced, filtered, has_sounds })
}

/// One path of a track.
struct At {
    path: PathBuf,
    tags: Tags,
    /// When the file was written last.
    changed: Option<Moment>,
}

/// A path as seen from its root: of nested ones there are none.
fn in_root<'a>(path: &'a Path, roots: &[PathBuf]) -> &'a Path {
    roots.iter().find_map(|root| path.strip_prefix(root).ok()).unwrap_or(path)
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

    /// The length of a track in seconds, and how good its encoding is: the smaller the better.
    pub fn encoding(&self, content: &ContentId) -> (f64, bool) {
        const LOSSLESS: [&str; 4] = ["flac", "alac", "pcm", "wavpack"];
        let track = &self.tracks[content];
        (track.seconds, !LOSSLESS.iter().any(|codec| track.codec.starts_with(codec)))
    }

    /// Leaves tracks out that turned out not to be wanted.
    pub fn leave_out(&mut self, contents: &HashSet<ContentId>) {
        contents.iter().for_each(|content| drop(self.tracks.remove(content)));
        self.filtered += contents.len();
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
