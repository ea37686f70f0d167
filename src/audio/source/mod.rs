//! A file as a demuxer is to see it: without tag blocks around it, with a header that says what is there, and in parts
//! where a stream goes on with other parameters.

mod adts;
mod bytes;
mod caf;
mod sound_bytes;
mod tag_blocks;
mod wave;

use std::io::{self, Read, Seek, SeekFrom};
use std::{fs::File, ops::Range, os::unix::fs::FileExt, sync::Arc};

use symphonia::core::io::MediaSource;

pub(super) use sound_bytes::sound_bytes;
use tag_blocks::without_tag_blocks;

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
        if let Some((head, range)) = wave::mended(&file, &range).or_else(|| caf::mended(&file, &range)) {
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
            let at = self.range.start + (self.position - self.head.len() as u64);
            let left = usize::try_from(self.range.end.saturating_sub(at)).unwrap_or(usize::MAX);
            let length = into.len().min(left);
            self.file.read_at(&mut into[..length], at)?
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
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
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
        assert_eq!(source.start::<6>(), (*b"HEAD23", 6));
    }
}
