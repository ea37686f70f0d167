//! Where the songs of a set were last written, so that a song that lies at several places stays at one, or near it.
//!
//! They are kept for every song: that it will lie at several places one day is not known before. Of a path its folder is
//! kept, which many songs share, and a mark of the whole.

use std::collections::{HashMap, HashSet};
use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::records::RunPlaylist;
use super::{Playlists, rows};
use crate::digest::Digest;
use crate::store::{StoreError, record::Record, tables::PLACES};
use crate::track::ContentId;

/// The beginning of a digest: enough to tell the songs of a library, and their paths, apart.
type Mark = [u8; 8];

/// Songs with their places.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SongPlaces {
    /// The bytes of the folders, each once.
    folders: Vec<Vec<u8>>,
    /// Marks of songs, ascending, with the mark of the path and the number of the folder.
    songs: Vec<(Mark, Mark, u32)>,
}

impl Record for SongPlaces {}

fn mark_of(path: &Path) -> Mark {
    Digest::of(path.as_os_str().as_bytes()).mark()
}

impl SongPlaces {
    /// Where a song was: its folder, and whether a path is the one of before.
    pub(crate) fn of(&self, song: &ContentId) -> Option<(&Path, impl Fn(&Path) -> bool)> {
        let mark = song.digest.mark();
        let row = self.songs.binary_search_by_key(&mark, |(song, ..)| *song).ok()?;
        let (_, past, folder) = self.songs[row];
        let folder = self.folders.get(folder as usize)?;
        Some((Path::new(OsStr::from_bytes(folder)), move |path: &Path| mark_of(path) == past))
    }

    /// The places of songs with their paths, and those of `before` for songs that are `absent` now.
    fn new(written: &[(&ContentId, &Path)], absent: &HashSet<Mark>, before: &Self) -> Self {
        let marks = written.par_iter().map(|(song, path)| (song.digest.mark(), mark_of(path), 0));
        let mut songs: Vec<(Mark, Mark, u32)> = marks.collect();
        let mut folders = FolderNumbers::default();
        for ((.., number), (_, path)) in songs.iter_mut().zip(written) {
            *number = folders.number(path.parent().unwrap_or(path).as_os_str().as_bytes());
        }
        songs.par_sort_unstable();
        songs.dedup_by_key(|(song, ..)| *song);
        let is_written = |mark| songs.binary_search_by_key(mark, |(song, ..)| *song).is_ok();
        let kept = before.songs.iter().filter(|(song, ..)| absent.contains(song) && !is_written(song));
        let kept = kept.filter_map(|(song, path, folder)| {
            Some((*song, *path, folders.number(before.folders.get(*folder as usize)?)))
        });
        let kept: Vec<_> = kept.collect();
        songs.extend(kept);
        songs.sort();
        Self { folders: folders.all, songs }
    }
}

/// Gives folders their numbers.
#[derive(Default)]
struct FolderNumbers {
    numbers: HashMap<Vec<u8>, u32>,
    all: Vec<Vec<u8>>,
}

impl FolderNumbers {
    fn number(&mut self, folder: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(folder) {
            return *number;
        }
        let number = self.all.len() as u32;
        self.numbers.insert(folder.to_owned(), number);
        self.all.push(folder.to_owned());
        number
    }
}

impl Playlists {
    /// Keeps the places of the songs in `lists`: those of `written`, and for songs that are absent those from before.
    pub(crate) fn keep_places(
        &self,
        set: &str,
        lists: &[RunPlaylist],
        written: &[(&ContentId, &Path)],
    ) -> Result<(), StoreError> {
        let before = self.places(set)?;
        let absent = lists.iter().flat_map(|list| &list.absent).map(|song| song.digest.mark()).collect();
        let places = SongPlaces::new(written, &absent, &before);
        if places == before {
            return Ok(());
        }
        self.write(|write| rows::put(write, PLACES, &set, &places))
    }

    /// Where the songs of a set were last written; nowhere in a store of before. A row that is damaged is written anew by
    /// the next run.
    pub(crate) fn places(&self, set: &str) -> Result<SongPlaces, StoreError> {
        self.reading(|read| {
            let places = rows::get(read, PLACES, &set)?;
            Ok(places.and_then(Result::ok).unwrap_or_default())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn song(n: u8) -> ContentId {
        ContentId { recipe: 1, digest: Digest([n; 32]) }
    }

    #[test]
    fn an_absent_song_keeps_its_place_and_one_that_has_gone_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let (database, _) = Playlists::open(folder.path()).unwrap();
        let is_at = |n: u8, path: &str| {
            let places = database.places("library").unwrap();
            let song = song(n);
            let Some((folder, was_at)) = places.of(&song) else { return false };
            Path::new(path).parent() == Some(folder)
                && was_at(Path::new(path))
                && !was_at(Path::new("/m/other"))
        };
        assert!(!is_at(1, "/m/a/x"), "a store of before has none");
        let list = |absent: &[ContentId]| {
            vec![RunPlaylist { id: 0, name: "Calm".into(), members: vec![], absent: absent.to_vec() }]
        };
        let (one, two, three) = (song(1), song(2), song(3));
        let written = [(&two, Path::new("/m/b/y")), (&one, Path::new("/m/a/x"))];
        database.keep_places("library", &list(&[]), &written).unwrap();
        assert!(is_at(1, "/m/a/x") && is_at(2, "/m/b/y"));
        database.keep_places("library", &list(&[song(1)]), &[(&three, Path::new("/m/c/z"))]).unwrap();
        assert!(is_at(1, "/m/a/x") && is_at(3, "/m/c/z"));
        assert!(!is_at(2, "/m/b/y"));
        assert_eq!(database.places("party").unwrap(), SongPlaces::default());
        database.forget("library").unwrap();
        assert_eq!(database.places("library").unwrap(), SongPlaces::default());
    }
}
