//! Core Audio files that symphonia refuses: bytes behind the last chunk, and Opus.

use std::{fs::File, ops::Range};

use super::bytes::{bytes, is_chunk_name};

/// More chunks than that are none.
const MOST_CHUNKS: usize = 1000;
/// Bytes of the start that may be changed: up to the name of the codec.
pub(super) const HEAD: usize = 32;
/// Where the first chunk, which describes the format, has its name: Apple's specification, `CAFAudioFormat`.
const CODEC: u64 = 28;

/// The start of a file as symphonia reads it, and where the rest lies; `None` where it reads the file as it is.
pub(super) fn mended(file: &File, range: &Range<u64>) -> Option<(Vec<u8>, Range<u64>)> {
    let mut head: [u8; HEAD] = bytes(file, range, range.start)?;
    if !head.starts_with(b"caff\0\x01") || &head[8..12] != b"desc" {
        return None;
    }
    let is_opus = is_opus(&head);
    if is_opus {
        // symphonia has no name for it in this container. Packets of AAC are stored the same way.
        head[CODEC as usize..].copy_from_slice(b"aac ");
    }
    let end = end(file, range)?;
    (is_opus || end < range.end).then(|| (head.to_vec(), range.start + head.len() as u64..end))
}

/// Whether the first bytes are those of a Core Audio file with Opus.
pub(super) fn is_opus(head: &[u8]) -> bool {
    head.starts_with(b"caff") && head.get(CODEC as usize..).is_some_and(|codec| codec.starts_with(b"opus"))
}

/// The end of the last chunk.
fn end(file: &File, range: &Range<u64>) -> Option<u64> {
    let mut at = range.start + 8;
    for _ in 0..MOST_CHUNKS {
        let Some(name) = bytes(file, range, at) else { break };
        let Some(size) = bytes(file, range, at + 4).map(i64::from_be_bytes) else { break };
        // Samples of unknown length go on to the end.
        let size = match u64::try_from(size) {
            Ok(size) if is_chunk_name(name) => size,
            Err(_) if &name == b"data" => return Some(range.end),
            _ => break,
        };
        let next = at.checked_add(12)?.checked_add(size)?;
        if next > range.end {
            // Cut off within this chunk.
            return Some(if &name == b"data" { range.end } else { at });
        }
        at = next;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [name, &(content.len() as i64).to_be_bytes()[..], content].concat()
    }

    fn caf(codec: &[u8; 4], behind: &[u8]) -> Vec<u8> {
        let desc = [&44_100_f64.to_be_bytes()[..], codec, &[0; 20]].concat();
        [b"caff\0\x01\0\0", &chunk(b"desc", &desc)[..], &chunk(b"data", &[0; 50]), behind].concat()
    }

    fn mended_end(bytes: &[u8]) -> Option<u64> {
        mended(&file(bytes), &(0..bytes.len() as u64)).map(|(_, range)| range.end)
    }

    #[test]
    fn bytes_behind_the_last_chunk_are_cut_off() {
        let whole = caf(b"lpcm", b"");
        assert_eq!(mended_end(&whole), None);
        for junk in [&[0; 128][..], b"TAG", b"what is this?", &[0xff; 12]] {
            assert_eq!(mended_end(&caf(b"lpcm", junk)), Some(whole.len() as u64), "{junk:?}");
        }
        assert_eq!(mended_end(&caf(b"lpcm", &chunk(b"free", &[0; 9]))), None);
        assert_eq!(mended_end(&whole[..whole.len() - 7]), None, "cut off");
    }

    #[test]
    fn opus_is_called_what_symphonia_knows() {
        let bytes = caf(b"opus", b"");
        let (head, range) = mended(&file(&bytes), &(0..bytes.len() as u64)).unwrap();
        assert_eq!((&head[28..], range), (&b"aac "[..], 32..bytes.len() as u64));
        assert!(is_opus(&bytes) && !is_opus(&caf(b"lpcm", b"")));
    }
}
