//! Which files a set has written, and which playlist each of them holds.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use redb::{ReadTransaction, WriteTransaction};
use serde::{Deserialize, Serialize};

use crate::{digest::Digest, store::record::Record, store::rows, store::tables::OWNED};

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

/// The files of a set in the order of their paths, and whether all rows could be read.
pub(super) fn get(read: &ReadTransaction, set: &str) -> Result<(Vec<OwnedFile>, bool), redb::Error> {
    let mut files = Vec::new();
    let damaged = rows::each::<&[u8], &[u8], OwnedRow>(read, OWNED, .., |path, row| {
        let path = Path::new(OsStr::from_bytes(path));
        let file = |digest| OwnedFile { path: path.to_owned(), digest, playlist: row.playlist };
        files.extend(row.digests.into_iter().filter(|_| row.set == set).map(file));
    })?;
    Ok((files, damaged == 0))
}

/// Replaces the list of a set's files.
pub(super) fn put(write: &WriteTransaction, set: &str, files: &[OwnedFile]) -> Result<(), redb::Error> {
    write.open_table(OWNED)?.retain(|path, row| {
        let row = rows::decode::<_, OwnedRow>(OWNED, &path, row);
        row.is_ok_and(|row| row.set != set)
    })?;
    for OwnedFile { path, playlist, .. } in files {
        let digests = files.iter().filter(|other| other.path == *path).map(|other| other.digest);
        let row = OwnedRow { set: set.to_owned(), playlist: *playlist, digests: digests.collect() };
        rows::put(write, OWNED, &path.as_os_str().as_bytes(), &row)?;
    }
    Ok(())
}
