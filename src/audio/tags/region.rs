//! A part of a file, or of memory, that tags are read from. No read reaches beyond it, whatever a size claims.

use std::{fs::File, os::unix::fs::FileExt};

/// More bytes than this are not read at once.
pub(super) const LARGEST: u64 = 16 << 20;

#[derive(Clone)]
pub(super) struct Region<'a> {
    bytes: Bytes<'a>,
    start: u64,
    length: u64,
}

#[derive(Clone)]
enum Bytes<'a> {
    File(&'a File),
    Memory(&'a [u8]),
}

impl<'a> Region<'a> {
    pub(super) fn of_file(file: &'a File, length: u64) -> Self {
        Self { bytes: Bytes::File(file), start: 0, length }
    }

    pub(super) fn of_memory(bytes: &'a [u8]) -> Self {
        Self { bytes: Bytes::Memory(bytes), start: 0, length: bytes.len() as u64 }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// What lies behind `at`.
    pub(super) fn from(&self, at: u64) -> Self {
        self.part(at, self.length)
    }

    /// At most `length` bytes from `at` on.
    pub(super) fn part(&self, at: u64, length: u64) -> Self {
        let at = at.min(self.length);
        Self { start: self.start + at, length: length.min(self.length - at), ..self.clone() }
    }

    /// Exactly `length` bytes from `at` on; none if they are not there, or are too many.
    pub(super) fn bytes(&self, at: u64, length: u64) -> Option<Vec<u8>> {
        if length > LARGEST || at.checked_add(length)? > self.length {
            return None;
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length as usize).ok()?;
        bytes.resize(length as usize, 0);
        match self.bytes {
            Bytes::File(file) => file.read_exact_at(&mut bytes, self.start + at).ok()?,
            Bytes::Memory(memory) => {
                let from = (self.start + at) as usize;
                bytes.copy_from_slice(memory.get(from..from + length as usize)?);
            }
        }
        Some(bytes)
    }

    /// So many bytes from `at` on, or as many as there are.
    pub(super) fn some_bytes(&self, at: u64, most: u64) -> Vec<u8> {
        self.bytes(at, most.min(self.length.saturating_sub(at))).unwrap_or_default()
    }

    pub(super) fn array<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        self.bytes(at, N as u64)?.try_into().ok()
    }

    pub(super) fn be32(&self, at: u64) -> Option<u64> {
        self.array(at).map(|bytes| u32::from_be_bytes(bytes).into())
    }

    pub(super) fn le32(&self, at: u64) -> Option<u64> {
        self.array(at).map(|bytes| u32::from_le_bytes(bytes).into())
    }

    pub(super) fn be64(&self, at: u64) -> Option<u64> {
        self.array(at).map(u64::from_be_bytes)
    }

    pub(super) fn le64(&self, at: u64) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }
}
