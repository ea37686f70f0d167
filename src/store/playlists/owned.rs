//! Which files a set has written, and which playlist each of them holds.

use std::path::PathBuf;

use redb::{ReadTransaction, WriteTransaction};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::store::keys::{bytes, path_of};
use crate::store::{codec::decode, record::Record, rows, tables::OWNED};

/// A file with the digest of the bytes that were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnedFile {
    pub path: PathBuf,
    pub digest: Digest,
    /// The id of the playlist that it holds.
    pub playlist: u32,
}

/// The file at one path. There is more than one digest if the program was killed before it could store which
/// one was written.
#[derive(Debug, Serialize, Deserialize)]
struct OwnedRow {
    set: String,
    playlist: u32,
    digests: Vec<Digest>,
}

impl Record for OwnedRow {}

/// The files of a set in the order of their paths, and how many rows are damaged.
pub(super) fn get(read: &ReadTransaction, set: &str) -> Result<(Vec<OwnedFile>, usize), redb::Error> {
    let mut files = Vec::new();
    let damaged = rows::each::<&[u8], &[u8], OwnedRow>(read, OWNED, .., |path, row| {
        let file = |digest| OwnedFile { path: path_of(path).to_owned(), digest, playlist: row.playlist };
        files.extend(row.digests.into_iter().filter(|_| row.set == set).map(file));
    })?;
    Ok((files, damaged))
}

/// Replaces the list of a set's files.
pub(super) fn put(write: &WriteTransaction, set: &str, files: &[OwnedFile]) -> Result<(), redb::Error> {
    write.open_table(OWNED)?.retain(|path, row| {
        let row = decode::<_, OwnedRow>(OWNED, &path, row);
        row.is_ok_and(|row| row.set != set)
    })?;
    for OwnedFile { path, playlist, .. } in files {
        let digests = files.iter().filter(|other| other.path == *path).map(|other| other.digest);
        let row = OwnedRow { set: set.to_owned(), playlist: *playlist, digests: digests.collect() };
        rows::put(write, OWNED, &bytes(path), &row)?;
    }
    Ok(())
}
