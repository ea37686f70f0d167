//! What the tags of a file say.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a file's tags say. Absent tags are empty.
///
/// Of 100 000 songs this is held in memory, so what only a look at one song or a filter needs lies apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tags {
    /// The name of the song.
    pub title: String,
    /// The first artist.
    pub artist: String,
    /// The name of the album.
    pub album: String,
    /// All genres, numbers of ID3v1 as names.
    pub genres: Vec<String>,
    /// The rest; none where the tags say nothing of it.
    pub further: Option<Box<FurtherTags>>,
}

/// The rest of the tags: shown and filtered by, never grouped by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FurtherTags {
    /// All artists, if there is more than one.
    pub artists: Vec<String>,
    /// Whose album it is.
    pub album_artist: String,
    /// Who wrote the song.
    pub composers: Vec<String>,
    /// When it was recorded or came out.
    pub date: Option<TagDate>,
    /// Its place on its disc.
    pub track: Numbering,
    /// The place of its disc in the album.
    pub disc: Numbering,
    /// Beats per minute, as somebody wrote them down.
    pub bpm: Option<f32>,
    /// The musical key, as it is written: `Am`, `8A`.
    pub key: String,
    /// dB by which players change the loudness of the song, on the scale of ReplayGain 2 (to −18 LUFS).
    pub track_gain: Option<f32>,
    /// The same for the whole album.
    pub album_gain: Option<f32>,
}

/// A date as tags have it: a year, perhaps with a month and a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TagDate {
    /// From 1 to 9999.
    pub year: u16,
    /// From 1 to 12; 0 where none is given.
    pub month: u8,
    /// From 1 to 31; 0 where none is given.
    pub day: u8,
}

/// The number of a track or disc, and how many there are; 0 where it is not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Numbering {
    pub number: u16,
    pub total: u16,
}

impl Tags {
    /// The rest of the tags; absent ones are empty.
    pub fn further(&self) -> &FurtherTags {
        const NONE: &FurtherTags = &FurtherTags::NONE;
        self.further.as_deref().unwrap_or(NONE)
    }

    /// All artists, the first one first.
    pub fn artists(&self) -> Vec<&str> {
        match self.further().artists.as_slice() {
            [] if self.artist.is_empty() => vec![],
            [] => vec![&self.artist],
            artists => artists.iter().map(String::as_str).collect(),
        }
    }
}

impl FurtherTags {
    const NONE: Self = Self {
        artists: Vec::new(),
        album_artist: String::new(),
        composers: Vec::new(),
        date: None,
        track: Numbering { number: 0, total: 0 },
        disc: Numbering { number: 0, total: 0 },
        bpm: None,
        key: String::new(),
        track_gain: None,
        album_gain: None,
    };
}

impl TagDate {
    /// Reads `2004`, `2004-05`, `2004-05-06`, also with a time behind it or without hyphens; of any other text a year that
    /// stands in it by itself, as in `6 May 2004`. None: there is no year.
    pub fn parse(text: &str) -> Option<Self> {
        let mut groups = text.trim().split(|c: char| !c.is_ascii_digit());
        let first = groups.next().unwrap_or_default();
        let (year, month, day) = match first.len() {
            4 => (first, groups.next().unwrap_or_default(), groups.next().unwrap_or_default()),
            8 => (&first[..4], &first[4..6], &first[6..]),
            _ => (groups.find(|group| group.len() == 4)?, "", ""),
        };
        let number = |text: &str, most: u8| text.parse().ok().filter(|number| (1..=most).contains(number));
        let month = number(month, 12).unwrap_or(0);
        let day = if month > 0 { number(day.get(..2).unwrap_or(day), 31).unwrap_or(0) } else { 0 };
        let year = year.parse().ok().filter(|year| *year > 0)?;
        Some(Self { year, month, day })
    }
}

impl fmt::Display for TagDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        [self.month, self.day]
            .into_iter()
            .take_while(|part| *part > 0)
            .try_for_each(|part| write!(f, "-{part:02}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        for (text, expected) in [
            ("2004", Some("2004")),
            (" 2004-05 ", Some("2004-05")),
            ("2004-05-06", Some("2004-05-06")),
            ("2004-05-06T07:08:09Z", Some("2004-05-06")),
            ("2004-5-6 10:00", Some("2004-05-06")),
            ("2004/05/06", Some("2004-05-06")),
            ("20040506", Some("2004-05-06")),
            ("2004-13-01", Some("2004")),
            ("2004-00-00", Some("2004")),
            ("6 May 2004", Some("2004")),
            ("06.05.2004", Some("2004")),
            ("0000", None),
            ("04", None),
            ("123456", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(TagDate::parse(text).map(|date| date.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_tags_that_lists_hold_are_small() {
        assert!(size_of::<Tags>() <= 104);
    }
}
