//! Which songs may be in playlists at all, and how many in each.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::{Song, SongFile, names, names::Sound, order::center};
use crate::{file::FileRecord, time::Moment, track::Tags};

/// Conditions that a song must meet. By default every song does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackFilter {
    /// The shortest length in seconds.
    pub shortest: Option<f64>,
    /// The longest length in seconds.
    pub longest: Option<f64>,
    /// Genres as [`genre_keys`] writes them; the tags must name one of them.
    pub genres: BTreeSet<String>,
    /// The slowest and the fastest tempo, in beats per minute.
    pub tempo: Option<[f64; 2]>,
    /// The first and the last year that the tags may name.
    pub years: Option<[u16; 2]>,
    /// The file was changed then or later.
    pub since: Option<Moment>,
}

impl TrackFilter {
    /// A file with what this filter asks for.
    pub(crate) fn file(&self, path: &Path, record: FileRecord) -> SongFile {
        let changed = self.since.and_then(|_| record.stamp.changed());
        SongFile::for_filter(path, record, self.years.is_some(), changed)
    }

    /// Whether a song passes whose file is of [`file`](Self::file); else as [`passes`](Self::passes).
    pub(crate) fn passes_file(&self, file: &SongFile, seconds: f64, sound: Option<Sound>) -> bool {
        // Most often there is none, and nothing need be unpacked.
        *self == Self::default() || self.passes(&file.tags(), seconds, file.changed(), sound)
    }

    /// Whether a song passes. Its length is in seconds; an unknown one (0) passes no bound, nor does an unknown sound or year.
    pub(crate) fn passes(
        &self,
        tags: &Tags,
        seconds: f64,
        changed: Option<Moment>,
        sound: Option<Sound>,
    ) -> bool {
        let has_genre =
            || tags.genres.iter().flat_map(|tag| genre_keys(tag)).any(|genre| self.genres.contains(&genre));
        self.shortest.is_none_or(|shortest| seconds >= shortest)
            && self.longest.is_none_or(|longest| seconds > 0.0 && seconds <= longest)
            && self.tempo.is_none_or(|[slowest, fastest]| {
                // Without a beat it is 0.
                sound.is_some_and(|sound| sound.tempo > 0.0 && (slowest..=fastest).contains(&sound.tempo))
            })
            && self.years.is_none_or(|[first, last]| {
                tags.further().date.is_some_and(|date| (first..=last).contains(&date.year))
            })
            && self.since.is_none_or(|since| changed.is_some_and(|changed| changed >= since))
            && (self.genres.is_empty() || has_genre())
    }
}

/// The genres that a tag names, in any spelling: `Hip-Hop/Rap` and `hip hop` have one in common.
pub(crate) fn genre_keys(tag: &str) -> Vec<String> {
    names::genres(tag).iter().map(|genre| names::genre_key(genre)).collect()
}

/// The same, each with how it is shown: (key, name).
pub(crate) fn genres_with_keys(tag: &str) -> Vec<(String, String)> {
    names::genres(tag).into_iter().map(|genre| (names::genre_key(&genre), genre)).collect()
}

/// How many songs a playlist may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListLimits {
    pub size: Option<usize>,
    /// How many of one artist; songs without an artist, or by `Various Artists`, are not limited.
    pub per_artist: Option<usize>,
}

impl ListLimits {
    /// The indices of the songs that stay, ascending: those nearest to the centre.
    pub(crate) fn keep(&self, songs: &[Song]) -> Vec<usize> {
        let mut kept: Vec<usize> = (0..songs.len()).collect();
        if *self == Self::default() {
            return kept;
        }
        kept.sort_by(|&a, &b| center::compare(&songs[a], &songs[b]));
        let mut of_artist: HashMap<String, usize> = HashMap::new();
        kept.retain(|&index| {
            let Some(most) = self.per_artist else { return true };
            let Some(artist) = artist_key(songs[index].artist()) else { return true };
            let count = of_artist.entry(artist).or_default();
            *count += 1;
            *count <= most
        });
        kept.truncate(self.size.unwrap_or(usize::MAX));
        kept.sort_unstable();
        kept
    }
}

/// What stands in place of an artist on compilations, and where nobody knows: letters and digits alone.
const NO_ARTIST: &str = "variousartists variousartist various va vvaa varios variosartistas variosinterpretes \
    artistesdivers diversartistes artistivari autorivari verschiedene verschiedeneinterpreten \
    verschiedenekünstler diverse diverseinterpreten diversekünstler diverseartiesten diverseartister разные \
    разныеисполнители unknown unknownartist unbekannt unbekannterinterpret unbekannterkünstler artisteinconnu \
    artistadesconocido artistasconosciuto неизвестныйисполнитель na none";

/// What stands in place of an album, where nobody knows it.
const NO_ALBUM: &str = "unknownalbum unknownalbumtitle unbekanntesalbum albuminconnu albumdesconocido albumsconosciuto \
    неизвестныйальбом noalbum untitled untitledalbum";

/// An artist as songs are told apart by it, in any spelling of capitals. None: the tag names nobody.
pub(crate) fn artist_key(artist: &str) -> Option<String> {
    let name = artist.trim().to_lowercase();
    is_name(&name, &[NO_ARTIST]).then_some(name)
}

/// An album as songs are told apart by it: two of one name lie in two folders. None: the tag names none.
pub(crate) fn album_key(album: &str, path: &Path) -> Option<String> {
    let name = album.trim().to_lowercase();
    let folder = path.parent().unwrap_or(path).to_string_lossy();
    is_name(&name, &[NO_ARTIST, NO_ALBUM]).then(|| format!("{folder}/{name}"))
}

/// Whether a text in small letters is the name of something, and not one of the words that stand in place of one.
fn is_name(name: &str, no_names: &[&str]) -> bool {
    let key: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    // A name of signs alone, such as `!!!`, is one.
    !name.is_empty() && !no_names.iter().any(|words| words.split_whitespace().any(|word| word == key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{digest::Digest, track::FurtherTags, track::TagDate};

    fn moment(second: i64) -> Moment {
        Moment::from_second(second).unwrap()
    }

    #[test]
    fn a_song_passes_what_is_set() {
        let further = FurtherTags { date: TagDate::parse("1994-02-01"), ..FurtherTags::default() };
        let further = Some(Box::new(further));
        let tags = Tags { genres: vec!["Hip-Hop/Rap".into()], further, ..Tags::default() };
        let genres = |tag: &str| TrackFilter {
            genres: genre_keys(tag).into_iter().collect(),
            ..TrackFilter::default()
        };
        let shortest = |seconds| TrackFilter { shortest: Some(seconds), ..TrackFilter::default() };
        let longest = |seconds| TrackFilter { longest: Some(seconds), ..TrackFilter::default() };
        let since = |second| TrackFilter { since: Some(moment(second)), ..TrackFilter::default() };
        let tempo = |tempo| TrackFilter { tempo: Some(tempo), ..TrackFilter::default() };
        let years = |first, last| TrackFilter { years: Some([first, last]), ..TrackFilter::default() };
        let sound = Some(Sound { tempo: 100.0, brightness: 2000.0 });
        for (filter, seconds, passes) in [
            (tempo([100.0, 120.0]), 1.0, true),
            (tempo([0.0, 100.0]), 1.0, true),
            (tempo([100.1, 120.0]), 1.0, false),
            (TrackFilter::default(), 0.0, true),
            (shortest(60.0), 60.0, true),
            (shortest(60.0), 59.9, false),
            (longest(60.0), 60.0, true),
            (longest(60.0), 60.1, false),
            (longest(60.0), 0.0, false),
            (genres("hip hop"), 1.0, true),
            (genres("RAP"), 1.0, true),
            (genres("Rock"), 1.0, false),
            (years(1994, 1994), 1.0, true),
            (years(0, 1993), 1.0, false),
            (years(1995, u16::MAX), 1.0, false),
            (since(100), 1.0, true),
            (since(101), 1.0, false),
        ] {
            assert_eq!(
                filter.passes(&tags, seconds, Some(moment(100)), sound),
                passes,
                "{filter:?} {seconds}"
            );
        }
        assert!(!genres("Rock").passes(&Tags::default(), 1.0, None, None));
        assert!(!years(0, u16::MAX).passes(&Tags::default(), 1.0, None, None));
        assert!(!tempo([0.0, f64::INFINITY]).passes(&Tags::default(), 1.0, None, None));
        let still = Some(Sound { tempo: 0.0, brightness: 2000.0 });
        assert!(!tempo([0.0, 100.0]).passes(&Tags::default(), 1.0, None, still));
    }

    #[test]
    fn songs_nearest_to_the_centre_stay() {
        let song = |n: u8, artist: &str, distance: f32| {
            let tags = Tags { artist: artist.into(), ..Tags::default() };
            Song { distance, ..Song::example(Digest([n; 32]), "/a", &tags) }
        };
        let songs = [
            song(0, "Ann", 0.5),
            song(1, "ann ", 0.1),
            song(2, "", 0.9),
            song(3, "Bob", 0.3),
            song(4, "Ann", 0.3),
            song(5, "", 0.2),
        ];
        for (size, per_artist, kept) in [
            (None, None, &[0_usize, 1, 2, 3, 4, 5] as &[usize]),
            (Some(2), None, &[1, 5]),
            (None, Some(1), &[1, 2, 3, 5]),
            (None, Some(2), &[1, 2, 3, 4, 5]),
            (Some(3), Some(1), &[1, 3, 5]),
            (Some(9), None, &[0, 1, 2, 3, 4, 5]),
        ] {
            assert_eq!(ListLimits { size, per_artist }.keep(&songs), kept, "{size:?} {per_artist:?}");
        }
    }

    #[test]
    fn albums_of_one_name_are_told_apart_by_their_folders() {
        let key = |album: &str, path: &str| album_key(album, Path::new(path));
        assert_eq!(key("Live", "/m/Ann/1.mp3"), key(" LIVE", "/m/Ann/2.mp3"));
        assert_ne!(key("Live", "/m/Ann/1.mp3"), key("Live", "/m/Bob/1.mp3"));
        for none in ["", " ", "Unknown Album", "<unknown>", "Various"] {
            assert_eq!(key(none, "/m/Ann/1.mp3"), None, "{none}");
        }
    }

    #[test]
    fn various_artists_are_nobody() {
        for name in [
            "Various Artists",
            "VARIOUS",
            "V.A.",
            "VA",
            "V/A",
            "VV.AA.",
            "Verschiedene Interpreten",
            "Diverse Künstler",
            "Artistes divers",
            "Unknown Artist",
            "<unknown>",
            " ",
        ] {
            assert_eq!(artist_key(name), None, "{name}");
        }
        for name in ["vampire weekend", "various production", "!!!", "ann", "a", "坂本龍一"] {
            assert_eq!(artist_key(&format!(" {}", name.to_uppercase())).as_deref(), Some(name));
        }
    }
}
