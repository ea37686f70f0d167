//! The block of FLAC that has a cue sheet in numbers, without titles (RFC 9639, 8.7).

use super::region::Region;
use crate::track::{Extent, FurtherTags, Numbering, Section, Tags};

/// Bytes in front of the tracks, of a track without its indices, and of an index.
const HEAD: u64 = 396;
const TRACK: u64 = 36;
const INDEX: u64 = 12;
/// The bit of a track that is not of sound.
const IS_DATA: u8 = 0x80;

/// The songs of an album in one file of this rate (Hz), each from its index 1 to that of the next one.
pub(super) fn sections(block: &Region<'_>, rate: u64) -> Vec<Section> {
    let count = block.array::<1>(HEAD - 1).map_or(0, |[count]| count);
    let (mut sections, mut at): (Vec<Section>, _) = (Vec::new(), HEAD);
    // The last track is the lead-out.
    for _ in 1..count {
        let Some((offset, [number])) = block.be64(at).zip(block.array(at + 8)) else { break };
        let Some([flags]) = block.array(at + 21) else { break };
        let indices = block.array::<1>(at + 35).map_or(0, |[indices]| u64::from(indices));
        let place = |index| at + TRACK + index * INDEX;
        let first = (0..indices).find(|index| block.array(place(*index) + 8) == Some([1]));
        let start = first.and_then(|index| block.be64(place(index)));
        at = place(indices);
        let Some(start) =
            start.filter(|_| flags & IS_DATA == 0).and_then(|start| frames(offset, start, rate))
        else {
            continue;
        };
        if let Some(before) = sections.last_mut() {
            if start <= before.extent.start {
                return Vec::new();
            }
            before.extent.end = Some(start);
        }
        let further =
            FurtherTags { track: Numbering { number: number.into(), total: 0 }, ..FurtherTags::default() };
        sections.push(Section {
            sheet: None,
            number: sections.len() as u16 + 1,
            extent: Extent { start, end: None },
            tags: Tags { further: Some(Box::new(further)), ..Tags::default() },
        });
    }
    if sections.len() < 2 { Vec::new() } else { sections }
}

/// Samples as frames of a compact disc.
fn frames(offset: u64, index: u64, rate: u64) -> Option<u32> {
    let samples = offset.checked_add(index)?.checked_mul(u64::from(Extent::RATE))?;
    u32::try_from(samples.checked_div(rate)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number, flags, offset, and indices.
    type Track<'a> = (u8, u8, u64, &'a [(u8, u64)]);

    fn block(tracks: &[Track<'_>]) -> Vec<u8> {
        let mut bytes = vec![0; HEAD as usize - 1];
        bytes.push(tracks.len() as u8);
        for (number, flags, offset, indices) in tracks {
            bytes.extend(offset.to_be_bytes());
            bytes.push(*number);
            bytes.extend([0; 12]);
            bytes.push(*flags);
            bytes.extend([0; 13]);
            bytes.push(indices.len() as u8);
            for (number, offset) in *indices {
                bytes.extend(offset.to_be_bytes());
                bytes.extend([*number, 0, 0, 0]);
            }
        }
        bytes
    }

    fn read(bytes: &[u8], rate: u64) -> Vec<(u16, u32, Option<u32>)> {
        let song = |song: Section| (song.tags.further().track.number, song.extent.start, song.extent.end);
        sections(&Region::of_memory(bytes), rate).into_iter().map(song).collect()
    }

    #[test]
    fn songs_go_from_index_to_index_and_data_is_no_song() {
        let album = block(&[
            (1, 0, 0, &[(1, 0)]),
            (2, 0, 441_000, &[(0, 0), (1, 44_100)]),
            (3, IS_DATA, 882_000, &[(1, 0)]),
            (4, 0, 1_323_000, &[(1, 0)]),
            (170, 0, 1_764_000, &[]),
        ]);
        assert_eq!(read(&album, 44_100), [(1, 0, Some(825)), (2, 825, Some(2250)), (4, 2250, None)]);
        assert_eq!(read(&album, 0), []);
        for length in 0..album.len() {
            read(&album[..length], 44_100);
        }
        let one = block(&[(1, 0, 0, &[(1, 0)]), (170, 0, 441_000, &[])]);
        assert_eq!(read(&one, 44_100), []);
        let backwards = block(&[(1, 0, 441_000, &[(1, 0)]), (2, 0, 0, &[(1, 0)]), (170, 0, 882_000, &[])]);
        assert_eq!(read(&backwards, 44_100), []);
    }
}
