//! Tags: those that symphonia found while reading the packets, or lofty's if it found none.
//!
//! symphonia 0.6.1 reads the tags of WAV files and drops them.

use std::path::Path;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::tag::{Accessor, ItemKey};
use lofty::{file::TaggedFileExt, probe::Probe};
use symphonia::core::{formats::FormatReader, meta::StandardTag};

use crate::track::Tags;

/// Limits for what a hostile file may bring.
const LONGEST_TAG: usize = 1024;
const MOST_GENRES: usize = 16;

/// The tags of a file whose packets have all been read.
pub(super) fn read(format: &mut dyn FormatReader, path: &Path) -> Tags {
    let tags = by_symphonia(format);
    if tags == Tags::default() { by_lofty(path).unwrap_or_default() } else { tags }
}

/// A later block of tags overrides an earlier one, as ID3v2 does ID3v1.
fn by_symphonia(format: &mut dyn FormatReader) -> Tags {
    let mut tags = Tags::default();
    let mut metadata = format.metadata();
    while let Some(revision) = metadata.current() {
        let mut genres = Vec::new();
        let per_track = revision.per_track.iter().map(|track| &track.metadata);
        let found = std::iter::once(&revision.media).chain(per_track).flat_map(|container| &container.tags);
        for tag in found.filter_map(|tag| tag.std.as_ref()) {
            match tag {
                StandardTag::TrackTitle(text) => set(&mut tags.title, text),
                StandardTag::Artist(text) => set(&mut tags.artist, text),
                StandardTag::Album(text) => set(&mut tags.album, text),
                StandardTag::Genre(text) => add_genre(&mut genres, text),
                _ => {}
            }
        }
        if !genres.is_empty() {
            tags.genres = genres;
        }
        if metadata.pop().is_none() {
            break;
        }
    }
    tags
}

/// The tags of a file that is not demuxed here.
pub(super) fn of_file(path: &Path) -> Tags {
    by_lofty(path).unwrap_or_default()
}

fn by_lofty(path: &Path) -> Option<Tags> {
    let options =
        ParseOptions::new().read_cover_art(false).read_properties(false).parsing_mode(ParsingMode::Relaxed);
    let file = Probe::open(path).ok()?.options(options).guess_file_type().ok()?.read().ok()?;
    let tag = file.primary_tag().or_else(|| file.first_tag())?;
    let mut tags = Tags::default();
    set(&mut tags.title, &tag.title().unwrap_or_default());
    set(&mut tags.artist, &tag.artist().unwrap_or_default());
    set(&mut tags.album, &tag.album().unwrap_or_default());
    tag.get_strings(ItemKey::Genre).for_each(|genre| add_genre(&mut tags.genres, genre));
    Some(tags)
}

fn add_genre(genres: &mut Vec<String>, text: &str) {
    let mut genre = String::new();
    set(&mut genre, text);
    if !genre.is_empty() && genres.len() < MOST_GENRES && !genres.contains(&genre) {
        genres.push(genre);
    }
}

fn set(field: &mut String, text: &str) {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if !text.is_empty() {
        *field = text.chars().take(LONGEST_TAG).collect();
    }
}
