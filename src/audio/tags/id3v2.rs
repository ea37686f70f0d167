//! ID3v2.2, 2.3 and 2.4 (id3.org), as they are in the wild.

use super::found::FoundTags;
use super::keys::{self, TagField};
use super::region::{LARGEST, Region};
use super::{genre, text};

const HEADER: u64 = 10;
/// A file has no more tags than this one behind the other.
const MOST_TAGS: usize = 8;
/// A tag of more frames is hostile.
const MOST_FRAMES: usize = 1024;
/// No text of a frame is longer (bytes).
const LONGEST_FRAME: u64 = 64 * 1024;

/// The tags at the beginning, and where they end. The first one counts, and the next where they say more.
pub(super) fn in_front(file: &Region<'_>) -> (FoundTags, u64) {
    let (mut found, mut at) = (FoundTags::default(), 0);
    for _ in 0..MOST_TAGS {
        let Some(tag) = Tag::at(&file.from(at)) else { break };
        at += tag.length;
        found = found.or(tag.read());
    }
    (found, at)
}

/// The tag whose place the header of a DSF file gives (DSF 1.01).
pub(super) fn of_dsf(file: &Region<'_>) -> FoundTags {
    file.le64(20).map_or_else(FoundTags::default, |at| in_front(&file.from(at)).0)
}

struct Tag<'a> {
    version: u8,
    flags: u8,
    body: Region<'a>,
    /// With its header and footer.
    length: u64,
}

impl<'a> Tag<'a> {
    fn at(region: &Region<'a>) -> Option<Self> {
        let header: [u8; 10] = region.array(0)?;
        let [b'I', b'D', b'3', version @ 2..=4, revision, flags, size @ ..] = header else { return None };
        if revision == 0xff {
            return None;
        }
        let size = size_of(size, true);
        let footer = if version == 4 && flags & 0x10 != 0 { HEADER } else { 0 };
        Some(Self { version, flags, body: region.part(HEADER, size), length: HEADER + size + footer })
    }

    fn read(&self) -> FoundTags {
        // Whole tags of 2.2 and 2.3 are unsynchronised, frames of 2.4 each by itself.
        if self.version < 4 && self.flags & 0x80 != 0 {
            let bytes = synchronised(&self.body.some_bytes(0, LARGEST));
            Frames { tag: self, body: Region::of_memory(&bytes) }.read()
        } else {
            Frames { tag: self, body: self.body.clone() }.read()
        }
    }
}

struct Frames<'t> {
    tag: &'t Tag<'t>,
    body: Region<'t>,
}

impl Frames<'_> {
    fn read(&self) -> FoundTags {
        let (mut found, mut year, mut day) = (FoundTags::default(), String::new(), String::new());
        let mut at = self.extended_header();
        for _ in 0..MOST_FRAMES {
            let Some((id, data, next)) = self.frame(at) else { break };
            at = next;
            let Some(text) = self.text(&id, data) else { continue };
            match id.as_str() {
                "TXXX" | "TXX" => {
                    let (name, value) = text.split_once('\0').unwrap_or_default();
                    if let Some(field) = keys::of_word(name) {
                        found.add_all(field, value);
                    }
                }
                "TYER" | "TYE" => year = text,
                "TDAT" | "TDA" => day = text,
                id => match keys::of_frame(id) {
                    Some(TagField::Genre) => {
                        let names = text.split('\0').flat_map(genre::names);
                        names.for_each(|name| found.add(TagField::Genre, name));
                    }
                    Some(field) => found.add_all(field, &text),
                    None => {}
                },
            }
        }
        // Day and month, without anything between them.
        match (year.trim_matches('\0').trim(), day.as_bytes()) {
            (year, [d, e, m, n, ..]) if year.len() == 4 => {
                let [d, e, m, n] = [*d, *e, *m, *n].map(char::from);
                found.add(TagField::Year, &format!("{year}-{m}{n}-{d}{e}"));
            }
            (year, _) => found.add(TagField::Year, year),
        }
        found
    }

    /// Bytes of the extended header. Some programs say that there is one, and write none.
    fn extended_header(&self) -> u64 {
        let Some(size) =
            self.body.array::<4>(0).filter(|_| self.tag.version > 2 && self.tag.flags & 0x40 != 0)
        else {
            return 0;
        };
        match self.tag.version {
            _ if is_id(&size) => 0,
            3 => 4 + size_of(size, false),
            _ => size_of(size, true),
        }
    }

    /// The frame at `at`: its id, its data as it is stored, with flags, and where the next one is. None: there are no more.
    fn frame(&self, at: u64) -> Option<(String, FrameData, u64)> {
        if self.tag.version == 2 {
            let [a, b, c, size @ ..] = self.body.array::<6>(at)?;
            let size = u64::from(u32::from_be_bytes([0, size[0], size[1], size[2]]));
            let id = id_of(&[a, b, c])?;
            let data = self.body.some_bytes(at + 6, size.min(LONGEST_FRAME));
            return Some((id, FrameData { data, flags: 0 }, at + 6 + size));
        }
        let [a, b, c, d, size @ .., _, flags] = self.body.array::<10>(at)?;
        let start = at + HEADER;
        let Some(id) = id_of(&[a, b, c, d]) else {
            // Neither a frame nor padding: what follows may be frames again.
            return (a != 0).then(|| self.known_frame(at + 1)).flatten().and_then(|next| self.frame(next));
        };
        // Sizes of 2.4 are synchsafe, but old iTunes and others have written plain ones.
        let sizes = [size_of(size, self.tag.version == 4), size_of(size, false)];
        let fitting = sizes.into_iter().map(|size| start + size).find(|end| self.is_end_of_frame(*end));
        let (end, next) = match fitting {
            Some(end) => (end, end),
            // Its size is wrong: it ends where another frame begins, if not before.
            None => {
                let next = self.known_frame(start).unwrap_or(self.body.length());
                ((start + sizes[0]).min(next), next)
            }
        };
        let data = self.body.some_bytes(start, (end - start).min(LONGEST_FRAME));
        Some((id, FrameData { data, flags }, next))
    }

    /// A frame may end here: the tag ends, another frame begins, or padding does.
    fn is_end_of_frame(&self, at: u64) -> bool {
        at == self.body.length() || {
            let next = self.body.some_bytes(at, HEADER);
            !next.is_empty() && (next.iter().all(|byte| *byte == 0) || next.len() > 4 && is_id(&next[..4]))
        }
    }

    /// The next place where a frame begins that is read here.
    fn known_frame(&self, from: u64) -> Option<u64> {
        let bytes = self.body.some_bytes(from, LONGEST_FRAME);
        let is_known = |id: &[u8]| id[0] == b'T' && std::str::from_utf8(id).is_ok_and(is_read);
        bytes.windows(4).position(is_known).map(|at| from + at as u64)
    }

    /// The text of a frame that is read here; none where it is another, or cannot be read.
    fn text(&self, id: &str, frame: FrameData) -> Option<String> {
        let data = is_read(id).then(|| frame.plain(self.tag.version, self.tag.flags))??;
        let (encoding, data) = data.split_first()?;
        match encoding {
            0 => Some(text::latin1(data)),
            1 => Some(utf16_values(data, text::utf16_with_mark)),
            2 => Some(utf16_values(data, |value| match value {
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => text::utf16_with_mark(value),
                value => text::utf16(value, true),
            })),
            3 => String::from_utf8(data.to_vec()).ok(),
            _ => None,
        }
    }
}

/// Whether frames of this id are read.
fn is_read(id: &str) -> bool {
    matches!(id, "TXXX" | "TXX" | "TYER" | "TYE" | "TDAT" | "TDA") || keys::of_frame(id).is_some()
}

struct FrameData {
    data: Vec<u8>,
    /// How it is stored: the second byte of the frame's flags.
    flags: u8,
}

impl FrameData {
    /// The data without what its flags have added; none where it is compressed or encrypted.
    fn plain(self, version: u8, tag_flags: u8) -> Option<Vec<u8>> {
        let Self { data, flags } = self;
        let (is_closed, skipped, is_unsynchronised) = match version {
            4 => {
                let before = usize::from(flags & 0x40 != 0) + 4 * usize::from(flags & 1 != 0);
                (flags & 0x0c != 0, before, flags & 2 != 0 || tag_flags & 0x80 != 0)
            }
            3 => (flags & 0xc0 != 0, usize::from(flags & 0x20 != 0), false),
            _ => (false, 0, false),
        };
        let data = data.get(skipped..).filter(|_| !is_closed)?;
        Some(if is_unsynchronised { synchronised(data) } else { data.to_vec() })
    }
}

/// Values of UTF-16 that are separated by NUL, each perhaps with a mark of its own; those without one are as the first.
fn utf16_values(data: &[u8], decode: impl Fn(&[u8]) -> String) -> String {
    let mark = match data {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => &data[..2],
        _ => &[],
    };
    let values = data.as_chunks::<2>().0.split(|pair| *pair == [0, 0]).map(|value| {
        let value = value.as_flattened();
        match value {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => decode(value),
            value => decode(&[mark, value].concat()),
        }
    });
    values.collect::<Vec<_>>().join("\0")
}

/// Without the zeros that were put behind 0xff so that no player takes it for the beginning of audio.
fn synchronised(bytes: &[u8]) -> Vec<u8> {
    let mut before = 0;
    let kept = bytes.iter().copied().filter(|&byte| {
        let is_added = before == 0xff && byte == 0;
        before = byte;
        !is_added
    });
    kept.collect()
}

/// A size of seven bits a byte, or of eight; one of seven that uses the eighth bit is one of eight.
fn size_of(bytes: [u8; 4], is_synchsafe: bool) -> u64 {
    match is_synchsafe && bytes.iter().all(|byte| *byte < 0x80) {
        true => bytes.iter().fold(0, |size, byte| size << 7 | u64::from(*byte)),
        false => u32::from_be_bytes(bytes).into(),
    }
}

/// Also with three letters and a NUL, as iTunes writes ids of 2.2 into tags of 2.3.
fn is_id(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    let is_capital = |byte: &u8| byte.is_ascii_uppercase();
    bytes.len() >= 3
        && bytes.first().is_some_and(is_capital)
        && bytes.iter().all(|byte| is_capital(byte) || byte.is_ascii_digit())
}

fn id_of(bytes: &[u8]) -> Option<String> {
    is_id(bytes).then(|| bytes.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect())
}
