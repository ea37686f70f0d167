//! Ogg streams (RFC 3533) with damage at their ends, where symphonia does not pass over a damaged page: at the start it refuses the
//! file, and without the last page it knows no length.

use std::{fs::File, ops::Range, os::unix::fs::FileExt};

use symphonia::core::{checksum::Crc32, io::Monitor};

const MARK: &[u8; 4] = b"OggS";
/// Bytes of a page before the lengths of its segments, and of the largest page.
const HEADER: usize = 27;
const LARGEST: usize = HEADER + 255 + 255 * 255;
/// Pages are checked that begin within so many bytes; as many follow, for the end of the last one.
const CHECKED: usize = LARGEST;
/// The flag of a stream's last page.
const LAST: u8 = 4;

/// The start of a file without its damaged pages, and where the rest lies; `None` where there are none.
pub(super) fn mended(file: &File, range: &Range<u64>) -> Option<(Vec<u8>, Range<u64>)> {
    let start = read(file, range.start, range.end.min(range.start + (CHECKED + LARGEST) as u64))?;
    let (mut good, mut at, mut is_damaged) = (Vec::new(), 0, !start.starts_with(MARK));
    if is_damaged {
        return None;
    }
    while at < CHECKED.min(start.len()) {
        match page(&start[at..]) {
            Some((length, true)) => {
                good.extend_from_slice(&start[at..at + length]);
                at += length;
            }
            // A page of the headers, whose time is zero: without them nothing can be decoded.
            Some((_, false)) if start[at + 6..at + 14] == [0; 8] => return None,
            // Damaged, or cut off by the end of the file, or with a length that is damaged.
            _ => {
                let Some(next) = start[at + 1..].windows(MARK.len()).position(|bytes| bytes == MARK) else {
                    break;
                };
                (at, is_damaged) = (at + 1 + next, true);
            }
        }
    }
    is_damaged.then(|| (good, range.start + at as u64..range.end))
}

/// Bytes of a last page that is there, but damaged.
pub(super) fn damaged_end(file: &File, range: &Range<u64>) -> Option<u64> {
    let end = read(file, range.end.saturating_sub(LARGEST as u64).max(range.start), range.end)?;
    let at = end.windows(MARK.len()).rposition(|bytes| bytes == MARK)?;
    let is_last = end.get(at + 5).is_some_and(|flags| flags & LAST != 0);
    let (length, is_good) = page(&end[at..]).filter(|_| is_last)?;
    (!is_good && at + length == end.len()).then_some(length as u64)
}

/// The length of the page at the start of some bytes, if it is there whole, and whether its checksum is right.
fn page(bytes: &[u8]) -> Option<(usize, bool)> {
    let header = bytes.first_chunk::<HEADER>().filter(|header| header.starts_with(MARK))?;
    let segments = bytes.get(HEADER..HEADER + usize::from(header[26]))?;
    let length = HEADER + segments.len() + segments.iter().map(|length| usize::from(*length)).sum::<usize>();
    let body = bytes.get(HEADER..length)?;
    let mut unsigned = *header;
    unsigned[22..26].fill(0);
    let mut sum = Crc32::new(0);
    sum.process_buf_bytes(&unsigned);
    sum.process_buf_bytes(body);
    Some((length, sum.crc().to_le_bytes() == header[22..26]))
}

fn read(file: &File, from: u64, to: u64) -> Option<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(to.saturating_sub(from)).ok()?];
    file.read_exact_at(&mut bytes, from).ok().map(|()| bytes)
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    /// The pages of a clip.
    fn pages() -> Vec<Vec<u8>> {
        let clips = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clips/ambient_03.ogg");
        let clip = std::fs::read(clips).unwrap();
        let (mut rest, mut pages) = (&clip[..], Vec::new());
        while let Some((length, true)) = page(rest) {
            pages.push(rest[..length].to_owned());
            rest = &rest[length..];
        }
        assert!(rest.is_empty() && pages.len() > 4);
        pages
    }

    fn mended_bytes(bytes: &[u8]) -> Option<Vec<u8>> {
        let (head, range) = mended(&file(bytes), &(0..bytes.len() as u64))?;
        Some([&head, &bytes[range.start as usize..range.end as usize]].concat())
    }

    #[test]
    fn damaged_pages_at_the_start_are_left_out() {
        let whole = pages();
        assert_eq!(mended_bytes(&whole.concat()), None);
        assert_eq!(mended_bytes(b"OggSsomething else"), None);
        let mut damaged = whole.clone();
        damaged[2][100] ^= 1;
        let expected = [&whole[..2], &whole[3..]].concat().concat();
        assert_eq!(mended_bytes(&damaged.concat()), Some(expected.clone()));
        // A length that is damaged.
        damaged[2][26] = 255;
        assert_eq!(mended_bytes(&damaged.concat()), Some(expected));
        let mut headless = whole;
        headless[1][100] ^= 1;
        assert_eq!(mended_bytes(&headless.concat()), None, "what is missing is said where it is opened");
    }

    #[test]
    fn a_last_page_that_is_damaged_is_told_from_one_that_is_not_there() {
        let end = |pages: &[Vec<u8>]| {
            let bytes = pages.concat();
            damaged_end(&file(&bytes), &(0..bytes.len() as u64))
        };
        let mut pages = pages();
        let last = pages.len() - 1;
        assert_eq!((end(&pages), end(&pages[..last])), (None, None));
        pages[last][2000] ^= 1;
        assert_eq!(end(&pages), Some(pages[last].len() as u64));
        pages[last].pop();
        assert_eq!(end(&pages), None, "cut off");
    }
}
