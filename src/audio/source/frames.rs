//! Holes in streams of MPEG audio and raw AAC: bytes between their frames that are no frame. A demuxer goes on behind them without
//! a word.

use std::{fs::File, ops::Range, os::unix::fs::FileExt};

use super::{adts, tag_blocks};

/// Fewer bytes between two frames are the padding of an encoder that miscounts.
const LEAST_HOLE: u64 = 64;
/// Fewer bytes behind the last frame are junk of another program; a download that has stopped leaves more.
const LEAST_TAIL: u64 = 1 << 16;
/// In random bytes hardly three frames follow one another.
const LEAST_RUN: usize = 50;
/// Bytes of a frame's header that tell its length, and of a block that is read at once.
const HEADER: usize = 7;
const BLOCK: usize = 1 << 16;

/// kbit/s by their index in a header: of MPEG-1 layers I, II and III, and of MPEG-2 layer I, and II and III (ISO/IEC 11172-3,
/// 2.4.2.3; 13818-3, 2.4.2.3).
const BIT_RATES: [[u64; 15]; 5] = [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/// Hz by their index in a header: of MPEG-1, which MPEG-2 and 2.5 halve, and of AAC.
const MPEG_RATES: [u32; 3] = [44_100, 48_000, 32_000];
const AAC_RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// What is not there, in seconds, as far as the bytes around it tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hole {
    pub from: f64,
    pub seconds: f64,
}

/// A frame's length in bytes, its own in seconds, and what neighbours have in common.
#[derive(Clone, Copy)]
struct Frame {
    length: u64,
    seconds: f64,
    form: u32,
}

/// Whether more frames follow one another without a gap than chance makes.
pub(super) fn has_run(file: &File, range: &Range<u64>) -> bool {
    let mut frames = Frames { file, range, block: Vec::new(), start: 0 };
    let (mut at, mut run) = (range.start, 0);
    while run < LEAST_RUN {
        match frames.at(at) {
            Some(frame) => (at, run) = (at + frame.length, run + 1),
            None => match frames.next(at + 1) {
                Some(next) => (at, run) = (next, 0),
                None => return false,
            },
        }
    }
    true
}

/// All that is missing between the first frame and the end, as one hole; nothing where there are no frames.
pub(super) fn hole(file: &File, range: &Range<u64>) -> Option<Hole> {
    let mut frames = Frames { file, range, block: Vec::new(), start: 0 };
    let mut at = frames.next(range.start)?;
    let (mut bytes, mut seconds, mut lost, mut from) = (0, 0.0, 0, None);
    while at < range.end {
        if let Some(frame) = frames.at(at) {
            (bytes, seconds) = (bytes + frame.length, seconds + frame.seconds);
            at += frame.length;
        } else if let Some(length) = tag_blocks::inside(file, &(at..range.end)) {
            at += length;
        } else {
            let next = frames.next(at + 1).unwrap_or(range.end);
            if next - at >= if next < range.end { LEAST_HOLE } else { LEAST_TAIL } {
                lost += next - at;
                from.get_or_insert(seconds);
            }
            at = next;
        }
    }
    from.map(|from| Hole { from, seconds: seconds * lost as f64 / bytes as f64 })
}

struct Frames<'a> {
    file: &'a File,
    range: &'a Range<u64>,
    /// The bytes from `start` on.
    block: Vec<u8>,
    start: u64,
}

impl Frames<'_> {
    fn at(&mut self, at: u64) -> Option<Frame> {
        frame(self.header(at)?)
    }

    /// Where the next frame begins that is followed by another one of its form, or by the end.
    fn next(&mut self, from: u64) -> Option<u64> {
        (from..self.range.end.saturating_sub(HEADER as u64)).find(|&at| {
            let Some(Frame { length, form, .. }) = self.at(at) else { return false };
            at + length == self.range.end || self.at(at + length).is_some_and(|next| next.form == form)
        })
    }

    fn header(&mut self, at: u64) -> Option<&[u8; HEADER]> {
        let end = at.checked_add(HEADER as u64).filter(|end| *end <= self.range.end)?;
        if at < self.start || end > self.start + self.block.len() as u64 {
            self.start = at;
            self.block.resize(BLOCK, 0);
            let length = self.file.read_at(&mut self.block, at).ok()?;
            self.block.truncate(length);
        }
        self.block.get((at - self.start) as usize..)?.first_chunk()
    }
}

fn frame(header: &[u8; HEADER]) -> Option<Frame> {
    let [0xff, second, third, fourth, ..] = *header else { return None };
    if second & 0xf6 == 0xf0 {
        let (form, length) = adts::frame(header)?;
        let rate = *AAC_RATES.get(usize::from(third >> 2 & 15))?;
        return Some(Frame { length, seconds: 1024.0 / f64::from(rate), form: 0x8000_0000 | form });
    }
    if second & 0xe0 != 0xe0 {
        return None;
    }
    let (version, layer) = (second >> 3 & 3, 4 - (second >> 1 & 3));
    let table = match (version, layer) {
        (1, _) | (_, 4) => return None,
        (3, layer) => layer - 1,
        (_, 1) => 3,
        _ => 4,
    };
    let bit_rate =
        *BIT_RATES[usize::from(table)].get(usize::from(third >> 4)).filter(|rate| **rate > 0)? * 1000;
    let rate = *MPEG_RATES.get(usize::from(third >> 2 & 3))? >> [2, 0, 1, 0][usize::from(version)];
    let padding = u64::from(third >> 1 & 1);
    let (length, samples) = match (layer, version == 3) {
        (1, _) => ((12 * bit_rate / u64::from(rate) + padding) * 4, 384),
        (3, false) => (72 * bit_rate / u64::from(rate) + padding, 576),
        _ => (144 * bit_rate / u64::from(rate) + padding, 1152),
    };
    let form = u32::from(second & 0x1e) << 8 | u32::from(third & 0x0c) | u32::from(fourth >> 6 == 3);
    Some(Frame { length, seconds: f64::from(samples) / f64::from(rate), form })
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    /// Frames of MPEG-1 layer III with 128 kbit/s at 44 100 Hz, without padding.
    fn frames(count: usize) -> Vec<u8> {
        [&[0xff, 0xfb, 0x90, 0x44][..], &[0x55; 413]].concat().repeat(count)
    }

    const SECONDS: f64 = 1152.0 / 44_100.0;

    fn hole_in(parts: &[&[u8]]) -> Option<Hole> {
        let bytes = parts.concat();
        hole(&file(&bytes), &(0..bytes.len() as u64))
    }

    #[test]
    fn bytes_between_frames_are_a_hole_and_tags_there_are_none() {
        let (frames, tag) = (frames(10), [b"TAG".as_slice(), &[b'x'; 125]].concat());
        let id3v2 = [b"ID3\x04\0\0\0\0\x01\x00".as_slice(), &[7; 128]].concat();
        assert_eq!(hole_in(&[&frames, &frames]), None);
        assert_eq!(hole_in(&[&frames, &tag, &id3v2, &frames]), None, "joined files");
        assert_eq!(hole_in(&[&[1; 1000], &frames, &[0; 10], &frames]), None, "junk in front, padding");
        for junk in [vec![0; 834], vec![0x55; 834], [0xff, 0xe0].repeat(417)] {
            let hole = hole_in(&[&frames, &junk, &frames]).unwrap();
            assert!((hole.from - 10.0 * SECONDS).abs() < 1e-9, "{hole:?}");
            assert!((hole.seconds - 2.0 * SECONDS).abs() < 1e-9, "{hole:?}");
        }
        assert_eq!(hole_in(&[b"nothing at all"]), None);
        let runs = [9, 50].map(|count| {
            let bytes = [&frames[..417 * 9], &[0; 99], &self::frames(count), &[0; 99]].concat();
            has_run(&file(&bytes), &(0..bytes.len() as u64))
        });
        assert_eq!(runs, [false, true]);
    }

    #[test]
    fn a_file_that_ends_in_zeros_lacks_what_they_stand_for() {
        assert_eq!(hole_in(&[&frames(10), &[0; 4096]]), None);
        let hole = hole_in(&[&frames(10), &vec![0; 417 * 1000]]).unwrap();
        assert!((hole.seconds - 1000.0 * SECONDS).abs() < 1e-6, "{hole:?}");
    }

    #[test]
    fn lengths_are_those_of_the_standards() {
        for (header, length, seconds) in [
            ([0xff, 0xfb, 0x92, 0x44], 418, SECONDS),
            ([0xff, 0xfd, 0x90, 0x44], 522, SECONDS),
            ([0xff, 0xff, 0x90, 0x44], 312, SECONDS / 3.0),
            ([0xff, 0xf3, 0x84, 0xc4], 192, 576.0 / 24_000.0),
            ([0xff, 0xe3, 0x88, 0xc4], 576, 576.0 / 8_000.0),
        ] {
            let [a, b, c, d] = header;
            let frame = frame(&[a, b, c, d, 0, 0, 0]).unwrap();
            assert_eq!((frame.length, frame.seconds), (length, seconds), "{header:x?}");
        }
        for header in
            [[0xff, 0xfb, 0x00, 0], [0xff, 0xfb, 0xf0, 0], [0xff, 0xeb, 0x90, 0], [0xff, 0xf9, 0x90, 0]]
        {
            let [a, b, c, d] = header;
            assert!(frame(&[a, b, c, d, 0, 0, 0]).is_none(), "{header:x?}");
        }
    }
}
