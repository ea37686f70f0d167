//! Which tracks of a space are clustered, and at which of its paths each is named.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use rayon::slice::ParallelSliceMut;

use super::{
    facts::sound,
    request::Filters,
    tracks::{At, Files, Recording, recordings},
};
use crate::{
    app::reduction::reduced,
    playlist::{Song, names::Sound},
    space::{SpaceId, basis::WIDTH, mfcc},
    store::{StoreError, View},
    track::{ContentId, Tags, TrackNumber},
};

/// Tracks with all that a playlist needs of them.
pub struct Selection {
    /// Ascending by content.
    tracks: Vec<Selected>,
    vectors: Vectors,
    /// Tracks at hand that are in the space, from 0 to 1.
    pub coverage: f64,
    /// Tracks that the filters left out.
    pub filtered: usize,
    /// The vectors say how tracks sound.
    pub has_sounds: bool,
}

struct Selected {
    content: ContentId,
    number: TrackNumber,
    path: PathBuf,
    tags: Tags,
    seconds: f64,
    is_lossless: bool,
    /// Of its vector.
    place: usize,
    sound: Option<Sound>,
}

/// Of wide spaces the reduced ones, end to end: a million small vectors would take as long to make as all else.
enum Vectors {
    Reduced(Vec<f32>),
    Whole(Vec<Vec<f32>>),
}

impl Vectors {
    /// The vectors of a space and whose they are, ascending; of a wide space reduced, unless they are wanted `whole`.
    fn of(view: &View, space: &SpaceId, whole: bool) -> Result<(Vec<TrackNumber>, Self), StoreError> {
        let reduced = if whole || space.name == mfcc::NAME { None } else { reduced(view, space)? };
        if let Some(reduced) = reduced {
            return Ok((reduced.tracks, Self::Reduced(reduced.values)));
        }
        let (tracks, rows) = view.vectors(space)?.into_iter().unzip();
        Ok((tracks, Self::Whole(rows)))
    }

    fn at(&self, place: usize) -> &[f32] {
        match self {
            Self::Reduced(values) => &values[place * WIDTH..][..WIDTH],
            Self::Whole(rows) => &rows[place],
        }
    }
}

/// Selects the tracks of `space` that lie at some path, under `scope` if there is one. Of several paths
/// the first in the order of bytes that is not excluded counts: a choice that does not depend on the order of finding.
/// Vectors of wide spaces are reduced, unless they are wanted `whole`.
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
    let (files, (vectors, recordings)) = rayon::join(
        || Files::of(view, roots, scope, filters),
        || (Vectors::of(view, space, whole), recordings(view)),
    );
    let (mut files, (numbers, vectors), recordings) = (files?, vectors?, recordings?);
    let failures = view.failures()?.into_iter();
    let failed = failures.filter(|(_, name, _)| name.is_empty() || *name == space.name);
    let failed: HashSet<_> = failed.map(|(path, _, _)| path).collect();
    let has_sounds = space.name == mfcc::NAME;
    let has_vector = |track: &TrackNumber| numbers.binary_search(track).is_ok();
    let is_left_out = |track: &&TrackNumber| !files.holds(**track) && has_vector(track);
    let mut filtered = files.excluded.iter().filter(is_left_out).count();
    let mut tracks = Vec::with_capacity(numbers.len());
    let (mut wanted, mut covered) = (0, 0);
    for (place, number) in numbers.into_iter().enumerate() {
        let Some(At { path, tags, changed }) = files.take(number) else { continue };
        wanted += 1;
        let recording = recordings.get(number.0 as usize).copied().flatten();
        let Some(Recording { content, seconds, is_lossless }) = recording else { continue };
        covered += 1;
        if !filters.filter.passes(&tags, seconds, changed) {
            filtered += 1;
            continue;
        }
        let sound = if has_sounds { sound(vectors.at(place)) } else { None };
        tracks.push(Selected { content, number, path, tags, seconds, is_lossless, place, sound });
    }
    wanted += files.rest().filter(|at| !failed.contains(&at.path)).count();
    tracks.par_sort_unstable_by_key(|track| track.content);
    let coverage = f64::from(covered) / wanted.max(1) as f64;
    Ok(Selection { tracks, vectors, coverage, filtered, has_sounds })
}

impl Selection {
    /// Where some of the tracks stand in it; both are ascending.
    pub fn places(&self, contents: &[ContentId]) -> Vec<usize> {
        let mut place = 0;
        let place_of = |content: &ContentId| {
            while self.tracks[place].content != *content {
                place += 1;
            }
            place
        };
        contents.iter().map(place_of).collect()
    }

    /// There is no track.
    pub fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    /// The number of the track at this place, its tags, and how it sounds where the vectors say that.
    pub fn known(&self, place: usize) -> (TrackNumber, &Tags, Option<Sound>) {
        let track = &self.tracks[place];
        (track.number, &track.tags, track.sound)
    }

    /// The content of a track, if it is selected.
    pub fn content(&self, number: TrackNumber) -> Option<ContentId> {
        self.tracks.iter().find(|track| track.number == number).map(|track| track.content)
    }

    /// The lengths of all tracks in seconds, and how good their encodings are: the smaller the better.
    pub fn encodings(&self) -> (Vec<f64>, Vec<bool>) {
        self.tracks.iter().map(|track| (track.seconds, !track.is_lossless)).unzip()
    }

    /// Leaves tracks out that turned out not to be wanted.
    pub fn leave_out(&mut self, contents: &HashSet<ContentId>) {
        self.tracks.retain(|track| !contents.contains(&track.content));
        self.filtered += contents.len();
    }

    /// The vectors by content, ascending.
    pub fn rows(&self) -> Vec<(ContentId, &[f32])> {
        self.tracks.iter().map(|track| (track.content, self.vectors.at(track.place))).collect()
    }

    /// The vectors are those of the reduced matrix, not of the space itself.
    pub fn is_reduced(&self) -> bool {
        matches!(self.vectors, Vectors::Reduced(_))
    }

    /// Lets go of the vectors: at a million tracks they are half of the memory.
    pub fn forget_vectors(&mut self) {
        self.vectors = Vectors::Whole(vec![]);
    }

    /// The track at this place as a song.
    pub fn song(&self, place: usize, distance: f32) -> Song {
        let track = &self.tracks[place];
        Song {
            content: track.content,
            path: track.path.clone(),
            tags: track.tags.clone(),
            seconds: track.seconds,
            distance,
        }
    }
}
