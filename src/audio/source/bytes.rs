//! Reads what a file has at a place.

use std::{fs::File, ops::Range, os::unix::fs::FileExt};

/// The bytes of `file` at `at`, if they are all in `range`.
pub(super) fn bytes<const N: usize>(file: &File, range: &Range<u64>, at: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let is_inside = range.contains(&at) && at.checked_add(N as u64)? <= range.end;
    file.read_exact_at(&mut bytes, at).ok().filter(|()| is_inside)?;
    Some(bytes)
}

/// Whether a chunk may be called so.
pub(super) fn is_chunk_name(name: [u8; 4]) -> bool {
    name.iter().all(|byte| (b' '..=b'~').contains(byte))
}
