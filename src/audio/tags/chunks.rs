//! Files of chunks: RIFF, AIFF, DSDIFF and CAF.

use super::found::FoundTags;
use super::id3v2;
use super::keys;
use super::region::Region;
use super::text;

/// A file of more chunks is hostile, and longer texts are not read (bytes).
const MOST_CHUNKS: usize = 4096;
const LONGEST_TEXT: u64 = 64 * 1024;

/// How a kind of file writes the sizes of its chunks.
struct Layout {
    is_big_endian: bool,
    /// Sizes have eight bytes instead of four.
    is_wide: bool,
    /// Chunks begin at even places.
    is_even: bool,
}

const RIFF: Layout = Layout { is_big_endian: false, is_wide: false, is_even: true };
const AIFF: Layout = Layout { is_big_endian: true, ..RIFF };
const DSDIFF: Layout = Layout { is_wide: true, ..AIFF };
const CAF: Layout = Layout { is_even: false, ..DSDIFF };

impl Layout {
    /// Calls `visit` with the id and the content of every chunk.
    fn each<'a>(&self, chunks: &Region<'a>, mut visit: impl FnMut([u8; 4], Region<'a>)) {
        let (mut at, mut long_data) = (0, None);
        let header = if self.is_wide { 12 } else { 8 };
        for _ in 0..MOST_CHUNKS {
            let Some((id, mut size)) = chunks.array::<4>(at).zip(self.size(chunks, at + 4)) else { return };
            let content = chunks.part(at + header, size);
            match &id {
                // RF64 and BW64 have sizes of more than 32 bits here (EBU 3306): of the file, of the samples.
                b"ds64" => long_data = content.le64(8),
                b"data" if size == u64::from(u32::MAX) => size = long_data.unwrap_or(size),
                _ => {}
            }
            visit(id, content);
            let Some(end) = (at + header).checked_add(size).filter(|end| *end < chunks.length()) else {
                return;
            };
            // Not all programs write the zero that makes an odd chunk even.
            let id = chunks.array::<4>(end).unwrap_or_default();
            let is_odd = self.is_even && end % 2 == 1 && !id.iter().all(|byte| matches!(byte, b' '..=b'~'));
            at = end + u64::from(is_odd);
        }
    }

    fn size(&self, chunks: &Region<'_>, at: u64) -> Option<u64> {
        match (self.is_wide, self.is_big_endian) {
            (false, false) => chunks.le32(at),
            (false, true) => chunks.be32(at),
            (true, _) => chunks.be64(at),
        }
    }
}

/// `id3 ` counts before `LIST INFO`, whose texts are often shorter and of no known encoding.
pub(super) fn riff(file: &Region<'_>) -> FoundTags {
    let (mut id3, mut info) = (FoundTags::default(), FoundTags::default());
    RIFF.each(&file.from(12), |id, content| match &id {
        b"id3 " | b"ID3 " => id3 = std::mem::take(&mut id3).or(id3v2::in_front(&content).0),
        b"LIST" if content.some_bytes(0, 4) == b"INFO" => {
            RIFF.each(&content.from(4), |id, content| add(&mut info, id, &content));
        }
        _ => {}
    });
    id3.or(info)
}

pub(super) fn aiff(file: &Region<'_>) -> FoundTags {
    big_endian(&AIFF, &file.from(12))
}

/// Edited masters have the name of the song elsewhere; players read `ID3 `.
pub(super) fn dsdiff(file: &Region<'_>) -> FoundTags {
    big_endian(&DSDIFF, &file.from(16))
}

fn big_endian(layout: &Layout, chunks: &Region<'_>) -> FoundTags {
    let (mut id3, mut texts) = (FoundTags::default(), FoundTags::default());
    layout.each(chunks, |id, content| match &id {
        b"ID3 " | b"id3 " => id3 = std::mem::take(&mut id3).or(id3v2::in_front(&content).0),
        id => add(&mut texts, *id, &content),
    });
    id3.or(texts)
}

/// The chunk `info`: keys and values, each ended by NUL (Apple, Core Audio Format Specification 1.0).
pub(super) fn caf(file: &Region<'_>) -> FoundTags {
    let mut found = FoundTags::default();
    CAF.each(&file.from(8), |id, content| {
        if &id == b"info" {
            let texts = text::utf8_or_latin1(&content.some_bytes(4, LONGEST_TEXT));
            let mut texts = texts.split('\0');
            while let (Some(key), Some(value)) = (texts.next(), texts.next()) {
                if let Some(field) = keys::of_word(key) {
                    found.add(field, value);
                }
            }
        }
    });
    found
}

fn add(found: &mut FoundTags, id: [u8; 4], content: &Region<'_>) {
    if let Some(field) = keys::of_chunk(&id) {
        found.add(field, &text::utf8_or_latin1(&content.some_bytes(0, LONGEST_TEXT)));
    }
}
