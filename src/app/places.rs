//! Which of several places of a song its playlist names.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::{os::unix::ffi::OsStrExt, path::Path, path::PathBuf};

use crate::digest::Digest;
use crate::library::is_discarded;
use crate::store::{Mark, Playlists, StoreError};
use crate::{playlist::Song, track::ContentId};

/// Where the songs of a set were last written.
#[derive(Clone, Default)]
pub(crate) struct PastPlaces {
    /// Marks of paths by those of songs.
    of_songs: HashMap<Mark, Mark>,
    paths: HashSet<Mark>,
    /// Paths that were written and where a song cannot be taken now, by their marks.
    left: HashMap<Mark, PathBuf>,
}

/// A song with its place as they are kept.
pub(crate) fn marks(song: &Song) -> (Mark, Mark) {
    (song.content.digest.mark(), mark(&song.path))
}

fn mark(path: &Path) -> Mark {
    Digest::of(path.as_os_str().as_bytes()).mark()
}

impl PastPlaces {
    /// Those of a set.
    pub(crate) fn of(database: &Playlists, set: &str) -> Result<Self, StoreError> {
        let of_songs: HashMap<_, _> = database.places(set)?.into_iter().collect();
        let paths = of_songs.values().copied().collect();
        Ok(Self { of_songs, paths, left: HashMap::new() })
    }

    /// Notes a path at which no song can be taken now: what was there is looked for near it.
    pub(crate) fn leave(&mut self, path: &Path) {
        if self.paths.is_empty() {
            return;
        }
        let mark = mark(path);
        if self.paths.contains(&mark) {
            self.left.insert(mark, path.to_owned());
        }
    }

    /// The best of several places of a song, of which there is at least one: none in a recycle bin or snapshot if there is
    /// another, the one where it was, the nearest to that, the first.
    pub(crate) fn best(&self, song: &ContentId, places: &[&Path]) -> usize {
        let past = self.of_songs.get(&song.digest.mark());
        let left = past.and_then(|past| self.left.get(past));
        let rank = |place: &Path| {
            let was_there = past.is_some_and(|past| *past == mark(place));
            let shared = left.map_or(0, |left| shared_folders(left, place));
            (is_discarded(place), !was_there, Reverse(shared))
        };
        let best = places.iter().enumerate().min_by_key(|(number, place)| (rank(place), *number));
        best.map_or(0, |(number, _)| number)
    }
}

/// How many folders, from the root on, lead to both paths.
fn shared_folders(a: &Path, b: &Path) -> usize {
    a.components().zip(b.components()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SONG: ContentId = ContentId { recipe: 1, digest: Digest([7; 32]) };

    fn past(path: &str) -> PastPlaces {
        let (song, path) = (SONG.digest.mark(), mark(Path::new(path)));
        PastPlaces { of_songs: [(song, path)].into(), paths: [path].into(), left: HashMap::new() }
    }

    fn best<'a>(past: &PastPlaces, places: &[&'a str]) -> &'a str {
        places[past.best(&SONG, &places.iter().map(Path::new).collect::<Vec<_>>())]
    }

    #[test]
    fn a_song_stays_where_it_was_among_any_others() {
        assert_eq!(best(&past("/m/b/x"), &["/m/a/x", "/m/b/x", "/m/c/x"]), "/m/b/x");
        assert_eq!(best(&PastPlaces::default(), &["/m/a/x", "/m/b/x"]), "/m/a/x");
    }

    #[test]
    fn a_song_that_moved_is_taken_nearest_to_where_it_was() {
        let mut past = past("/m/Albums/Blue/x");
        let places = ["/m/A/x", "/m/Albums/Best of/x", "/m/Albums/Blue (1971)/x"];
        assert_eq!(best(&past, &places), "/m/A/x", "its path is not known any more");
        past.leave(Path::new("/m/else"));
        past.leave(Path::new("/m/Albums/Blue/x"));
        assert_eq!(best(&past, &places), "/m/Albums/Best of/x");
        assert_eq!(best(&past, &["/m/A/x", "/m/Albums/Blue/CD1/x", "/m/Albums/x"]), "/m/Albums/Blue/CD1/x");
    }

    #[test]
    fn a_bin_is_taken_only_where_nothing_else_is() {
        assert_eq!(best(&past("/m/#recycle/x"), &["/m/#recycle/x", "/m/a/x"]), "/m/a/x");
        assert_eq!(best(&past("/m/#recycle/x"), &["/m/#recycle/x", "/m/.Trash-1000/x"]), "/m/#recycle/x");
        assert_eq!(best(&PastPlaces::default(), &["/m/#recycle/x"]), "/m/#recycle/x");
    }
}
