//! Where the recording begins and ends in an MP4 file: AAC encoders put silence before and after it.
//!
//! symphonia decodes every coded frame of MP4; what to trim stands in the edit list (ISO/IEC 14496-12, 8.6.6) or in
//! iTunes' `iTunSMPB` tag. ffmpeg, and so librosa, trims by the same two.

use std::{fs::File, os::unix::fs::FileExt};

/// A span of the decoded frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// Frames before the recording.
    pub start: u64,
    /// Frames of the recording; none: to the end.
    pub length: Option<u64>,
}

/// One atom (box) of an MP4 file: its name and where its content lies.
struct Atom {
    name: [u8; 4],
    start: u64,
    end: u64,
}

/// The most atoms that are looked at in one level.
const MOST_ATOMS: usize = 4096;

/// The edit list of the track `id`, counted in frames of `rate` Hz. `None`: there is none, or one that cannot be
/// followed.
pub(super) fn edit_list(file: &File, id: u32, rate: u32) -> Option<Span> {
    let moov = find(file, &Atom { name: *b"file", start: 0, end: file.metadata().ok()?.len() }, b"moov")?;
    let scale_of = |header: &Atom| after_times(file, header).filter(|&scale| scale > 0);
    let movie_scale = scale_of(&find(file, &moov, b"mvhd")?)?;
    let id_of = |track: &Atom| after_times(file, &find(file, track, b"tkhd")?);
    let track = atoms(file, &moov).find(|atom| &atom.name == b"trak" && id_of(atom) == Some(id))?;
    let media = find(file, &find(file, &track, b"mdia")?, b"mdhd")?;
    let media_scale = scale_of(&media)?;
    let list = find(file, &find(file, &track, b"edts")?, b"elst")?;

    let wide = byte(file, list.start)? == 1;
    let entries = u32_at(file, list.start + 4)?;
    let mut spans = (0..u64::from(entries.min(16))).filter_map(|i| {
        let (duration, time) = if wide {
            let at = list.start + 8 + 20 * i;
            (u64_at(file, at)?, u64_at(file, at + 8)? as i64)
        } else {
            let at = list.start + 8 + 12 * i;
            (u64::from(u32_at(file, at)?), i64::from(u32_at(file, at + 4)? as i32))
        };
        // A negative time is an empty edit: a pause before the track, which is not coded.
        let start = u64::try_from(time).ok()?;
        Some((start, duration))
    });
    let (start, duration) = spans.next()?;
    let frames =
        |time: u64, scale: u32| u64::try_from(u128::from(time) * u128::from(rate) / u128::from(scale)).ok();
    let start = frames(start, media_scale)?;
    // Of several edits only the start of the first is followed; length 0 means "to the end".
    let length = (spans.next().is_none() && duration > 0).then(|| frames(duration, movie_scale)).flatten();
    // The length is counted in the movie's coarse ticks: an end within one tick of the media's is the media's.
    let media_frames = duration_of(file, &media).and_then(|duration| frames(duration, media_scale));
    let is_end = |length: &u64| {
        let after_a_tick = start + length + u64::from(rate.div_ceil(movie_scale));
        media_frames.is_some_and(|frames| after_a_tick >= frames)
    };
    Some(Span { start, length: length.filter(|length| !is_end(length)) })
}

/// The span that an `iTunSMPB` tag names: `00000000 <delay> <padding> <length> …`, hexadecimal, in frames.
pub(super) fn itunes(tag: &str) -> Option<Span> {
    let mut words = tag.split_ascii_whitespace().map(|word| u64::from_str_radix(word, 16).ok());
    let (_, delay, _, length) = (words.next()??, words.next()??, words.next()??, words.next()??);
    Some(Span { start: delay, length: (length > 0).then_some(length) })
}

/// The number behind the times of a header: a track's id, or the ticks per second of a movie or media.
fn after_times(file: &File, header: &Atom) -> Option<u32> {
    u32_at(file, header.start + if byte(file, header.start)? == 1 { 20 } else { 12 })
}

/// Length in ticks of a movie or media header.
fn duration_of(file: &File, header: &Atom) -> Option<u64> {
    match byte(file, header.start)? {
        1 => u64_at(file, header.start + 24),
        _ => u32_at(file, header.start + 16).map(u64::from),
    }
}

fn find(file: &File, parent: &Atom, name: &[u8; 4]) -> Option<Atom> {
    atoms(file, parent).find(|atom| &atom.name == name)
}

fn atoms<'f>(file: &'f File, parent: &Atom) -> impl Iterator<Item = Atom> + 'f {
    let (mut at, end) = (parent.start, parent.end);
    let next = move || {
        let size = u64::from(u32_at(file, at)?);
        let name = u32_at(file, at + 4)?.to_be_bytes();
        let (header, size) = match size {
            0 => (8, end - at),
            1 => (16, u64_at(file, at + 8)?),
            size => (8, size),
        };
        let start = at + header;
        at = at.checked_add(size).filter(|&next| next >= start && next <= end)?;
        Some(Atom { name, start, end: at })
    };
    std::iter::from_fn(next).take(MOST_ATOMS)
}

fn bytes<const N: usize>(file: &File, at: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact_at(&mut bytes, at).ok()?;
    Some(bytes)
}

fn byte(file: &File, at: u64) -> Option<u8> {
    bytes::<1>(file, at).map(|[byte]| byte)
}

fn u32_at(file: &File, at: u64) -> Option<u32> {
    bytes(file, at).map(u32::from_be_bytes)
}

fn u64_at(file: &File, at: u64) -> Option<u64> {
    bytes(file, at).map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn atom(name: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        [&(content.len() as u32 + 8).to_be_bytes()[..], name, &content].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn movie(edits: &[u32]) -> File {
        let track = |id, edits: &[u32]| {
            let media = atom(b"mdia", &[&atom(b"mdhd", &[&words(&[0, 0, 0, 48_000, 2_162_048])])]);
            let list =
                atom(b"edts", &[&atom(b"elst", &[&words(&[0, edits.len() as u32 / 3]), &words(edits)])]);
            atom(b"trak", &[&atom(b"tkhd", &[&words(&[0, 0, 0, id])]), &list, &media])
        };
        let header = atom(b"mvhd", &[&words(&[0, 0, 0, 1000])]);
        let moov = atom(b"moov", &[&header, &track(1, &[7, 7, 7]), &track(2, edits)]);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[atom(b"ftyp", &[b"M4A "]), atom(b"mdat", &[&[0; 99]]), moov].concat()).unwrap();
        file
    }

    #[test]
    fn the_edit_list_of_the_asked_track_counts() {
        let file = movie(&[45_000, 1024, 0x10000]);
        assert_eq!(edit_list(&file, 2, 48_000), Some(Span { start: 1024, length: Some(2_160_000) }));
        assert_eq!(edit_list(&file, 3, 48_000), None);
    }

    #[test]
    fn a_cut_within_a_tick_of_the_end_is_none() {
        // 45 021 ms and the delay of 1 024 frames are 16 frames less than what is coded.
        let file = movie(&[45_021, 1024, 0x10000]);
        assert_eq!(edit_list(&file, 2, 48_000), Some(Span { start: 1024, length: None }));
    }

    #[test]
    fn a_pause_before_the_track_is_no_trim() {
        let file = movie(&[500, u32::MAX, 0x10000, 0, 2112, 0x10000]);
        assert_eq!(edit_list(&file, 2, 48_000), Some(Span { start: 2112, length: None }));
    }

    #[test]
    fn itunes_speaks_hexadecimal() {
        let tag = " 00000000 00000840 000001C0 0000000000A3B440 00000000 00000000";
        assert_eq!(itunes(tag), Some(Span { start: 2112, length: Some(10_728_512) }));
        assert_eq!(itunes("00000000 what"), None);
    }
}
