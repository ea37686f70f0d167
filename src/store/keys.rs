//! Keys of rows, and their bytes.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use redb::Key;

use crate::track::ContentId;

/// A key as the bytes that go into its row's checksum. Their form is part of the store's schema.
pub(super) trait RowKey: Key + 'static {
    /// As redb writes it, but for keys of text and more, into which it puts lengths.
    fn sealed(key: &Self::SelfType<'_>) -> Vec<u8> {
        Self::as_bytes(key).as_ref().to_vec()
    }
}

impl RowKey for &'static [u8] {}
impl RowKey for &'static str {}
impl RowKey for &'static [u8; 33] {}
impl RowKey for u32 {}
impl RowKey for (u8, u32) {}

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

pub(super) fn path_of(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

pub(super) fn content_key(content: &ContentId) -> [u8; 33] {
    let mut key = [content.recipe; 33];
    key[1..].copy_from_slice(&content.digest.0);
    key
}
