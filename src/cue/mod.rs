//! Cue sheets: the songs of an album that is one audio file.
//!
//! Why our own: of the crates one has a licence that does not fit (`cue`, `cue_sheet`: GPL), and the others (`rcue` 0.1,
//! `cuna` 0.7) take UTF-8 alone and put a track whose pregap ends the file before into the wrong file.

pub(crate) mod text;

use std::ffi::OsStr;

pub(crate) use self::text::decode;
use crate::track::{Extent, FurtherTags, Numbering, Section, TagDate, Tags};

/// More tracks than this, or longer values (letters), are in no sheet.
const MOST_TRACKS: usize = 999;
const LONGEST_VALUE: usize = 1024;
/// One song is no division of a file.
const LEAST_SONGS: usize = 2;

/// The songs of one audio file of a sheet.
#[derive(Debug, PartialEq)]
pub(crate) struct CueFile {
    /// The file as the sheet names it: perhaps a path, perhaps of before it was encoded.
    pub name: String,
    /// At least two, in order.
    pub sections: Vec<Section>,
}

/// Reads a sheet; `sheet` is the name of its file, none for one in tags. Of each audio file of it that holds several
/// songs, they are given: each from its index 1 to that of the next one, so that the silence between two songs
/// belongs to the first. What cannot be understood is passed over, as players do.
pub(crate) fn parse(text: &str, sheet: Option<&OsStr>) -> Vec<CueFile> {
    let mut reader = Reader::default();
    for line in text.lines().map(str::trim) {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        reader.take(&word.to_ascii_uppercase(), rest.trim());
    }
    reader.files(sheet)
}

#[derive(Default)]
struct Reader {
    /// Names of the audio files.
    names: Vec<String>,
    /// What is said before the first track.
    album: Entry,
    tracks: Vec<Entry>,
    /// The last track is not of sound.
    is_data: bool,
}

/// What is said of the album or of one track.
#[derive(Default)]
struct Entry {
    title: String,
    performer: String,
    songwriter: String,
    genre: String,
    date: Option<TagDate>,
    gain: Option<f32>,
    number: u16,
    disc: Numbering,
    /// The audio file and the frame of its index 1.
    start: Option<(usize, u32)>,
}

impl Reader {
    fn take(&mut self, word: &str, rest: &str) {
        match word {
            "FILE" => self.names.push(unquoted(without_kind(rest))),
            "TRACK" => {
                let (number, kind) = rest.split_once(char::is_whitespace).unwrap_or((rest, "AUDIO"));
                self.is_data = !kind.trim().eq_ignore_ascii_case("AUDIO") || self.tracks.len() >= MOST_TRACKS;
                if !self.is_data {
                    self.tracks.push(Entry { number: number.parse().unwrap_or(0), ..Entry::default() });
                }
            }
            _ if self.is_data => {}
            "REM" => {
                let (key, value) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                self.remark(&key.to_ascii_uppercase(), &unquoted(value.trim()));
            }
            "TITLE" => set(&mut self.entry().title, &unquoted(rest)),
            "PERFORMER" => set(&mut self.entry().performer, &unquoted(rest)),
            "SONGWRITER" => set(&mut self.entry().songwriter, &unquoted(rest)),
            "INDEX" => {
                let file = self.names.len().checked_sub(1);
                let time = rest.split_once(char::is_whitespace).filter(|(number, _)| number.parse() == Ok(1));
                let start = time.and_then(|(_, time)| frames(time.trim()));
                if let Some(track) = self.tracks.last_mut() {
                    track.start = track.start.or(file.zip(start));
                }
            }
            _ => {}
        }
    }

    fn remark(&mut self, key: &str, value: &str) {
        let gain = || value.split_whitespace().next()?.parse::<f32>().ok().filter(|gain| gain.is_finite());
        let entry = self.entry();
        match key {
            "GENRE" => set(&mut entry.genre, value),
            "DATE" | "YEAR" => entry.date = entry.date.or_else(|| TagDate::parse(value)),
            "COMPOSER" => set(&mut entry.songwriter, value),
            "DISCNUMBER" => entry.disc.number = value.parse().unwrap_or(0),
            "TOTALDISCS" => entry.disc.total = value.parse().unwrap_or(0),
            "REPLAYGAIN_TRACK_GAIN" | "REPLAYGAIN_ALBUM_GAIN" => entry.gain = gain(),
            _ => {}
        }
    }

    /// What the next line is about.
    fn entry(&mut self) -> &mut Entry {
        self.tracks.last_mut().unwrap_or(&mut self.album)
    }

    fn files(self, sheet: Option<&OsStr>) -> Vec<CueFile> {
        let Self { names, album, tracks, .. } = self;
        let total = tracks.len() as u16;
        let mut files: Vec<_> =
            names.into_iter().map(|name| CueFile { name, sections: Vec::new() }).collect();
        for (position, track) in tracks.into_iter().enumerate() {
            let Some((file, start)) = track.start else { continue };
            files[file].sections.push(Section {
                sheet: sheet.map(OsStr::to_owned),
                number: position as u16 + 1,
                extent: Extent { start, end: None },
                tags: tags(&album, track, total),
            });
        }
        for CueFile { sections, .. } in &mut files {
            let starts: Vec<_> = sections.iter().skip(1).map(|section| section.extent.start).collect();
            for (section, next) in sections.iter_mut().zip(starts) {
                section.extent.end = Some(next);
            }
        }
        let is_in_order = |section: &Section| section.extent.end.is_none_or(|end| end > section.extent.start);
        files.retain(|file| file.sections.len() >= LEAST_SONGS && file.sections.iter().all(is_in_order));
        files
    }
}

fn tags(album: &Entry, track: Entry, total: u16) -> Tags {
    let or = |own: &str, of_album: &str| if own.is_empty() { of_album.to_owned() } else { own.to_owned() };
    let list = |text: String| Some(text).filter(|text| !text.is_empty()).into_iter().collect();
    let further = FurtherTags {
        album_artist: album.performer.clone(),
        composers: list(or(&track.songwriter, &album.songwriter)),
        date: track.date.or(album.date),
        track: Numbering { number: track.number, total },
        disc: album.disc,
        track_gain: track.gain,
        album_gain: album.gain,
        ..FurtherTags::default()
    };
    Tags {
        title: track.title,
        artist: or(&track.performer, &album.performer),
        album: album.title.clone(),
        genres: list(or(&track.genre, &album.genre)),
        further: Some(Box::new(further)),
    }
}

fn set(field: &mut String, text: &str) {
    if field.is_empty() {
        *field = text.chars().take(LONGEST_VALUE).collect();
    }
}

/// `"album.wav" WAVE` without its last word, where there is one behind the name.
fn without_kind(rest: &str) -> &str {
    match (rest.rfind('"'), rest.rsplit_once(char::is_whitespace)) {
        (Some(quote), _) => &rest[..=quote],
        (None, Some((name, _))) => name,
        (None, None) => rest,
    }
}

/// Quotes inside are part of the text: some writers put them there as they are.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inside = text.strip_prefix('"').map(|text| text.strip_suffix('"').unwrap_or(text));
    inside.unwrap_or(text).trim().to_owned()
}

/// `mm:ss:ff` in frames; there may be more than 99 minutes.
fn frames(time: &str) -> Option<u32> {
    let mut parts = time.split(':').map(|part| part.trim().parse::<u32>().ok());
    let (minutes, seconds, frames) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    if parts.next().is_some() || seconds >= 60 || frames >= Extent::RATE {
        return None;
    }
    minutes.checked_mul(60)?.checked_add(seconds)?.checked_mul(Extent::RATE)?.checked_add(frames)
}

#[cfg(test)]
mod tests;
