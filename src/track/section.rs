//! A song that is a part of an audio file: an album in one file, divided by a cue sheet.

use std::ffi::OsString;

use serde::{Deserialize, Serialize};

use super::tags::Tags;

/// A song of an album in one file, as a cue sheet gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Section {
    /// The name of the cue sheet beside the audio file that leads to it; none if the sheet is in the file's own tags, or calls
    /// the file by another name.
    pub sheet: Option<OsString>,
    /// Its place among the audio tracks of the sheet, from 1.
    pub number: u16,
    /// Where it lies in the file.
    pub extent: Extent,
    /// What the sheet says of the song.
    pub tags: Tags,
}

/// A part of a recording, in frames of a compact disc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Extent {
    /// Its first frame.
    pub start: u32,
    /// The frame behind its last one; none: it goes to the end.
    pub end: Option<u32>,
}

impl Extent {
    /// Frames in a second.
    pub(crate) const RATE: u32 = 75;

    /// Seconds from the start of the recording to that of the part.
    pub(crate) fn start_seconds(self) -> f64 {
        f64::from(self.start) / f64::from(Self::RATE)
    }

    /// Seconds from the start of the recording to the end of the part; none where that is the end of the recording.
    pub(crate) fn end_seconds(self) -> Option<f64> {
        self.end.map(|end| f64::from(end) / f64::from(Self::RATE))
    }

    /// Seconds of the part in a recording of so many seconds, where either says it.
    pub(crate) fn seconds(self, whole: Option<f64>) -> Option<f64> {
        let end = self.end_seconds().into_iter().chain(whole).reduce(f64::min)?;
        Some((end - self.start_seconds()).max(0.0))
    }
}

/// How a file of the library is divided into songs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) enum Division {
    /// It is one song, or none.
    #[default]
    Whole,
    /// A cue sheet in its tags divides it into these songs, each of which is a file of the library.
    Album(Vec<Section>),
    /// It is this song of the audio file above it: `album.flac/track0003`.
    Part(Box<Section>),
}

impl Division {
    /// The song that the file is, of an album in one file.
    pub(crate) fn section(&self) -> Option<&Section> {
        match self {
            Self::Part(section) => Some(section),
            Self::Whole | Self::Album(_) => None,
        }
    }

    /// The same, taken out.
    pub(crate) fn into_section(self) -> Option<Box<Section>> {
        match self {
            Self::Part(section) => Some(section),
            Self::Whole | Self::Album(_) => None,
        }
    }

    /// The songs into which a file is divided by its own tags.
    pub(crate) fn songs(&self) -> Option<&[Section]> {
        match self {
            Self::Album(sections) => Some(sections),
            Self::Whole | Self::Part(_) => None,
        }
    }
}

impl Section {
    /// The name that follows that of the audio file in the song's path. MPD calls songs of a cue sheet so.
    pub(crate) fn name(&self) -> String {
        format!("track{:04}", self.number)
    }

    /// The tags of the song: the sheet's, and where they are silent those of the audio file that are about the album. A song
    /// without a title is called after its number.
    pub(crate) fn tags_over(&self, album: Tags) -> Tags {
        let mut tags = self.tags.clone();
        if tags.title.is_empty() {
            let number = tags.further().track.number;
            tags.title = format!("Track {}", if number > 0 { number } else { self.number });
        }
        let of_album = album.further.unwrap_or_default();
        if tags.album.is_empty() {
            tags.album = album.album;
        }
        if tags.artist.is_empty() {
            tags.artist =
                if of_album.album_artist.is_empty() { album.artist } else { of_album.album_artist.clone() };
        }
        if tags.genres.is_empty() {
            tags.genres = album.genres;
        }
        let mut further = tags.further.take().unwrap_or_default();
        if further.album_artist.is_empty() {
            further.album_artist = of_album.album_artist;
        }
        if further.composers.is_empty() {
            further.composers = of_album.composers;
        }
        further.date = further.date.or(of_album.date);
        further.album_gain = further.album_gain.or(of_album.album_gain);
        if further.disc.number == 0 {
            further.disc = of_album.disc;
        }
        tags.further = (*further != Default::default()).then_some(further);
        tags
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::{FurtherTags, Numbering, TagDate};

    #[test]
    fn a_part_ends_where_the_recording_does() {
        let extent = |start, end| Extent { start, end };
        assert_eq!(extent(75, Some(750)).seconds(Some(100.0)), Some(9.0));
        assert_eq!(extent(75, Some(750)).seconds(Some(5.0)), Some(4.0));
        assert_eq!(extent(75, None).seconds(Some(5.0)), Some(4.0));
        assert_eq!(extent(750, None).seconds(Some(5.0)), Some(0.0));
        assert_eq!(extent(75, None).seconds(None), None);
    }

    #[test]
    fn what_the_sheet_leaves_out_is_taken_from_the_file() {
        let further = FurtherTags {
            album_artist: "Band".into(),
            date: TagDate::parse("1999"),
            track: Numbering { number: 1, total: 1 },
            track_gain: Some(-3.0),
            album_gain: Some(-4.0),
            ..FurtherTags::default()
        };
        let album = Tags {
            title: "The whole album".into(),
            artist: "Band feat. Guest".into(),
            album: "Album".into(),
            genres: vec!["Jazz".into()],
            further: Some(Box::new(further)),
        };
        let section = |tags| Section { sheet: None, number: 3, extent: Extent { start: 0, end: None }, tags };
        let bare = section(Tags::default()).tags_over(album.clone());
        assert_eq!(
            (bare.title.as_str(), bare.artist.as_str(), bare.album.as_str()),
            ("Track 3", "Band", "Album")
        );
        assert_eq!(bare.genres, ["Jazz"]);
        assert_eq!((bare.further().date, bare.further().album_gain), (TagDate::parse("1999"), Some(-4.0)));
        assert_eq!(
            (bare.further().track_gain, bare.further().track.number),
            (None, 0),
            "those of the whole file"
        );
        let own =
            Tags { title: "Song".into(), artist: "Guest".into(), album: "Other".into(), ..Tags::default() };
        let tags = section(own).tags_over(album);
        assert_eq!(
            (tags.title.as_str(), tags.artist.as_str(), tags.album.as_str()),
            ("Song", "Guest", "Other")
        );
    }
}
