//! Waveform files whose header symphonia does not read, or which lies: RF64, BW64 and Wave64, whose sizes have 64 bits,
//! and RIFF whose sizes are 0, too small, or -1, as programs leave them that write to a pipe or are killed.
//!
//! EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64), Sony's Wave64 of 2003.

use std::{fs::File, ops::Range, os::unix::fs::FileExt};

use super::bytes::{bytes, is_chunk_name};

/// No description of a format has more bytes.
const LONGEST_FORMAT: u64 = 4096;
/// More chunks before the samples than that are none.
const MOST_CHUNKS: usize = 1000;
/// How the identifiers of Wave64's chunks go on behind their four letters.
const W64_RIFF: [u8; 12] = *b"\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";
const W64_CHUNK: [u8; 12] = *b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";

/// A header for the samples of a file and where they lie; `None` where the file says all that itself.
pub(super) fn mended(file: &File, range: &Range<u64>) -> Option<(Vec<u8>, Range<u64>)> {
    let found = find(file, range)?;
    (!found.is_true).then(|| (header(&found), found.samples))
}

fn find(file: &File, range: &Range<u64>) -> Option<Waveform> {
    match &bytes::<12>(file, range, range.start)? {
        [b'R', b'I', b'F', b'F', rest @ ..] if rest.ends_with(b"WAVE") => riff(file, range),
        [b'R' | b'B', b'F' | b'W', b'6', b'4', rest @ ..] if rest.ends_with(b"WAVE") => riff(file, range),
        [b'r', b'i', b'f', b'f', ..] if bytes::<12>(file, range, range.start + 4)? == W64_RIFF => {
            wave64(file, range)
        }
        _ => None,
    }
}

/// Where the samples of a waveform file lie, of whatever codec.
pub(super) fn samples(file: &File, range: &Range<u64>) -> Option<Range<u64>> {
    find(file, range).map(|found| found.samples)
}

/// What is found in a waveform file.
struct Waveform {
    format: Vec<u8>,
    samples: Range<u64>,
    /// The file is RIFF, and says where the samples end.
    is_true: bool,
}

fn riff(file: &File, range: &Range<u64>) -> Option<Waveform> {
    let is_wide = bytes::<4>(file, range, range.start)? != *b"RIFF";
    let declared = u64::from(u32::from_le_bytes(bytes(file, range, range.start + 4)?));
    let (mut at, mut format, mut wide_size) = (range.start + 12, None, None);
    for _ in 0..MOST_CHUNKS {
        let (name, size) = chunk(file, range, at)?;
        let start = at + 8;
        match &name {
            b"ds64" => wide_size = bytes(file, range, start + 8).map(u64::from_le_bytes),
            b"fmt " => format = Some(read(file, start, size)?),
            b"data" => {
                let size = wide_size.filter(|_| size == u64::from(u32::MAX)).unwrap_or(size);
                let end = start.checked_add(size)?;
                // A file that is cut off goes on saying how much there should be.
                let is_cut = end > range.end && size != u64::from(u32::MAX);
                let is_end = size > 0 && (end >= range.end || is_boundary(file, range, end + (size & 1)));
                let samples = start..if is_end { end.min(range.end) } else { range.end };
                let covers = range.start + 8 + declared >= samples.end;
                let is_true = !is_wide && is_end && covers && (end <= range.end || is_cut);
                return Some(Waveform { format: format?, samples, is_true });
            }
            _ => {}
        }
        at = start.checked_add(size + (size & 1))?;
    }
    None
}

fn wave64(file: &File, range: &Range<u64>) -> Option<Waveform> {
    // The identifier of the file, its size, and the identifier of its kind.
    let (mut at, mut format) = (range.start + 40, None);
    for _ in 0..MOST_CHUNKS {
        let name: [u8; 4] = bytes(file, range, at)?;
        if bytes::<12>(file, range, at + 4)? != W64_CHUNK {
            return None;
        }
        // The size counts the chunk's header; chunks begin at multiples of eight.
        let size = u64::from_le_bytes(bytes(file, range, at + 16)?);
        match &name {
            b"fmt " => format = Some(read(file, at + 24, size.checked_sub(24)?)?),
            b"data" => {
                let end = at.checked_add(size).filter(|&end| size > 24 && end <= range.end);
                let samples = at + 24..end.unwrap_or(range.end);
                return Some(Waveform { format: format?, samples, is_true: false });
            }
            _ => {}
        }
        at = at.checked_add(size.max(24).checked_next_multiple_of(8)?)?;
    }
    None
}

fn chunk(file: &File, range: &Range<u64>, at: u64) -> Option<([u8; 4], u64)> {
    Some((bytes(file, range, at)?, u32::from_le_bytes(bytes(file, range, at + 4)?).into()))
}

/// Whether another chunk begins here, or nothing but padding is left.
fn is_boundary(file: &File, range: &Range<u64>, at: u64) -> bool {
    let Some((name, size)) = chunk(file, range, at) else { return true };
    is_chunk_name(name) && at.checked_add(8 + size).is_some_and(|end| end <= range.end + 1)
        || are_zeros(file, at, range.end)
}

fn are_zeros(file: &File, mut at: u64, end: u64) -> bool {
    while at < end {
        match read(file, at, end - at) {
            Some(block) if block.iter().all(|byte| *byte == 0) => at += block.len() as u64,
            _ => return false,
        }
    }
    true
}

/// As many bytes as wanted, up to a limit.
fn read(file: &File, at: u64, length: u64) -> Option<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length.min(LONGEST_FORMAT)).ok()?];
    file.read_exact_at(&mut bytes, at).ok()?;
    Some(bytes)
}

/// RIFF with the samples as its last chunk; of unknown length, which is -1, where that has more than 32 bits.
fn header(found: &Waveform) -> Vec<u8> {
    let format = &found.format;
    let samples = found.samples.end - found.samples.start;
    let padding = format.len() & 1;
    let all = 20 + format.len() as u64 + padding as u64 + samples;
    let [all, samples] = match u32::try_from(all) {
        Ok(all) => [all, samples as u32],
        Err(_) => [u32::MAX; 2],
    }
    .map(u32::to_le_bytes);
    let length = (format.len() as u32).to_le_bytes();
    [b"RIFF".as_slice(), &all, b"WAVEfmt ", &length, format, &[0][..padding], b"data", &samples].concat()
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    const FORMAT: [u8; 16] = [1, 0, 1, 0, 0x44, 0xac, 0, 0, 0x88, 0x58, 1, 0, 2, 0, 16, 0];
    const SAMPLES: &[u8] = b"\x01\x80\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10";

    fn riff(name: &[u8; 4], size: u32, before: &[u8], data: u32, behind: &[u8]) -> Vec<u8> {
        let format = [b"fmt \x10\0\0\0".as_slice(), &FORMAT].concat();
        let (size, data) = (size.to_le_bytes(), data.to_le_bytes());
        [name, &size, b"WAVE", before, &format, b"data", &data, SAMPLES, behind].concat()
    }

    fn samples_of(bytes: &[u8]) -> Option<Vec<u8>> {
        let (head, range) = mended(&file(bytes), &(0..bytes.len() as u64))?;
        let samples = bytes[range.start as usize..range.end as usize].to_vec();
        assert_eq!(head, riff(b"RIFF", 36 + samples.len() as u32, b"", samples.len() as u32, b"")[..44]);
        Some(samples)
    }

    #[test]
    fn a_header_that_is_true_is_left_alone() {
        for behind in [b"".as_slice(), b"LIST\x04\0\0\0INFO", b"\0", &[0; 5000]] {
            assert_eq!(
                samples_of(&riff(b"RIFF", 52 + behind.len() as u32, b"", 16, behind)),
                None,
                "{behind:?}"
            );
        }
        assert_eq!(samples_of(&riff(b"RIFF", 10_036, b"", 10_000, b"")), None, "cut off, which is no lie");
        assert_eq!(samples_of(b"RIFF\0\0\0\0AVI LIST"), None);
    }

    #[test]
    fn sizes_that_lie_are_read_to_the_end() {
        for (riff_size, data_size) in
            [(0, 0), (u32::MAX, u32::MAX), (52, u32::MAX), (52, 0), (38, 2), (0, 16), (38, 16)]
        {
            let bytes = riff(b"RIFF", riff_size, b"", data_size, b"");
            assert_eq!(samples_of(&bytes).as_deref(), Some(SAMPLES), "{riff_size} {data_size}");
        }
    }

    #[test]
    fn sizes_of_64_bits_are_read() {
        let sizes = [88_u64, 16, 8].map(u64::to_le_bytes);
        let ds64 = [b"ds64\x1c\0\0\0".as_slice(), sizes.as_flattened(), &[0; 4]].concat();
        for name in [b"RF64", b"BW64"] {
            let bytes = riff(name, u32::MAX, &ds64, u32::MAX, b"LIST\x04\0\0\0INFO");
            assert_eq!(samples_of(&bytes).as_deref(), Some(SAMPLES));
        }
        let chunk = |name: &[u8], content: &[u8]| {
            let length = (24 + content.len() as u64).to_le_bytes();
            let padding = vec![0; content.len().next_multiple_of(8) - content.len()];
            [name, &W64_CHUNK, &length, content, &padding].concat()
        };
        let chunks = [chunk(b"junk", b"x"), chunk(b"fmt ", &FORMAT), chunk(b"data", SAMPLES)].concat();
        let bytes = [b"riff", &W64_RIFF[..], &[0; 8], b"wave", &W64_CHUNK, &chunks].concat();
        assert_eq!(samples_of(&bytes).as_deref(), Some(SAMPLES));
    }
}
