//! Which files a set has written, and which playlist is in each.

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
    /// The id of the playlist that was in it last.
    pub playlist: u32,
}

/// What was written at one path. More than one digest: the program was killed before it said which.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    set: String,
    playlist: u32,
    digests: Vec<Digest>,
}

/// The files of a set in the order of their paths, and whether all rows could be read.
pub fn get(read: &ReadTransaction, set: &str) -> Result<(Vec<OwnedFile>, bool), redb::Error> {
    let (mut files, mut whole) = (Vec::new(), true);
    let table = match read.open_table(OWNED) {
        Err(TableError::TableDoesNotExist(_)) => return Ok((files, whole)),
        table => table?,
    };
    for entry in table.iter()? {
        let (path, row) = entry?;
        let Ok(row) = codec::decode::<Row>(OWNED.name(), path.value(), row.value()) else {
            whole = false;
            continue;
        };
        let path = Path::new(OsStr::from_bytes(path.value()));
        let file = |digest| OwnedFile { path: path.to_owned(), digest, playlist: row.playlist };
        files.extend(row.digests.into_iter().filter(|_| row.set == set).map(file));
    }
    Ok((files, whole))
}

/// Replaces what is known of a set's files.
pub fn put(write: &WriteTransaction, set: &str, files: &[OwnedFile]) -> Result<(), redb::Error> {
    let mut table = write.open_table(OWNED)?;
    table.retain(|path, row| {
        let row = codec::decode::<Row>(OWNED.name(), path, row);
        row.is_ok_and(|row| row.set != set)
    })?;
    for OwnedFile { path, playlist, .. } in files {
        let digests = files.iter().filter(|other| other.path == *path).map(|other| other.digest);
        let row = Row { set: set.to_owned(), playlist: *playlist, digests: digests.collect() };
        let path = path.as_os_str().as_bytes();
        table.insert(path, codec::encode(OWNED.name(), path, &row).as_slice())?;
    }
    Ok(())
}
