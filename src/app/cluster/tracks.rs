//! What the store knows of tracks, in lists indexed by track number: numbers are dense, and maps would take
//! most of the time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::request::Filters;
use crate::app::places::best_place;
use crate::playlist::SongFile;
use crate::store::{SongPlaces, StoreError, View};
use crate::track::{ContentId, TrackNumber};

/// What is known of a recording, independent of the files that hold it.
#[derive(Clone, Copy)]
pub(crate) struct Recording {
    pub content: ContentId,
    pub seconds: f64,
    pub is_lossless: bool,
}

/// All recordings, indexed by track number.
pub(crate) fn recordings(view: &View) -> Result<Vec<Option<Recording>>, StoreError> {
    const LOSSLESS: [&str; 4] = ["flac", "alac", "pcm", "wavpack"];
    let mut recordings = Vec::new();
    view.tracks(|number, record| {
        let is_lossless = LOSSLESS.iter().any(|codec| record.codec.starts_with(codec));
        let recording = Recording { content: record.content, seconds: record.seconds, is_lossless };
        put(&mut recordings, number, recording);
    })?;
    Ok(recordings)
}

/// The files of the library, one for each track.
#[derive(Default)]
pub(crate) struct TrackFiles {
    /// Indexed by track number.
    files: Vec<Option<SongFile>>,
    /// The further ones of tracks that have several.
    others: BTreeMap<TrackNumber, Vec<SongFile>>,
    /// Tracks of which some path is excluded.
    pub excluded: BTreeSet<TrackNumber>,
    /// Where songs were before.
    pub places: SongPlaces,
}

impl TrackFiles {
    /// Those under one of the `folders`, if any are given, that are not missing. Of several paths of a track the first in the order of
    /// bytes counts until [`settle`](Self::settle) has chosen.
    pub(crate) fn of(
        view: &View,
        roots: &[PathBuf],
        folders: Option<&[PathBuf]>,
        filters: &Filters,
        places: SongPlaces,
    ) -> Result<Self, StoreError> {
        let mut files = Self { places, ..Self::default() };
        view.files(|path, record| {
            let Some(track) = record.track else { return };
            let is_outside = |folders: &[PathBuf]| !folders.iter().any(|folder| path.starts_with(folder));
            if record.missing.is_some() || folders.is_some_and(is_outside) {
                return;
            }
            if !filters.exclude.is_empty() && filters.exclude.matches(in_root(path, roots)) {
                files.excluded.insert(track);
                return;
            }
            let file = filters.filter.file(path, record);
            match files.holds(track) {
                true => files.others.entry(track).or_default().push(file),
                false => put(&mut files.files, track, file),
            }
        })?;
        Ok(files)
    }

    /// Chooses one of the files of each track that has several.
    pub(crate) fn settle(&mut self, recordings: &[Option<Recording>]) {
        for (track, others) in std::mem::take(&mut self.others) {
            let index = track.0 as usize;
            let Some(Recording { content, .. }) = recordings.get(index).copied().flatten() else { continue };
            let mut files: Vec<_> = self.files[index].take().into_iter().chain(others).collect();
            let places: Vec<_> = files.iter().map(SongFile::path).collect();
            let best = best_place(&self.places, &content, &places);
            self.files[index] = Some(files.swap_remove(best));
        }
    }

    /// There is a file of this track.
    pub(crate) fn holds(&self, track: TrackNumber) -> bool {
        self.files.get(track.0 as usize).is_some_and(Option::is_some)
    }

    /// Takes the file of this track out.
    pub(crate) fn take(&mut self, track: TrackNumber) -> Option<SongFile> {
        self.files.get_mut(track.0 as usize)?.take()
    }

    /// Those that were not taken.
    pub(crate) fn rest(&self) -> impl Iterator<Item = &SongFile> {
        self.files.iter().flatten()
    }
}

fn put<T>(list: &mut Vec<Option<T>>, number: TrackNumber, value: T) {
    let index = number.0 as usize;
    list.resize_with(list.len().max(index + 1), || None);
    list[index] = Some(value);
}

/// A path relative to its root. Roots are not nested, so there is at most one.
pub(crate) fn in_root<'a>(path: &'a Path, roots: &[PathBuf]) -> &'a Path {
    roots.iter().find_map(|root| path.strip_prefix(root).ok()).unwrap_or(path)
}
