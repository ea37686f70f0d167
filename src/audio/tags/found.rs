//! What tags of one kind say, field by field, and which of two kinds says more.

use super::keys::TagField;
use crate::cue;
use crate::track::{FurtherTags, Numbering, Section, TagDate, Tags};

/// Limits for what a hostile file may bring: letters of a text, values of a list.
const LONGEST_TEXT: usize = 1024;
const MOST_VALUES: usize = 16;
/// ID3v1 cuts its texts after so many bytes, and some programs have copied them into other tags.
const CUT: usize = 30;
/// By how much ReplayGain 2 is louder than R128 (dB): −18 LUFS to −23.
const R128_TO_REPLAYGAIN: f32 = 5.0;
/// Gains beyond this (dB) and tempi beyond that (BPM) are none.
const MOST_GAIN: f32 = 100.0;
const MOST_BPM: f32 = 1000.0;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FoundTags {
    title: String,
    album: String,
    album_artist: String,
    key: String,
    artists: Vec<String>,
    /// Where a second field lists the artists that the first one has in one line.
    artist_list: Vec<String>,
    composers: Vec<String>,
    genres: Vec<String>,
    date: Option<TagDate>,
    /// Where only a year is asked for.
    year: Option<TagDate>,
    track: Numbering,
    disc: Numbering,
    bpm: Option<f32>,
    track_gain: Option<f32>,
    album_gain: Option<f32>,
    /// The songs into which a cue sheet divides the file; what a text says comes before what FLAC has in numbers.
    pub sections: Vec<Section>,
}

impl FoundTags {
    /// Adds one value of a field. Of a field that has one value, the first one counts.
    pub(super) fn add(&mut self, field: TagField, text: &str) {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
        if text.is_empty() {
            return;
        }
        match field {
            TagField::Title => set(&mut self.title, text),
            TagField::Album => set(&mut self.album, text),
            TagField::AlbumArtist => set(&mut self.album_artist, text),
            TagField::Key => set(&mut self.key, text),
            TagField::Artist => push(&mut self.artists, text),
            TagField::ArtistList => push(&mut self.artist_list, text),
            TagField::Composer => push(&mut self.composers, text),
            TagField::Genre => push(&mut self.genres, text),
            TagField::Date => self.date = self.date.or_else(|| TagDate::parse(text)),
            TagField::Year => self.year = self.year.or_else(|| TagDate::parse(text)),
            TagField::Track => place(&mut self.track, text),
            TagField::Disc => place(&mut self.disc, text),
            TagField::TrackTotal => count(&mut self.track.total, text),
            TagField::DiscTotal => count(&mut self.disc.total, text),
            TagField::Bpm => {
                let bpm = number(text).filter(|bpm| *bpm > 0.0 && *bpm <= MOST_BPM);
                self.bpm = self.bpm.or(bpm);
            }
            TagField::TrackGain => self.track_gain = self.track_gain.or_else(|| gain(text)),
            TagField::AlbumGain => self.album_gain = self.album_gain.or_else(|| gain(text)),
            TagField::R128TrackGain => self.track_gain = self.track_gain.or_else(|| r128(text)),
            TagField::R128AlbumGain => self.album_gain = self.album_gain.or_else(|| r128(text)),
            TagField::CueSheet => {
                // What it calls the file says nothing: it is this one.
                self.sections = cue::parse(text, None).pop().map(|file| file.sections).unwrap_or_default();
            }
        }
    }

    /// Adds each part of a text whose values are separated by NUL.
    pub(super) fn add_all(&mut self, field: TagField, text: &str) {
        text.split('\0').take(4 * MOST_VALUES).for_each(|value| self.add(field, value));
    }

    /// These tags, and where the others say more, those.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            title: longer(self.title, other.title),
            album: longer(self.album, other.album),
            album_artist: longer(self.album_artist, other.album_artist),
            key: longer(self.key, other.key),
            artists: more(self.artists, other.artists),
            artist_list: more(self.artist_list, other.artist_list),
            composers: more(self.composers, other.composers),
            genres: more(self.genres, other.genres),
            date: finer(self.date.or(self.year), other.date.or(other.year)),
            year: None,
            track: fuller(self.track, other.track),
            disc: fuller(self.disc, other.disc),
            bpm: self.bpm.or(other.bpm),
            track_gain: self.track_gain.or(other.track_gain),
            album_gain: self.album_gain.or(other.album_gain),
            sections: if self.sections.is_empty() { other.sections } else { self.sections },
        }
    }

    pub(super) fn into_tags(self) -> Tags {
        let artists = if self.artist_list.is_empty() { &self.artists } else { &self.artist_list };
        let artist = self.artists.first().or(artists.first()).cloned().unwrap_or_default();
        // A list of the one artist that is known already says nothing more.
        let artists = if *artists == [artist.clone()] { vec![] } else { artists.clone() };
        let further = FurtherTags {
            artists,
            album_artist: self.album_artist,
            composers: self.composers,
            date: self.date.or(self.year),
            track: self.track,
            disc: self.disc,
            bpm: self.bpm,
            key: self.key,
            track_gain: self.track_gain,
            album_gain: self.album_gain,
        };
        let further = (further != FurtherTags::default()).then(|| Box::new(further));
        Tags { title: self.title, artist, album: self.album, genres: self.genres, further }
    }
}

fn set(field: &mut String, text: &str) {
    if field.is_empty() {
        *field = text.chars().take(LONGEST_TEXT).collect();
    }
}

fn push(list: &mut Vec<String>, text: &str) {
    let mut value = String::new();
    set(&mut value, text);
    if list.len() < MOST_VALUES && !list.contains(&value) {
        list.push(value);
    }
}

/// `3`, `3/12`, or what vinyl has: `A1` is no number.
fn place(position: &mut Numbering, text: &str) {
    let (number, total) = text.split_once('/').unwrap_or((text, ""));
    count(&mut position.number, number);
    count(&mut position.total, total);
}

fn count(number: &mut u16, text: &str) {
    if *number == 0 {
        *number = text.trim().parse().unwrap_or(0);
    }
}

/// The number that a text begins with: `-6.54 dB`; some write a comma.
fn number(text: &str) -> Option<f32> {
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | ',')).unwrap_or(text.len());
    text[..end].replace(',', ".").parse().ok().filter(|number: &f32| number.is_finite())
}

fn gain(text: &str) -> Option<f32> {
    number(text).filter(|gain| gain.abs() <= MOST_GAIN)
}

/// 256ths of a dB (RFC 7845, 5.2.1).
fn r128(text: &str) -> Option<f32> {
    let gain: i16 = text.parse().ok()?;
    Some(f32::from(gain) / 256.0 + R128_TO_REPLAYGAIN)
}

/// The first text, unless it is cut and the other one goes on.
fn longer(first: String, other: String) -> String {
    let is_cut = (CUT - 2..=CUT).contains(&first.len()) || (CUT - 2..=CUT).contains(&first.chars().count());
    let goes_on = is_cut && other.starts_with(&first);
    if first.is_empty() || goes_on { other } else { first }
}

/// The list of more values; of one value each, the longer.
fn more(mut first: Vec<String>, mut other: Vec<String>) -> Vec<String> {
    if let ([one], [another]) = (first.as_mut_slice(), other.as_mut_slice()) {
        *one = longer(std::mem::take(one), std::mem::take(another));
    }
    if other.len() > first.len() { other } else { first }
}

/// The first date, unless it is the year of the other one alone.
fn finer(first: Option<TagDate>, other: Option<TagDate>) -> Option<TagDate> {
    match (first, other) {
        (Some(date), Some(other)) if date.month == 0 && date.year == other.year => Some(other),
        _ => first.or(other),
    }
}

fn fuller(first: Numbering, other: Numbering) -> Numbering {
    let is_the_same = first.number == 0 || first.number == other.number;
    let number = if first.number == 0 { other.number } else { first.number };
    let total = if first.total == 0 && is_the_same { other.total } else { first.total };
    Numbering { number, total }
}
