//! Where the sound lies in containers that no crate reads: what is outside of it are tags, which a recording's identity
//! leaves out.

use std::{fs::File, io, ops::Range};

use super::bytes::bytes;
use super::tag_blocks::without_tag_blocks;
use super::wave;

/// Advanced Systems Format (WMA), section 10.1: a whole file's header, and the object of its packets.
const ASF_HEADER: [u8; 16] = *b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
const ASF_DATA: [u8; 16] = *b"\x36\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
/// More chunks than that are none.
const MOST_CHUNKS: usize = 1000;

/// The parts of a file that are sound, in order; all of it but tag blocks where its container is not known.
pub(in crate::audio) fn sound_bytes(file: &File) -> io::Result<Vec<Range<u64>>> {
    let range = without_tag_blocks(file)?;
    let known = asf(file, &range)
        .or_else(|| dsf(file, &range))
        .or_else(|| dsdiff(file, &range))
        .or_else(|| wave::samples(file, &range).map(|samples| vec![samples]))
        .filter(|parts| !parts.is_empty());
    Ok(known.unwrap_or_else(|| vec![range]))
}

fn asf(file: &File, range: &Range<u64>) -> Option<Vec<Range<u64>>> {
    let size_at = |at: u64| bytes(file, range, at).map(u64::from_le_bytes);
    if bytes::<16>(file, range, range.start)? != ASF_HEADER {
        return None;
    }
    let mut at = range.start + size_at(range.start + 16)?;
    for _ in 0..MOST_CHUNKS {
        let name: [u8; 16] = bytes(file, range, at)?;
        let end = at.checked_add(size_at(at + 16)?.max(24))?;
        if name == ASF_DATA {
            // Identifier, size, the file's id, the number of packets, and a reserved field.
            let packets = (at + 50).min(range.end)..end.min(range.end);
            return Some(vec![packets]);
        }
        at = end;
    }
    None
}

/// Sony's DSD stream file: its first chunk points at the tags, which come last.
fn dsf(file: &File, range: &Range<u64>) -> Option<Vec<Range<u64>>> {
    if bytes::<4>(file, range, range.start)? != *b"DSD " {
        return None;
    }
    let start = range.start + 28;
    let format = bytes(file, range, start + 4).map(u64::from_le_bytes)?;
    let samples = start.checked_add(format)?;
    let length = bytes(file, range, samples + 4).map(u64::from_le_bytes)?;
    let sound = start..samples.checked_add(length)?.min(range.end);
    Some(vec![sound])
}

/// Philips' DSDIFF 1.5: chunks with sizes of 64 bits.
fn dsdiff(file: &File, range: &Range<u64>) -> Option<Vec<Range<u64>>> {
    if bytes::<4>(file, range, range.start)? != *b"FRM8" {
        return None;
    }
    let (mut at, mut parts) = (range.start + 16, Vec::new());
    for _ in 0..MOST_CHUNKS {
        let Some(name) = bytes::<4>(file, range, at) else { break };
        let Some(size) = bytes(file, range, at + 4).map(u64::from_be_bytes) else { break };
        let end = at.saturating_add(12).saturating_add(size).min(range.end);
        if matches!(&name, b"PROP" | b"DSD " | b"DST ") {
            parts.push(at..end);
        }
        at = end + (size & 1);
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    fn sound(bytes: &[u8]) -> Vec<u8> {
        let parts = sound_bytes(&file(bytes)).unwrap();
        parts.iter().flat_map(|part| bytes[part.start as usize..part.end as usize].to_vec()).collect()
    }

    #[test]
    fn tags_are_outside_of_the_sound() {
        let object = |name: &[u8], content: &[u8]| {
            [name, &(24 + content.len() as u64).to_le_bytes()[..], content].concat()
        };
        let asf = |title: &[u8], index: &[u8]| {
            [
                object(&ASF_HEADER, title),
                object(&ASF_DATA, &[[0; 26].as_slice(), b"sound"].concat()),
                index.to_vec(),
            ]
            .concat()
        };
        assert_eq!(sound(&asf(b"a title", b"")), b"sound");
        assert_eq!(sound(&asf(b"another title", &object(&[7; 16], b"index"))), b"sound");

        let chunk = |name: &[u8], content: &[u8]| {
            [name, &(12 + content.len() as u64).to_le_bytes()[..], content].concat()
        };
        let dsf = |tags: &[u8]| {
            let pointer = (tags.len() as u64).to_le_bytes();
            let head = [b"DSD ".as_slice(), &28_u64.to_le_bytes(), &[0; 8], &pointer].concat();
            [head, chunk(b"fmt ", b"format"), chunk(b"data", b"sound"), tags.to_vec()].concat()
        };
        assert_eq!(sound(&dsf(b"")), sound(&dsf(b"ID3 and so on")));

        let chunk =
            |name: &[u8], content: &[u8]| [name, &(content.len() as u64).to_be_bytes()[..], content].concat();
        let dsdiff = |tags: &[u8]| {
            [
                chunk(b"FRM8", b"DSD ")[..].to_vec(),
                chunk(b"PROP", b"rate"),
                chunk(b"ID3 ", tags),
                chunk(b"DSD ", b"sounds"),
            ]
            .concat()
        };
        assert_eq!(sound(&dsdiff(b"")), sound(&dsdiff(b"tags")));
        assert!(sound(&dsdiff(b"")).ends_with(b"sounds"));
        assert_eq!(sound(b"wvpk and what follows"), b"wvpk and what follows");
    }
}
