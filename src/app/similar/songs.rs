//! What is known of a few songs, and whether they may be in an answer.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rayon::{iter::ParallelIterator, slice::ParallelSlice};

use super::file_index::FileIndex;
use crate::app::cluster::request::Filters;
use crate::app::cluster::sounds::sounds;
use crate::app::cluster::tracks::in_root;
use crate::app::places::best_place;
use crate::file::{FileRecord, FileStamp};
use crate::library::Roots;
use crate::playlist::{Song, SongFile, names::Sound};
use crate::store::{SongPlaces, StoreError, View};
use crate::track::TrackNumber;

/// Songs that one thread looks for at a time.
const CHUNK: usize = 64;

/// Finds songs at their files.
pub(crate) struct SongFinder<'a> {
    view: &'a View,
    index: &'a FileIndex,
    filters: &'a Filters,
    roots: Vec<PathBuf>,
    /// Only songs under these, if there are any.
    folders: Option<Vec<PathBuf>>,
    /// How songs sound, where a filter asks for that.
    sounds: HashMap<TrackNumber, Sound>,
}

impl<'a> SongFinder<'a> {
    /// Only songs in one of the `configured` folders, if there are any, are found.
    pub(crate) fn new(
        view: &'a View,
        index: &'a FileIndex,
        filters: &'a Filters,
        configured: &[PathBuf],
    ) -> Result<Self, StoreError> {
        let roots: Vec<_> = view.roots()?.into_keys().collect();
        let folders = Roots::among(&roots, configured);
        let sounds = if filters.filter.tempo.is_some() { sounds(view)? } else { HashMap::new() };
        Ok(Self { view, index, filters, roots, folders, sounds })
    }

    /// Those of the tracks that lie on the disk and pass the filters, in the order in which they are given.
    pub(crate) fn passing(&self, tracks: &[TrackNumber]) -> Result<Vec<(TrackNumber, Song)>, StoreError> {
        self.songs(
            tracks,
            |path, file| self.may_be(path, file),
            |track, song, stamp| {
                let sound = self.sounds.get(&track).copied();
                self.filters.filter.passes(&song.tags(), song.seconds, stamp.changed(), sound)
            },
        )
    }

    /// Those that are or were in the library.
    pub(crate) fn known(&self, tracks: &[TrackNumber]) -> Result<Vec<(TrackNumber, Song)>, StoreError> {
        self.songs(tracks, |_, _| true, |_, _, _| true)
    }

    fn may_be(&self, path: &Path, file: &FileRecord) -> bool {
        let is_in = |folders: &Vec<PathBuf>| folders.iter().any(|folder| path.starts_with(folder));
        let exclude = &self.filters.exclude;
        file.missing.is_none()
            && self.folders.as_ref().is_none_or(is_in)
            && (exclude.is_empty() || !exclude.matches(in_root(path, &self.roots)))
    }

    fn songs(
        &self,
        tracks: &[TrackNumber],
        may_be: impl Fn(&Path, &FileRecord) -> bool + Sync,
        passes: impl Fn(TrackNumber, &Song, &FileStamp) -> bool + Sync,
    ) -> Result<Vec<(TrackNumber, Song)>, StoreError> {
        let paths = self.index.paths_of(tracks.iter().copied());
        let song = |&track: &TrackNumber| {
            let mut files = Vec::new();
            for path in paths.get(&track).into_iter().flatten() {
                files
                    .extend(self.view.file(path)?.filter(|file| may_be(path, file)).map(|file| (path, file)));
            }
            let Some(record) = self.view.track(track)?.filter(|_| !files.is_empty()) else { return Ok(None) };
            let places: Vec<_> = files.iter().map(|(path, _)| path.as_path()).collect();
            let best = best_place(&SongPlaces::default(), &record.content, &places);
            let (path, file) = files.swap_remove(best);
            let (content, seconds, stamp) = (record.content, record.seconds, file.stamp);
            let song = Song { content, file: SongFile::of(path, file), seconds, distance: 0.0 };
            Ok(passes(track, &song, &stamp).then_some((track, song)))
        };
        let of_chunk =
            |tracks: &[TrackNumber]| tracks.iter().map(song).collect::<Result<Vec<_>, StoreError>>();
        let chunks = tracks.par_chunks(CHUNK).map(of_chunk).collect::<Result<Vec<_>, _>>()?;
        Ok(chunks.into_iter().flatten().flatten().collect())
    }
}
