//! What lies behind the audio: APEv2 (also in front of it), and ID3v1.

use super::found::FoundTags;
use super::keys::{self, TagField};
use super::region::Region;
use super::{genre, text};

const ID3V1: u64 = 128;
/// Header and footer of an APEv2 tag are of this length, and begin with this mark.
const APE_FOOTER: u64 = 32;
const APE_MARK: &[u8] = b"APETAGEX";
/// More items, or longer keys (bytes), are of no tag; longer texts are not read.
const MOST_ITEMS: u64 = 1024;
const LONGEST_KEY: u64 = 256;
const LONGEST_ITEM: u64 = 64 * 1024;

/// The tags of APEv2 and of ID3v1.
pub(super) fn read(file: &Region<'_>) -> (FoundTags, FoundTags) {
    let mut end = file.length();
    let mut id3v1 = FoundTags::default();
    if let Some(tag) =
        end.checked_sub(ID3V1).and_then(|at| file.bytes(at, ID3V1)).filter(|tag| tag.starts_with(b"TAG"))
    {
        id3v1 = of_id3v1(&tag);
        end -= ID3V1;
    }
    let behind =
        ape_before(file, end).or_else(|| ape_before(file, end.checked_sub(lyrics_before(file, end)?)?));
    let ape = behind.or_else(|| ape_in_front(file)).unwrap_or_default();
    (ape, id3v1)
}

fn of_id3v1(tag: &[u8]) -> FoundTags {
    let mut found = FoundTags::default();
    for (field, range) in [
        (TagField::Title, 3..33),
        (TagField::Artist, 33..63),
        (TagField::Album, 63..93),
        (TagField::Year, 93..97),
    ] {
        let bytes = tag[range].split(|byte| *byte == 0).next().unwrap_or_default();
        found.add(field, &text::utf8_or_latin1(bytes));
    }
    // ID3v1.1 has the track behind the comment.
    if let [0, track] = tag[125..127] {
        found.add(TagField::Track, &track.to_string());
    }
    if let Some(name) = genre::name(tag[127].into()) {
        found.add(TagField::Genre, name);
    }
    found
}

/// Bytes of the Lyrics3v2 tag that ends here, with its own end (id3.org/Lyrics3v2).
fn lyrics_before(file: &Region<'_>, end: u64) -> Option<u64> {
    let tail = file.bytes(end.checked_sub(15)?, 15)?;
    let size = tail.strip_suffix(b"LYRICS200")?;
    Some(std::str::from_utf8(size).ok()?.parse::<u64>().ok()? + 15)
}

/// The tag whose footer ends here.
fn ape_before(file: &Region<'_>, end: u64) -> Option<FoundTags> {
    let footer = end.checked_sub(APE_FOOTER)?;
    let (size, count) = of_header(&file.part(footer, APE_FOOTER))?;
    let items = end.checked_sub(size)?;
    Some(items_of(&file.part(items, footer - items), count))
}

fn ape_in_front(file: &Region<'_>) -> Option<FoundTags> {
    let (size, count) = of_header(&file.part(0, APE_FOOTER))?;
    Some(items_of(&file.part(APE_FOOTER, size), count))
}

/// Bytes of the items with a footer, and how many items there are.
fn of_header(header: &Region<'_>) -> Option<(u64, u64)> {
    let is_header = header.some_bytes(0, 8) == APE_MARK;
    let size = header.le32(12).filter(|size| is_header && *size >= APE_FOOTER)?;
    Some((size, header.le32(16)?))
}

fn items_of(items: &Region<'_>, count: u64) -> FoundTags {
    let (mut found, mut at) = (FoundTags::default(), 0);
    for _ in 0..count.min(MOST_ITEMS) {
        let (Some(size), Some(flags)) = (items.le32(at), items.le32(at + 4)) else { break };
        let key = items.some_bytes(at + 8, LONGEST_KEY);
        let Some(length) = key.iter().position(|byte| *byte == 0) else { break };
        let start = at + 8 + length as u64 + 1;
        at = start + size;
        // Bits 1 and 2 say that it is text.
        let field = keys::of_word(&String::from_utf8_lossy(&key[..length])).filter(|_| flags & 6 == 0);
        if let Some((field, value)) = field.zip(items.bytes(start, size.min(LONGEST_ITEM))) {
            found.add_all(field, &text::utf8_or_latin1(&value));
        }
    }
    found
}
