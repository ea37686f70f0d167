//! Where the songs of a set were last written, so that a song that lies at several places stays at one.
//!
//! Only marks of paths are kept, for every song: that it will lie at several places one day is not known before. The
//! path that belongs to a mark is among those of the library, which knows missing files too.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::records::RunPlaylist;
use super::{Playlists, rows};
use crate::store::{StoreError, record::Record, tables::PLACES};

/// The beginning of a digest: enough to tell the songs of a library, and their paths, apart.
pub(crate) type Mark = [u8; 8];

/// Songs with their paths, ascending.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct SongPlaces(Vec<(Mark, Mark)>);

impl Record for SongPlaces {}

impl Playlists {
    /// Keeps the places of the songs in `lists`: those of `written`, and for songs that are absent those from before.
    pub(crate) fn keep_places(
        &self,
        set: &str,
        lists: &[RunPlaylist],
        written: impl IntoIterator<Item = (Mark, Mark)>,
    ) -> Result<(), StoreError> {
        let before = SongPlaces(self.places(set)?);
        let mut places: Vec<_> = written.into_iter().collect();
        let is_written: HashSet<Mark> = places.iter().map(|(song, _)| *song).collect();
        let absent: HashSet<Mark> =
            lists.iter().flat_map(|list| &list.absent).map(|song| song.digest.mark()).collect();
        let is_kept = |song: &Mark| absent.contains(song) && !is_written.contains(song);
        places.extend(before.0.iter().filter(|(song, _)| is_kept(song)));
        places.sort_unstable();
        places.dedup_by_key(|(song, _)| *song);
        let places = SongPlaces(places);
        if places == before {
            return Ok(());
        }
        self.write(|write| rows::put(write, PLACES, &set, &places))
    }

    /// The marks of songs with those of the paths under which they were last written; none in a store of before. A row
    /// that is damaged is written anew by the next run.
    pub(crate) fn places(&self, set: &str) -> Result<Vec<(Mark, Mark)>, StoreError> {
        self.reading(|read| {
            let places: Option<Result<SongPlaces, _>> = rows::get(read, PLACES, &set)?;
            Ok(places.and_then(Result::ok).unwrap_or_default().0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{digest::Digest, track::ContentId};

    #[test]
    fn an_absent_song_keeps_its_place_and_one_that_has_gone_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let (database, _) = Playlists::open(folder.path()).unwrap();
        assert_eq!(database.places("library").unwrap(), [], "a store of before has none");
        let absent = ContentId { recipe: 1, digest: Digest([1; 32]) };
        let list = |absent: &[ContentId]| {
            vec![RunPlaylist { id: 0, name: "Calm".into(), members: vec![], absent: absent.to_vec() }]
        };
        let place = |song: u8, path: u8| ([song; 8], [path; 8]);
        database.keep_places("library", &list(&[]), [place(2, 20), place(1, 10)]).unwrap();
        assert_eq!(database.places("library").unwrap(), [place(1, 10), place(2, 20)]);
        database.keep_places("library", &list(&[absent]), [place(3, 30)]).unwrap();
        assert_eq!(database.places("library").unwrap(), [place(1, 10), place(3, 30)]);
        assert_eq!(database.places("party").unwrap(), []);
        database.forget("library").unwrap();
        assert_eq!(database.places("library").unwrap(), []);
    }
}
