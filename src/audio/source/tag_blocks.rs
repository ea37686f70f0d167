//! Blocks of tags that programs put before and behind any kind of file: ID3v2, ID3v1, Lyrics3 and APE.

use std::{fs::File, io, ops::Range, os::unix::fs::FileExt};

use super::bytes::bytes;

/// More blocks than that are none.
const MOST_BLOCKS: usize = 16;

/// The bytes of a file without the tag blocks at both ends; the whole of it where nothing else would be left.
pub(super) fn without_tag_blocks(file: &File) -> io::Result<Range<u64>> {
    let whole = 0..file.metadata()?.len();
    let mut range = whole.clone();
    for _ in 0..MOST_BLOCKS {
        let Some(length) = leading(file, &range) else { break };
        range.start += length;
    }
    for _ in 0..MOST_BLOCKS {
        let Some(length) = trailing(file, &range) else { break };
        range.end -= length;
    }
    Ok(if range.is_empty() { whole } else { range })
}

/// The length of a block within a stream, where files were joined: of one that comes before a recording, or of ID3v1.
pub(super) fn inside(file: &File, range: &Range<u64>) -> Option<u64> {
    let is_id3v1 = bytes(file, range, range.start).is_some_and(|mark: [u8; 3]| &mark == b"TAG");
    if is_id3v1 { Some(128.min(range.end - range.start)) } else { leading(file, range) }
}

/// The length of a block at the start, if it lies within.
fn leading(file: &File, range: &Range<u64>) -> Option<u64> {
    let length = range.end - range.start;
    let header: [u8; 10] = bytes(file, range, range.start)?;
    let block = match header {
        // ID3v2.4, section 3.1: seven bits of each byte of the size count; a footer repeats the header.
        [b'I', b'D', b'3', 0..=0xfe, 0..=0xfe, flags, size @ ..] => {
            size.iter().all(|byte| byte & 0x80 == 0).then_some(())?;
            let size = size.iter().fold(0, |size, &byte| size << 7 | u64::from(byte));
            size + 10 + if flags & 0x10 == 0 { 0 } else { 10 }
        }
        [b'A', b'P', b'E', b'T', b'A', b'G', b'E', b'X', ..] => {
            u64::from(ape_size(file, range, range.start)?) + 32
        }
        _ => return None,
    };
    (block < length).then_some(block)
}

/// The length of a block at the end.
fn trailing(file: &File, range: &Range<u64>) -> Option<u64> {
    let ends_with = |mark: &[u8], back: u64| {
        let mut found = [0; 12];
        let found = &mut found[..mark.len()];
        let at = range.end.checked_sub(back).filter(|&at| at > range.start);
        at.is_some_and(|at| file.read_exact_at(found, at).is_ok() && found == mark)
    };
    if ends_with(b"TAG", 128) {
        return Some(128);
    }
    if ends_with(b"APETAGEX", 32) {
        let at = range.end - 32;
        let flags = u32::from_le_bytes(bytes(file, range, at + 20)?);
        let has_header = flags >> 31 == 1;
        // The size counts the footer, but not the header.
        let length = u64::from(ape_size(file, range, at)?) + if has_header { 32 } else { 0 };
        return (32..range.end - range.start).contains(&length).then_some(length);
    }
    if ends_with(b"LYRICS200", 9) {
        let digits: [u8; 6] = bytes(file, range, range.end - 15)?;
        let length: u64 = std::str::from_utf8(&digits).ok()?.parse().ok()?;
        return (length + 15 < range.end - range.start).then_some(length + 15);
    }
    if ends_with(b"3DI", 10) {
        let size: [u8; 4] = bytes(file, range, range.end - 4)?;
        let size = size.iter().fold(0, |size, &byte| size << 7 | u64::from(byte & 0x7f));
        return (size + 20 < range.end - range.start).then_some(size + 20);
    }
    None
}

fn ape_size(file: &File, range: &Range<u64>, at: u64) -> Option<u32> {
    bytes(file, range, at + 12).map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    const AUDIO: &[u8] = b"what is heard";

    fn id3v2(length: u8) -> Vec<u8> {
        [b"ID3\x04\x00\x00\x00\x00\x00", &[length][..], &vec![0; length.into()]].concat()
    }

    fn id3v1() -> Vec<u8> {
        [b"TAG".as_slice(), &[0; 125]].concat()
    }

    /// With header and footer.
    fn ape() -> Vec<u8> {
        let mark = |flags: u32| {
            let numbers = [2000, 32 + 7, 1, flags].map(u32::to_le_bytes);
            [b"APETAGEX".as_slice(), numbers.as_flattened(), &[0; 8]].concat()
        };
        [mark(0xa000_0000), b"content".to_vec(), mark(0x8000_0000)].concat()
    }

    #[test]
    fn blocks_go_in_any_order_at_both_ends() {
        let lyrics = b"LYRICSBEGINsomething000020LYRICS200".to_vec();
        for (before, behind) in [
            (vec![], vec![]),
            (vec![id3v2(3)], vec![id3v1()]),
            (vec![id3v2(3), id3v2(100)], vec![ape(), id3v1()]),
            (vec![ape()], vec![id3v1(), ape()]),
            (vec![], vec![ape(), lyrics, id3v1()]),
        ] {
            let (before, behind) = (before.concat(), behind.concat());
            let file = file(&[&before, AUDIO, &behind].concat());
            let start = before.len() as u64;
            assert_eq!(without_tag_blocks(&file).unwrap(), start..start + AUDIO.len() as u64);
        }
    }

    #[test]
    fn a_block_that_claims_everything_is_none() {
        for bytes in
            [id3v2(3), id3v1(), ape(), [b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f".as_slice(), AUDIO].concat()]
        {
            assert_eq!(without_tag_blocks(&file(&bytes)).unwrap(), 0..bytes.len() as u64);
        }
    }
}
