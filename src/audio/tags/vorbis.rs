//! Vorbis comments, in FLAC and Ogg.

use super::cue_block;
use super::found::FoundTags;
use super::keys;
use super::region::{LARGEST, Region};
use super::text;

/// More comments, blocks or pages are not looked through, longer comments (bytes) are none of a song's fields.
const MOST_COMMENTS: u64 = 4096;
const MOST_BLOCKS: usize = 1024;
const MOST_PAGES: usize = 4096;
const LONGEST_COMMENT: u64 = 64 * 1024;

/// The types of the blocks of FLAC that are read (RFC 9639, 8.1).
const STREAM_INFO: u8 = 0;
const COMMENT_BLOCK: u8 = 4;
const CUE_BLOCK: u8 = 5;

/// How the first packet of a stream begins, and how many bytes the second one has before its comments.
const CODECS: [(&[u8], usize); 4] =
    [(b"\x01vorbis", 7), (b"OpusHead", 8), (b"Speex   ", 0), (b"\x7fFLAC", 4)];

/// Of the blocks of comments in a FLAC file the first one counts, and the next where they say more.
pub(super) fn flac(file: &Region<'_>) -> FoundTags {
    let (mut found, mut at, mut rate) = (FoundTags::default(), 4, 0);
    let mut in_numbers = FoundTags::default();
    for _ in 0..MOST_BLOCKS {
        let Some(header) = file.be32(at) else { break };
        let (kind, length) = ((header >> 24) as u8, header & 0xff_ffff);
        let block = file.part(at + 4, length);
        match kind & 0x7f {
            // 20 bits of it are the rate.
            STREAM_INFO => rate = block.be32(10).map_or(0, |bits| bits >> 12),
            COMMENT_BLOCK => found = found.or(comments(&block)),
            CUE_BLOCK => in_numbers.sections = cue_block::sections(&block, rate),
            _ => {}
        }
        at += 4 + length;
        if kind & 0x80 != 0 {
            break;
        }
    }
    found.or(in_numbers)
}

/// The comments of the first stream of an Ogg file whose codec is known (RFC 3533, 6).
pub(super) fn ogg(file: &Region<'_>) -> FoundTags {
    let mut stream: Option<(u64, usize)> = None;
    let (mut packet, mut at) = (Vec::new(), 0);
    for _ in 0..MOST_PAGES {
        let Some(header) = file.bytes(at, 27).filter(|header| header.starts_with(b"OggS")) else { break };
        let lacing = file.some_bytes(at + 27, header[26].into());
        let (mut place, serial) = (at + 27 + lacing.len() as u64, file.le32(at + 14).unwrap_or(0));
        at = place + lacing.iter().map(|length| u64::from(*length)).sum::<u64>();
        if stream.is_none() {
            let codec = CODECS.iter().find(|(mark, _)| file.some_bytes(place, mark.len() as u64) == **mark);
            // The first packet is alone on its page.
            stream = codec.map(|(_, before)| (serial, *before));
            continue;
        }
        let Some((_, before)) = stream.filter(|(of, _)| *of == serial) else { continue };
        for length in lacing {
            packet.extend(file.some_bytes(place, length.into()));
            place += u64::from(length);
            if length < 255 || packet.len() as u64 >= LARGEST {
                return comments(&Region::of_memory(&packet).from(before as u64));
            }
        }
    }
    comments(&Region::of_memory(&packet).from(stream.map_or(0, |(_, before)| before as u64)))
}

/// The name of the program, then a number of `KEY=value`, all behind their lengths (Vorbis I, 5).
fn comments(block: &Region<'_>) -> FoundTags {
    let mut found = FoundTags::default();
    let Some(vendor) = block.le32(0) else { return found };
    let mut at = 4 + vendor + 4;
    let count = block.le32(4 + vendor).unwrap_or(0);
    for _ in 0..count.min(MOST_COMMENTS) {
        let Some(length) = block.le32(at) else { break };
        let comment = block.some_bytes(at + 4, length.min(LONGEST_COMMENT));
        at += 4 + length;
        let comment = text::utf8_or_latin1(&comment);
        if let Some((key, value)) = comment.split_once('=')
            && let Some(field) = keys::of_word(key)
        {
            found.add(field, value);
        }
    }
    found
}
