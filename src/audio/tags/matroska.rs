//! Matroska and WebM: the title of the segment, and its tags (RFC 9559).

use super::found::FoundTags;
use super::keys::{self, TagField};
use super::region::Region;

// Ids of elements.
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TITLE: u32 = 0x7ba9;
const TAGS: u32 = 0x1254_c367;
const TAG: u32 = 0x7373;
const TARGETS: u32 = 0x63c0;
const TARGET_LEVEL: u32 = 0x68ca;
/// Tags of an edition, a chapter, an attachment.
const OTHER_TARGETS: [u32; 3] = [0x63c9, 0x63c4, 0x63c6];
const SIMPLE_TAG: u32 = 0x67c8;
const TAG_NAME: u32 = 0x45a3;
const TAG_STRING: u32 = 0x4487;

/// From this level on a target is the album, or more.
const ALBUM_LEVEL: u64 = 50;
/// More elements in one, and more bytes of tags and texts, are not read. An hour of clusters is a few thousand.
const MOST_ELEMENTS: usize = 1 << 17;
const LARGEST_TAGS: u64 = 1 << 20;
const LONGEST_TEXT: u64 = 64 * 1024;

pub(super) fn read(file: &Region<'_>) -> FoundTags {
    let (mut song, mut album, mut title) = (FoundTags::default(), FoundTags::default(), String::new());
    each(file, |id, segment| {
        if id == SEGMENT {
            each(&segment, |id, part| match id {
                INFO => each(&part, |id, content| {
                    if id == TITLE {
                        title = text(&content);
                    }
                }),
                TAGS => each(&part.part(0, LARGEST_TAGS), |id, tag| {
                    if id == TAG {
                        add(&tag, &mut song, &mut album);
                    }
                }),
                _ => {}
            });
        }
    });
    song.add(TagField::Title, &title);
    song.or(album)
}

/// Adds one tag: its targets, and what is said of them.
fn add(tag: &Region<'_>, song: &mut FoundTags, album: &mut FoundTags) {
    let (mut level, mut is_of_other, mut pairs) = (0, false, Vec::new());
    each(tag, |id, part| match id {
        TARGETS => each(&part, |id, content| match id {
            TARGET_LEVEL => {
                level = content.some_bytes(0, 8).iter().fold(0, |level, byte| level << 8 | u64::from(*byte))
            }
            id => is_of_other |= OTHER_TARGETS.contains(&id),
        }),
        SIMPLE_TAG => {
            let (mut name, mut value) = (String::new(), String::new());
            each(&part, |id, content| match id {
                TAG_NAME => name = text(&content),
                TAG_STRING => value = text(&content),
                _ => {}
            });
            pairs.push((name, value));
        }
        _ => {}
    });
    for (name, value) in pairs.iter().filter(|_| !is_of_other) {
        let name = name.to_ascii_uppercase();
        // Without a level they are what most programs write: those of the song.
        if level < ALBUM_LEVEL {
            let field = match name.as_str() {
                "PART_NUMBER" => Some(TagField::Track),
                "REPLAYGAIN_GAIN" => Some(TagField::TrackGain),
                name => keys::of_word(name),
            };
            field.into_iter().for_each(|field| song.add(field, value));
            continue;
        }
        match name.as_str() {
            "TITLE" => album.add(TagField::Album, value),
            "ARTIST" => [TagField::AlbumArtist, TagField::Artist]
                .into_iter()
                .for_each(|field| album.add(field, value)),
            "TOTAL_PARTS" => album.add(TagField::TrackTotal, value),
            "PART_NUMBER" => album.add(TagField::Disc, value),
            "REPLAYGAIN_GAIN" => album.add(TagField::AlbumGain, value),
            name => keys::of_word(name).into_iter().for_each(|field| album.add(field, value)),
        }
    }
}

/// Calls `visit` with the id and the content of every element. An element without a size, which streams have, holds the rest.
fn each<'a>(parent: &Region<'a>, mut visit: impl FnMut(u32, Region<'a>)) {
    let mut at = 0;
    for _ in 0..MOST_ELEMENTS {
        let Some((id, length)) = number(parent, at, 4) else { return };
        let Some((size, width)) = number(parent, at + length, 8) else { return };
        let (start, bits) = (at + length + width, 7 * width);
        let size = size & ((1 << bits) - 1);
        let is_unknown = size == (1 << bits) - 1;
        visit(id as u32, parent.part(start, if is_unknown { parent.length() } else { size }));
        match start.checked_add(size) {
            Some(end) if !is_unknown => at = end,
            _ => return,
        }
    }
}

/// A number of variable width with its marker, and the width in bytes (RFC 8794, 4).
fn number(region: &Region<'_>, at: u64, most: u64) -> Option<(u64, u64)> {
    let [first] = region.array(at)?;
    let width = u64::from(first.leading_zeros()) + 1;
    let bytes = region.bytes(at, width).filter(|_| width <= most)?;
    Some((bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)), width))
}

fn text(content: &Region<'_>) -> String {
    super::text::utf8_or_latin1(&content.some_bytes(0, LONGEST_TEXT))
}
