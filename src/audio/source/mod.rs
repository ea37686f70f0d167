//! A file as a demuxer is to see it: without tag blocks around it, with a header that says what is there, and in parts
//! where a stream goes on with other parameters.

mod adts;
mod bytes;
mod caf;
mod frames;
mod ogg;
mod sound_bytes;
mod tag_blocks;
mod wave;

use std::io::{self, Read, Seek, SeekFrom};
use std::{fs::File, ops::Range, os::unix::fs::FileExt, sync::Arc};

use symphonia::core::io::MediaSource;

pub(super) use frames::Hole;
pub(super) use sound_bytes::sound_bytes;
use tag_blocks::without_tag_blocks;

use super::failure::LEADS_OUTSIDE;

/// One part of a file, behind bytes that stand for its header.
#[derive(Clone, Debug)]
pub(super) struct Source {
    file: Arc<File>,
    head: Vec<u8>,
    range: Range<u64>,
    position: u64,
}

impl Source {
    /// The parts of a file, in order; at least one.
    pub(super) fn parts(file: File) -> io::Result<Vec<Self>> {
        let file = Arc::new(file);
        let range = without_tag_blocks(&file)?;
        let whole = |head, range| Self { file: Arc::clone(&file), head, range, position: 0 };
        let mended = wave::mended(&file, &range)
            .or_else(|| caf::mended(&file, &range))
            .or_else(|| ogg::mended(&file, &range));
        if let Some((head, range)) = mended {
            return Ok(vec![whole(head, range)]);
        }
        let parts = adts::parts(&file, &range);
        Ok(parts.into_iter().map(|range| whole(Vec::new(), range)).collect())
    }

    pub(super) fn length(&self) -> u64 {
        self.head.len() as u64 + self.range.end - self.range.start
    }

    /// Whether it is a Core Audio file whose packets are Opus, which its head calls AAC.
    pub(super) fn is_opus_in_caf(&self) -> bool {
        let mut head = [0; caf::HEAD];
        let at = self.range.start.checked_sub(head.len() as u64).filter(|_| self.head.len() == head.len());
        at.is_some_and(|at| self.file.read_exact_at(&mut head, at).is_ok() && caf::is_opus(&head))
    }

    /// What is missing in a stream of frames that goes on to the end of `last`, a later part of the same file.
    pub(super) fn hole(&self, last: &Self) -> Option<Hole> {
        frames::hole(&self.file, &(self.range.start..last.range.end))
    }

    /// Whether a stream of frames that goes on to the end of `last` has more of them in a row than chance makes.
    pub(super) fn has_run(&self, last: &Self) -> bool {
        frames::has_run(&self.file, &(self.range.start..last.range.end))
    }

    /// Bytes of the last page of an Ogg stream, where that is damaged.
    pub(super) fn damaged_end(&self) -> Option<u64> {
        ogg::damaged_end(&self.file, &self.range)
    }

    /// As many bytes of the start as there are.
    pub(super) fn start<const N: usize>(&self) -> ([u8; N], usize) {
        let (mut bytes, mut source) = ([0; N], Self { position: 0, ..self.clone() });
        let mut filled = 0;
        while let Ok(length @ 1..) = source.read(&mut bytes[filled..]) {
            filled += length;
        }
        (bytes, filled)
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let head = self.head.get(self.position as usize..).unwrap_or_default();
        let length = if head.is_empty() {
            // Demuxers go wherever a header says: behind the end there is nothing to read.
            let at = self.range.start.saturating_add(self.position - self.head.len() as u64);
            let left = usize::try_from(self.range.end.saturating_sub(at)).unwrap_or(usize::MAX);
            match into.len().min(left) {
                0 => 0,
                length => self.file.read_at(&mut into[..length], at)?,
            }
        } else {
            let length = into.len().min(head.len());
            into[..length].copy_from_slice(&head[..length]);
            length
        };
        self.position += length as u64;
        Ok(length)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
        };
        self.position = position.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, LEADS_OUTSIDE))?;
        Ok(self.position)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    pub(super) fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn a_source_is_its_header_and_its_range() {
        let head = b"HEAD".to_vec();
        let mut source = Source { file: Arc::new(file(b"0123456789")), head, range: 2..7, position: 0 };
        let mut text = String::new();
        source.read_to_string(&mut text).unwrap();
        assert_eq!(text, "HEAD23456");
        assert_eq!(source.byte_len(), Some(9));
        assert_eq!(source.seek(SeekFrom::End(-3)).unwrap(), 6);
        text.clear();
        source.read_to_string(&mut text).unwrap();
        assert_eq!(text, "456");
        assert_eq!(source.seek(SeekFrom::Start(100)).unwrap(), 100);
        assert_eq!(source.read(&mut [0; 4]).unwrap(), 0);
        assert!(source.seek(SeekFrom::Current(-200)).is_err());
        // A system refuses to read there.
        assert_eq!(source.seek(SeekFrom::Start(u64::MAX)).unwrap(), u64::MAX);
        assert_eq!(source.read(&mut [0; 4]).unwrap(), 0);
        assert!(source.seek(SeekFrom::Current(1)).is_err());
        assert_eq!(source.start::<6>(), (*b"HEAD23", 6));
    }
}
