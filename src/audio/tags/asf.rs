//! WMA: the objects of an ASF header that describe the content (Microsoft, ASF Specification 1.2, 3.10, 3.11, 4.8).

use super::found::FoundTags;
use super::keys::{self, TagField};
use super::region::Region;
use super::text;

const HEADER: [u8; 16] = *b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
const DESCRIPTION: [u8; 16] = *b"\x33\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
const EXTENDED_DESCRIPTION: [u8; 16] = *b"\x40\xa4\xd0\xd2\x07\xe3\xd2\x11\x97\xf0\x00\xa0\xc9\x5e\xa8\x50";
const EXTENSION: [u8; 16] = *b"\xb5\x03\xbf\x5f\x2e\xa9\xcf\x11\x8e\xe3\x00\xc0\x0c\x20\x53\x65";
/// Further values of what has several stand here.
const LIBRARY: [u8; 16] = *b"\x94\x1c\x23\x44\x98\x94\xd1\x49\xa1\x41\x1d\x13\x4e\x45\x70\x54";
const MOST_OBJECTS: usize = 1024;

pub(super) fn read(file: &Region<'_>) -> FoundTags {
    let mut found = FoundTags::default();
    if file.array(0) == Some(HEADER) {
        let objects = file.part(0, file.le64(16).unwrap_or(0)).from(30);
        each(&objects, &mut |id, content| match id {
            DESCRIPTION => describe(&content, &mut found),
            EXTENDED_DESCRIPTION => describe_further(&content, &mut found).unwrap_or(()),
            _ => {}
        });
        each(&objects, &mut |id, content| {
            if id == EXTENSION {
                each(&content.from(22), &mut |id, content| {
                    if id == LIBRARY {
                        library(&content, &mut found).unwrap_or(());
                    }
                });
            }
        });
    }
    found
}

/// Calls `visit` with the id and the content of every object.
fn each<'a>(objects: &Region<'a>, visit: &mut dyn FnMut([u8; 16], Region<'a>)) {
    let mut at = 0;
    for _ in 0..MOST_OBJECTS {
        let Some((id, size)) = objects.array(at).zip(objects.le64(at + 16)).filter(|(_, size)| *size >= 24)
        else {
            return;
        };
        visit(id, objects.part(at + 24, size - 24));
        let Some(next) = at.checked_add(size).filter(|next| *next < objects.length()) else { return };
        at = next;
    }
}

/// Title, author, and three texts more, behind the lengths of all five.
fn describe(content: &Region<'_>, found: &mut FoundTags) {
    let mut at = 10;
    for (field, length) in [(TagField::Title, 0), (TagField::Artist, 2)] {
        let length = le16(content, length).unwrap_or(0);
        found.add(field, &utf16(content, at, length));
        at += length;
    }
}

/// A number of attributes: name, type, value. None: they end before their number says.
fn describe_further(content: &Region<'_>, found: &mut FoundTags) -> Option<()> {
    let mut at = 2;
    for _ in 0..le16(content, 0)? {
        let length = le16(content, at)?;
        let name = utf16(content, at + 2, length);
        at += 2 + length;
        let (kind, length) = (le16(content, at)?, le16(content, at + 2)?);
        add(&name, kind, &content.part(at + 4, length), found);
        at += 4 + length;
    }
    Some(())
}

/// The same with further numbers, and all lengths before the texts.
fn library(content: &Region<'_>, found: &mut FoundTags) -> Option<()> {
    let mut at = 2;
    for _ in 0..le16(content, 0)? {
        let (length, kind) = (le16(content, at + 4)?, le16(content, at + 6)?);
        let (size, start) = (content.le32(at + 8)?, at + 12 + length);
        add(&utf16(content, at + 12, length), kind, &content.part(start, size), found);
        at = start + size;
    }
    Some(())
}

fn add(name: &str, kind: u64, value: &Region<'_>, found: &mut FoundTags) {
    let Some(field) = keys::of_attribute(name) else { return };
    let number = match kind {
        0 => return found.add(field, &utf16(value, 0, value.length())),
        3 => value.le32(0),
        4 => value.le64(0),
        5 => le16(value, 0),
        _ => None,
    };
    number.into_iter().for_each(|number| found.add(field, &number.to_string()));
}

fn le16(content: &Region<'_>, at: u64) -> Option<u64> {
    content.array(at).map(|bytes| u16::from_le_bytes(bytes).into())
}

fn utf16(content: &Region<'_>, at: u64, length: u64) -> String {
    text::utf16(&content.some_bytes(at, length), false)
}
