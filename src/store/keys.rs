//! Keys of rows, and their bytes.

use std::{os::unix::ffi::OsStrExt, path::Path};

use redb::Key;

use crate::track::ContentId;

/// A key as the bytes that go into its row's checksum. Their form is part of the store's schema.
pub(super) trait RowKey: Key + 'static {
    fn sealed(key: &Self::SelfType<'_>) -> Vec<u8>;
}

impl RowKey for &'static [u8] {
    fn sealed(key: &&[u8]) -> Vec<u8> {
        key.to_vec()
    }
}

impl RowKey for &'static str {
    fn sealed(key: &&str) -> Vec<u8> {
        key.as_bytes().to_vec()
    }
}

impl RowKey for &'static [u8; 33] {
    fn sealed(key: &&[u8; 33]) -> Vec<u8> {
        key.to_vec()
    }
}

impl RowKey for u32 {
    fn sealed(key: &u32) -> Vec<u8> {
        key.to_le_bytes().to_vec()
    }
}

impl RowKey for (u8, u32) {
    fn sealed((part, track): &(u8, u32)) -> Vec<u8> {
        [&[*part][..], &track.to_le_bytes()].concat()
    }
}

impl RowKey for (&'static [u8], &'static str) {
    fn sealed((path, space): &(&[u8], &str)) -> Vec<u8> {
        [path, &[0][..], space.as_bytes()].concat()
    }
}

impl RowKey for (&'static str, u64) {
    fn sealed((set, number): &(&str, u64)) -> Vec<u8> {
        [set.as_bytes(), &[0], &number.to_le_bytes()].concat()
    }
}

impl RowKey for (&'static str, u64, u32) {
    fn sealed((set, lineage, playlist): &(&str, u64, u32)) -> Vec<u8> {
        [set.as_bytes(), &[0], &lineage.to_le_bytes(), &playlist.to_le_bytes()].concat()
    }
}

pub(super) fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

pub(super) fn content_key(content: &ContentId) -> [u8; 33] {
    let mut key = [content.recipe; 33];
    key[1..].copy_from_slice(&content.digest.0);
    key
}
