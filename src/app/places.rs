//! Which of several places of a song its playlist names.

use std::{cmp::Reverse, path::Path};

use crate::library::is_discarded;
use crate::store::SongPlaces;
use crate::track::ContentId;

/// The best of several places of a song, of which there is at least one: none in a recycle bin or snapshot if there is
/// another, the one where it was, the nearest to that, the first.
pub(crate) fn best_place(past: &SongPlaces, song: &ContentId, places: &[&Path]) -> usize {
    let past = past.of(song);
    let rank = |place: &Path| {
        let was_there = past.as_ref().is_some_and(|(_, was_at)| was_at(place));
        let shared = past.as_ref().map_or(0, |(folder, _)| shared_folders(folder, place));
        (is_discarded(place), !was_there, Reverse(shared))
    };
    let best = places.iter().enumerate().min_by_key(|(number, place)| (rank(place), *number));
    best.map_or(0, |(number, _)| number)
}

/// How many folders, from the root on, lead to both.
fn shared_folders(folder: &Path, file: &Path) -> usize {
    folder.components().zip(file.components()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{digest::Digest, library::DISCARDED, store::Playlists};

    const SONG: ContentId = ContentId { recipe: 1, digest: Digest([7; 32]) };

    fn past(path: &str) -> SongPlaces {
        let folder = tempfile::tempdir().unwrap();
        let (database, _) = Playlists::open(folder.path()).unwrap();
        database.keep_places("library", &[], &[(&SONG, Path::new(path))]).unwrap();
        database.places("library").unwrap()
    }

    fn best<'a>(past: &SongPlaces, places: &[&'a str]) -> &'a str {
        places[best_place(past, &SONG, &places.iter().map(Path::new).collect::<Vec<_>>())]
    }

    #[test]
    fn a_song_stays_where_it_was_among_any_others() {
        assert_eq!(best(&past("/m/b/x"), &["/m/a/x", "/m/b/w", "/m/b/x", "/m/c/x"]), "/m/b/x");
        assert_eq!(best(&SongPlaces::default(), &["/m/a/x", "/m/b/x"]), "/m/a/x");
    }

    #[test]
    fn a_song_that_moved_is_taken_nearest_to_where_it_was() {
        let past = past("/m/Albums/Blue/x");
        for (places, expected) in [
            (["/m/A/x", "/m/Albums/Best of/x", "/m/Albums/Blue (1971)/x"], "/m/Albums/Best of/x"),
            (["/m/A/x", "/m/Albums/Blue/CD1/x", "/m/Albums/x"], "/m/Albums/Blue/CD1/x"),
            (["/m/A/x", "/m/Albums/Blue/X", "/n/Albums/Blue/x"], "/m/Albums/Blue/X"),
        ] {
            assert_eq!(best(&past, &places), expected);
        }
    }

    #[test]
    fn the_bins_are_those_of_the_configuration() {
        assert_eq!(crate::config::Config::default().library.discarded, DISCARDED);
    }

    #[test]
    fn a_bin_is_taken_only_where_nothing_else_is() {
        assert_eq!(best(&past("/m/#recycle/x"), &["/m/#recycle/x", "/m/a/x"]), "/m/a/x");
        assert_eq!(best(&past("/m/#recycle/x"), &["/m/.Trash-1000/x", "/m/#recycle/x"]), "/m/#recycle/x");
        assert_eq!(best(&SongPlaces::default(), &["/m/#recycle/x"]), "/m/#recycle/x");
    }
}
