//! Which tracks of a space are grouped, and under which of its paths each is listed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rayon::slice::ParallelSliceMut;

use super::request::Filters;
use super::tracks::{Recording, TrackFile, TrackFiles, recordings};
use crate::space::{SpaceId, basis::WIDTH};
use crate::store::SongPlaces;
use crate::store::{StoreError, View};
use crate::track::{ContentId, Tags, TrackNumber};
use crate::{app::reduction::reduced, extract::traits_of, playlist::Song, playlist::names::Sound};

/// Tracks with all that a playlist needs of them.
pub(crate) struct Selection {
    /// Ascending by content.
    pub tracks: Vec<SelectedTrack>,
    vectors: SelectedVectors,
    /// The part of the tracks on the disk that are in the space, from 0 to 1.
    pub coverage: f64,
    /// Tracks that the filters left out.
    pub filtered: usize,
    /// The vectors say how tracks sound: tempo and brightness.
    pub has_sounds: bool,
    /// Where songs were before.
    pub places: SongPlaces,
}

/// One track of a [`Selection`].
pub(crate) struct SelectedTrack {
    pub content: ContentId,
    pub number: TrackNumber,
    path: PathBuf,
    pub tags: Tags,
    pub seconds: f64,
    pub is_lossless: bool,
    /// The number of its vector.
    vector: usize,
    /// Where the vectors say that.
    pub sound: Option<Sound>,
}

enum SelectedVectors {
    /// Those of wide spaces, end to end: to allocate a million small vectors would take as long as all the rest.
    Reduced(Vec<f32>),
    Whole(Vec<Vec<f32>>),
}

impl SelectedVectors {
    /// The vectors of a space with the numbers of their tracks, ascending. Those of a wide space are reduced,
    /// unless `whole` ones are asked for.
    fn of(view: &View, space: &SpaceId, whole: bool) -> Result<(Vec<TrackNumber>, Self), StoreError> {
        let reduced = if whole { None } else { reduced(view, space)? };
        if let Some(reduced) = reduced {
            return Ok((reduced.tracks, Self::Reduced(reduced.values)));
        }
        let (tracks, rows) = view.vectors(space)?.into_iter().unzip();
        Ok((tracks, Self::Whole(rows)))
    }

    fn at(&self, number: usize) -> &[f32] {
        match self {
            Self::Reduced(values) => &values[number * WIDTH..][..WIDTH],
            Self::Whole(rows) => &rows[number],
        }
    }
}

/// Selects the tracks of `space` that lie at some path, under `scope` if there is one. Of several paths that are not
/// excluded the best in view of their past `places` counts, so the choice does not depend on the order in which files were
/// found. Vectors of wide spaces are reduced, unless `whole` ones are asked for.
pub(crate) fn select(
    view: &View,
    space: &SpaceId,
    roots: &[PathBuf],
    scope: Option<&Path>,
    whole: bool,
    filters: &Filters,
    places: SongPlaces,
) -> Result<Selection, StoreError> {
    let (files, (vectors, recordings)) = rayon::join(
        || TrackFiles::of(view, roots, scope, filters, places),
        || (SelectedVectors::of(view, space, whole), recordings(view)),
    );
    let (mut files, (numbers, vectors), recordings) = (files?, vectors?, recordings?);
    files.settle(&recordings);
    let failures = view.failures()?.into_iter();
    let failed = failures.filter(|(_, name, _)| name.is_empty() || *name == space.name);
    let failed: HashSet<_> = failed.map(|(path, _, _)| path).collect();
    let is_whole = matches!(vectors, SelectedVectors::Whole(_));
    let has_sounds = is_whole && traits_of(space).sound.is_some();
    let has_vector = |track: &TrackNumber| numbers.binary_search(track).is_ok();
    let is_excluded = |track: &&TrackNumber| !files.holds(**track) && has_vector(track);
    let mut filtered = files.excluded.iter().filter(is_excluded).count();
    let mut tracks = Vec::with_capacity(numbers.len());
    let (mut wanted, mut covered) = (0, 0);
    for (vector, number) in numbers.into_iter().enumerate() {
        let Some(TrackFile { path, tags, changed }) = files.take(number) else { continue };
        wanted += 1;
        let recording = recordings.get(number.0 as usize).copied().flatten();
        let Some(Recording { content, seconds, is_lossless }) = recording else { continue };
        covered += 1;
        if !filters.filter.passes(&tags, seconds, changed) {
            filtered += 1;
            continue;
        }
        let sound = if has_sounds { sound_of(space, vectors.at(vector)) } else { None };
        tracks.push(SelectedTrack { content, number, path, tags, seconds, is_lossless, vector, sound });
    }
    wanted += files.rest().filter(|file| !failed.contains(&file.path)).count();
    tracks.par_sort_unstable_by_key(|track| track.content);
    let coverage = f64::from(covered) / wanted.max(1) as f64;
    Ok(Selection { tracks, vectors, coverage, filtered, has_sounds, places: files.places })
}

/// How a track sounds according to its vector in `space`, if that says it.
pub(crate) fn sound_of(space: &SpaceId, vector: &[f32]) -> Option<Sound> {
    let (tempo, brightness) = traits_of(space).sound?(vector)?;
    Some(Sound { tempo, brightness })
}

impl Selection {
    /// The positions of some of the tracks in the selection; both are ascending.
    pub(crate) fn positions(&self, contents: &[ContentId]) -> Vec<usize> {
        let mut position = 0;
        let position_of = |content: &ContentId| {
            while self.tracks[position].content != *content {
                position += 1;
            }
            position
        };
        contents.iter().map(position_of).collect()
    }

    /// Leaves tracks out; they count as filtered.
    pub(crate) fn leave_out(&mut self, contents: &HashSet<ContentId>) {
        self.tracks.retain(|track| !contents.contains(&track.content));
        self.filtered += contents.len();
    }

    /// The vectors by content, ascending.
    pub(crate) fn rows(&self) -> Vec<(ContentId, &[f32])> {
        self.tracks.iter().map(|track| (track.content, self.vectors.at(track.vector))).collect()
    }

    /// The vectors are those of the reduced matrix, not of the space itself.
    pub(crate) fn is_reduced(&self) -> bool {
        matches!(self.vectors, SelectedVectors::Reduced(_))
    }

    /// Frees the vectors: with a million tracks they take half of the memory.
    pub(crate) fn drop_vectors(&mut self) {
        self.vectors = SelectedVectors::Whole(vec![]);
    }

    /// The track at this position as a song.
    pub(crate) fn song(&self, position: usize, distance: f32) -> Song {
        let track = &self.tracks[position];
        Song {
            content: track.content,
            path: track.path.clone(),
            tags: track.tags.clone(),
            seconds: track.seconds,
            distance,
        }
    }
}
