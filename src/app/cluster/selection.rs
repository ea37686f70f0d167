//! Which tracks of a space are grouped, and under which of its paths each is listed.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use ndarray::Array2;
use rayon::slice::ParallelSliceMut;

use super::combination::Combination;
use super::request::Filters;
use super::sounds::{sound_of, sounds};
use super::tracks::{Recording, TrackFiles, recordings};
use crate::space::{SpaceId, basis::WIDTH};
use crate::store::SongPlaces;
use crate::store::{StoreError, View};
use crate::track::{ContentId, TrackNumber};
use crate::{
    app::reduction::reduced, extract::traits_of, playlist::Song, playlist::SongFile, playlist::names::Sound,
};

/// Tracks with all that a playlist needs of them.
pub(crate) struct Selection {
    /// Ascending by content.
    pub tracks: Vec<SelectedTrack>,
    /// Of each space that is compared.
    vectors: Vec<SelectedVectors>,
    /// The part of the tracks on the disk that are in the space, from 0 to 1.
    pub coverage: f64,
    /// Tracks that the filters left out.
    pub filtered: usize,
    /// Tracks have been told how they sound: tempo and brightness.
    pub has_sounds: bool,
    /// Where songs were before.
    pub places: SongPlaces,
}

/// One track of a [`Selection`].
pub(crate) struct SelectedTrack {
    pub content: ContentId,
    pub number: TrackNumber,
    /// The best of its files.
    pub file: SongFile,
    pub seconds: f64,
    pub is_lossless: bool,
    /// The number of its vector, in each of the spaces.
    vector: u32,
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

    /// The vectors of several spaces for the tracks that are in all of them.
    fn of_all(
        view: &View,
        spaces: &Combination,
        whole: bool,
    ) -> Result<(Vec<TrackNumber>, Vec<Self>), StoreError> {
        let parts = spaces.0.iter().map(|(space, _)| Self::of(view, space, whole));
        let mut parts: Vec<_> = parts.collect::<Result<_, _>>()?;
        if parts.len() == 1 {
            let (numbers, vectors) = parts.remove(0);
            return Ok((numbers, vec![vectors]));
        }
        let mut common = parts[0].0.clone();
        common.retain(|track| parts.iter().all(|(numbers, _)| numbers.binary_search(track).is_ok()));
        let vectors = parts.into_iter().map(|(numbers, vectors)| {
            let places = common.iter().map(|track| numbers.binary_search(track).expect("all have it"));
            vectors.only(places)
        });
        let vectors = vectors.collect();
        Ok((common, vectors))
    }

    /// Some of the vectors.
    fn only(mut self, places: impl Iterator<Item = usize>) -> Self {
        match &mut self {
            Self::Whole(rows) => Self::Whole(places.map(|place| std::mem::take(&mut rows[place])).collect()),
            Self::Reduced(_) => Self::Reduced(places.flat_map(|place| self.at(place).to_vec()).collect()),
        }
    }

    fn at(&self, number: usize) -> &[f32] {
        match self {
            Self::Reduced(values) => &values[number * WIDTH..][..WIDTH],
            Self::Whole(rows) => &rows[number],
        }
    }
}

/// Moves the reduced vectors `rows`, of which no two are the same, to the front, and forgets the others.
fn arrange(values: &mut Vec<f32>, rows: &[u32]) {
    let count = values.len() / WIDTH;
    let mut is_wanted = vec![false; count];
    rows.iter().for_each(|row| is_wanted[*row as usize] = true);
    let others = (0..count).filter(|row| !is_wanted[*row]);
    // From where each row comes.
    let from: Vec<usize> = rows.iter().map(|row| *row as usize).chain(others).collect();
    let mut is_done = vec![false; count];
    for first in 0..rows.len() {
        if is_done[first] {
            continue;
        }
        let mut saved = [0.0; WIDTH];
        saved.copy_from_slice(&values[first * WIDTH..][..WIDTH]);
        let mut place = first;
        while from[place] != first {
            let source = from[place] * WIDTH;
            values.copy_within(source..source + WIDTH, place * WIDTH);
            is_done[place] = true;
            place = from[place];
        }
        values[place * WIDTH..][..WIDTH].copy_from_slice(&saved);
        is_done[place] = true;
    }
    values.truncate(rows.len() * WIDTH);
    values.shrink_to_fit();
}

/// Selects the tracks of all `spaces` that lie at some path, under one of the `folders` if any are given. Of several paths that are not
/// excluded the best in view of their past `places` counts, so the choice does not depend on the order in which files were
/// found. Vectors of wide spaces are reduced, unless `whole` ones are asked for.
pub(crate) fn select(
    view: &View,
    spaces: &Combination,
    roots: &[PathBuf],
    folders: Option<&[PathBuf]>,
    whole: bool,
    filters: &Filters,
    places: SongPlaces,
) -> Result<Selection, StoreError> {
    let (files, (vectors, recordings)) = rayon::join(
        || TrackFiles::of(view, roots, folders, filters, places),
        || (SelectedVectors::of_all(view, spaces, whole), recordings(view)),
    );
    let (mut files, (numbers, vectors), recordings) = (files?, vectors?, recordings?);
    files.settle(&recordings);
    let failures = view.failures()?.into_iter();
    let is_of = |name: &str| name.is_empty() || spaces.0.iter().any(|(space, _)| space.name == name);
    let failed = failures.filter(|(_, name, _)| is_of(name));
    let failed: HashSet<_> = failed.map(|(path, _, _)| path).collect();
    let tells_sound = |(space, vectors): &(&SpaceId, &SelectedVectors)| {
        matches!(vectors, SelectedVectors::Whole(_)) && traits_of(&space.name).sound.is_some()
    };
    let telling = spaces.0.iter().map(|(space, _)| space).zip(&vectors).find(tells_sound);
    let has_vector = |track: &TrackNumber| numbers.binary_search(track).is_ok();
    let is_excluded = |track: &&TrackNumber| !files.holds(**track) && has_vector(track);
    let mut filtered = files.excluded.iter().filter(is_excluded).count();
    let filter = &filters.filter;
    let sounds = match telling {
        None if filter.tempo.is_some() => sounds(view)?,
        _ => HashMap::new(),
    };
    let mut tracks = Vec::with_capacity(numbers.len());
    let (mut wanted, mut covered) = (0, 0);
    for (vector, number) in numbers.into_iter().enumerate() {
        let Some(file) = files.take(number) else { continue };
        wanted += 1;
        let recording = recordings.get(number.0 as usize).copied().flatten();
        let Some(Recording { content, seconds, is_lossless }) = recording else { continue };
        covered += 1;
        let told = telling.and_then(|(space, vectors)| sound_of(&space.name, vectors.at(vector)));
        let sound = told.or_else(|| sounds.get(&number).copied());
        if !filter.passes_file(&file, seconds, sound) {
            filtered += 1;
            continue;
        }
        let (file, vector) = (file.without_filtered(), vector as u32);
        tracks.push(SelectedTrack { content, number, file, seconds, is_lossless, vector, sound });
    }
    wanted += files.rest().filter(|file| !failed.contains(file.path())).count();
    tracks.par_sort_unstable_by_key(|track| track.content);
    let coverage = f64::from(covered) / wanted.max(1) as f64;
    let has_sounds = telling.is_some() || filter.tempo.is_some();
    Ok(Selection { tracks, vectors, coverage, filtered, has_sounds, places: files.places })
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

    /// The vectors of one of the spaces by content, ascending.
    pub(crate) fn rows(&self, part: usize) -> Vec<(ContentId, &[f32])> {
        let vectors = &self.vectors[part];
        self.tracks.iter().map(|track| (track.content, vectors.at(track.vector as usize))).collect()
    }

    /// The vectors of one of the spaces are those of the reduced matrix, not of the space itself.
    pub(crate) fn is_reduced(&self, part: usize) -> bool {
        matches!(self.vectors[part], SelectedVectors::Reduced(_))
    }

    /// Takes the reduced vectors of one of the spaces out, in the order of the tracks; none if they are whole. They are put in
    /// order where they lie: with a million tracks they take half of the memory.
    pub(crate) fn take_reduced(&mut self, part: usize) -> Option<Array2<f32>> {
        let SelectedVectors::Reduced(values) = &mut self.vectors[part] else { return None };
        let mut values = std::mem::take(values);
        let rows: Vec<_> = self.tracks.iter().map(|track| track.vector).collect();
        arrange(&mut values, &rows);
        Some(Array2::from_shape_vec((rows.len(), WIDTH), values).expect("rows of one width"))
    }

    /// Frees the vectors.
    pub(crate) fn drop_vectors(&mut self) {
        self.vectors.clear();
    }

    /// The track at this position as a song.
    pub(crate) fn song(&self, position: usize, distance: f32) -> Song {
        let track = &self.tracks[position];
        Song { content: track.content, file: track.file.clone(), seconds: track.seconds, distance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_put_in_order_where_they_lie() {
        let row = |number: u32| [number as f32; WIDTH];
        for rows in [vec![], vec![3], vec![4, 2, 0, 1, 3], vec![1, 0, 4], vec![0, 1, 2, 3, 4], vec![4, 3]] {
            let mut values: Vec<f32> = (0..5).flat_map(row).collect();
            arrange(&mut values, &rows);
            assert_eq!(values, rows.iter().copied().flat_map(row).collect::<Vec<_>>(), "{rows:?}");
        }
    }
}
