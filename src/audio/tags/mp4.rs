//! MP4 and QuickTime: what iTunes keeps in `moov.udta.meta.ilst`.

use super::found::FoundTags;
use super::keys::{self, TagField};
use super::region::Region;
use super::{genre, text};

/// More atoms in one are hostile, longer texts (bytes) are not read.
const MOST_ATOMS: usize = 1 << 16;
const LONGEST_TEXT: u64 = 64 * 1024;

// Types of data.
const UTF16: u64 = 2;
const SIGNED: u64 = 21;
const UNSIGNED: u64 = 22;

pub(super) fn read(file: &Region<'_>) -> FoundTags {
    let mut found = FoundTags::default();
    each(file, |id, moov| {
        if &id == b"moov" {
            each(&moov, |id, part| match &id {
                b"udta" => each(&part, |id, part| {
                    if &id == b"meta" {
                        of_meta(&part, &mut found);
                    }
                }),
                b"meta" => of_meta(&part, &mut found),
                _ => {}
            });
        }
    });
    found
}

/// Some programs leave its version and flags out.
fn of_meta(meta: &Region<'_>, found: &mut FoundTags) {
    let start = if meta.be32(0) == Some(0) { 4 } else { 0 };
    each(&meta.from(start), |id, list| {
        if &id == b"ilst" {
            each(&list, |id, item| add(id, &item, found));
        }
    });
}

/// Adds all values of one item; `----` says its name inside.
fn add(id: [u8; 4], item: &Region<'_>, found: &mut FoundTags) {
    let mut field = keys::of_atom(&id);
    each(item, |kind, content| match &kind {
        b"name" if &id == b"----" => {
            field = keys::of_word(&text::utf8_or_latin1(&content.from(4).some_bytes(0, LONGEST_TEXT)));
        }
        b"data" => {
            let (kind, value) = (content.be32(0).unwrap_or(0), content.from(8).some_bytes(0, LONGEST_TEXT));
            match (field, &id) {
                (Some(TagField::Track | TagField::Disc), b"trkn" | b"disk") => {
                    if let [_, _, a, b, c, d, ..] = *value {
                        let (number, total) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
                        field.into_iter().for_each(|field| found.add(field, &format!("{number}/{total}")));
                    }
                }
                (Some(field), _) => found.add_all(field, &as_text(kind, &value)),
                (None, b"gnre") => {
                    // Genres of ID3v1, counted from 1.
                    let number = value.iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
                    let name = number.checked_sub(1).filter(|_| value.len() <= 4).and_then(genre::name);
                    name.into_iter().for_each(|name| found.add(TagField::Genre, name));
                }
                (None, _) => {}
            }
        }
        _ => {}
    });
}

fn as_text(kind: u64, value: &[u8]) -> String {
    match (kind, value.len()) {
        (UTF16, _) => text::utf16(value, true),
        // `tmpo` is a number whose type some programs leave at 0.
        (0 | SIGNED | UNSIGNED, 1..=4) => {
            value.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)).to_string()
        }
        _ => text::utf8_or_latin1(value),
    }
}

/// Calls `visit` with the id and the content of every atom (ISO/IEC 14496-12, 4.2).
fn each<'a>(parent: &Region<'a>, mut visit: impl FnMut([u8; 4], Region<'a>)) {
    let mut at = 0;
    for _ in 0..MOST_ATOMS {
        let Some((size, id)) = parent.be32(at).zip(parent.array::<4>(at + 4)) else { return };
        let (header, size) = match size {
            0 => (8, parent.length() - at),
            1 => (16, parent.be64(at + 8).unwrap_or(0)),
            size => (8, size),
        };
        if size < header {
            return;
        }
        visit(id, parent.part(at + header, size - header));
        let Some(next) = at.checked_add(size) else { return };
        at = next;
    }
}
