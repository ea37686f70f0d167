//! Raw AAC that goes on with other parameters: each part is a stream of its own, as symphonia takes a whole file for what
//! its first frame says.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::{fs::File, ops::Range};

use super::bytes::bytes;

/// Bytes of a frame's header that tell what follows (ISO/IEC 13818-7, 6.2).
const HEADER: usize = 7;

/// The parts of a file; one where it is none of these streams, or the same from start to end.
pub(super) fn parts(file: &File, range: &Range<u64>) -> Vec<Range<u64>> {
    let is_stream = frame_at(file, range, range.start)
        .is_some_and(|(_, length)| frame_at(file, range, range.start + length).is_some());
    let cuts = if is_stream { cuts(file, range).unwrap_or_default() } else { vec![] };
    let starts = std::iter::once(range.start).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([range.end]);
    starts.zip(ends).map(|(start, end)| start..end).collect()
}

/// Where frames begin that have other parameters than those before. Stops at the first byte that is no frame: what
/// follows belongs to the last part.
fn cuts(file: &File, range: &Range<u64>) -> std::io::Result<Vec<u64>> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    reader.seek(SeekFrom::Start(range.start))?;
    let (mut at, mut before, mut cuts) = (range.start, None, Vec::new());
    let mut header = [0; HEADER];
    while at + HEADER as u64 <= range.end {
        reader.read_exact(&mut header)?;
        let Some((parameters, length)) = frame(&header) else { break };
        if before.is_some_and(|before| before != parameters) {
            cuts.push(at);
        }
        before = Some(parameters);
        at += length;
        reader.seek_relative(length as i64 - HEADER as i64)?;
    }
    Ok(cuts)
}

fn frame_at(file: &File, range: &Range<u64>, at: u64) -> Option<(u32, u64)> {
    frame(&bytes(file, range, at)?)
}

/// Profile, rate and channels of a frame, as bits, and its length in bytes.
pub(super) fn frame(header: &[u8; HEADER]) -> Option<(u32, u64)> {
    let bits =
        u64::from_be_bytes([0, header[0], header[1], header[2], header[3], header[4], header[5], header[6]]);
    // Sync word, and a layer that is always 0.
    if bits >> 44 != 0xfff || bits >> 41 & 3 != 0 {
        return None;
    }
    let (profile_and_rate, channels) = (bits >> 34 & 0x3f, bits >> 30 & 7);
    let length = bits >> 13 & 0x1fff;
    (length >= HEADER as u64).then_some(((profile_and_rate << 3 | channels) as u32, length))
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    /// A frame of low complexity with so many bytes.
    fn frame(rate: u64, channels: u64, length: u64) -> Vec<u8> {
        let bits = 0xfff1_u64 << 40 | 1 << 38 | rate << 34 | channels << 30 | length << 13 | 0x1ffc;
        [&bits.to_be_bytes()[1..], &vec![0; length as usize - HEADER]].concat()
    }

    /// Where the parts end.
    fn ends(frames: &[Vec<u8>]) -> Vec<u64> {
        let bytes = frames.concat();
        let parts = parts(&file(&bytes), &(0..bytes.len() as u64));
        assert!(
            parts.iter().zip(&parts[1..]).all(|(one, next)| one.end == next.start) && parts[0].start == 0
        );
        parts.iter().map(|part| part.end).collect()
    }

    #[test]
    fn a_stream_is_cut_where_rate_or_channels_change() {
        let (a, b, c) = (frame(3, 2, 100), frame(4, 2, 50), frame(4, 1, 20));
        assert_eq!(ends(&[a.clone(), a.clone(), a.clone()]), [300]);
        assert_eq!(ends(&[a.clone(), a.clone(), b.clone(), c.clone()]), [200, 250, 270]);
        assert_eq!(ends(&[a.clone(), b.clone(), b"junk and more of it".to_vec(), a.clone()]), [100, 269]);
        assert_eq!(ends(&[a.clone(), b"no stream".to_vec()]), [109]);
        assert_eq!(ends(&[b"no".to_vec()]), [2]);
    }
}
