//! Which files a set has written, and which playlist each of them holds.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use redb::{ReadTransaction, ReadableTable, TableError, TableHandle, WriteTransaction};
use serde::{Deserialize, Serialize};

use crate::{
    digest::Digest,
    store::{codec, tables::OWNED},
};

/// A file with the digest of the bytes that were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedFile {
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

/// The files of a set in the order of their paths, and whether all rows could be read.
pub fn get(read: &ReadTransaction, set: &str) -> Result<(Vec<OwnedFile>, bool), redb::Error> {
    let (mut files, mut intact) = (Vec::new(), true);
    let table = match read.open_table(OWNED) {
        Err(TableError::TableDoesNotExist(_)) => return Ok((files, intact)),
        table => table?,
    };
    for entry in table.iter()? {
        let (path, row) = entry?;
        let Ok(row) = codec::decode::<OwnedRow>(OWNED.name(), path.value(), row.value()) else {
            intact = false;
            continue;
        };
        let path = Path::new(OsStr::from_bytes(path.value()));
        let file = |digest| OwnedFile { path: path.to_owned(), digest, playlist: row.playlist };
        files.extend(row.digests.into_iter().filter(|_| row.set == set).map(file));
    }
    Ok((files, intact))
}

/// Replaces the list of a set's files.
pub fn put(write: &WriteTransaction, set: &str, files: &[OwnedFile]) -> Result<(), redb::Error> {
    let mut table = write.open_table(OWNED)?;
    table.retain(|path, row| {
        let row = codec::decode::<OwnedRow>(OWNED.name(), path, row);
        row.is_ok_and(|row| row.set != set)
    })?;
    for OwnedFile { path, playlist, .. } in files {
        let digests = files.iter().filter(|other| other.path == *path).map(|other| other.digest);
        let row = OwnedRow { set: set.to_owned(), playlist: *playlist, digests: digests.collect() };
        let path = path.as_os_str().as_bytes();
        table.insert(path, codec::encode(OWNED.name(), path, &row).as_slice())?;
    }
    Ok(())
}
