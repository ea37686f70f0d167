//! The files that sets have written.

use std::path::Path;

use super::records::{OwnedFile, OwnedRow};
use super::{Playlists, rows};
use crate::store::StoreError;
use crate::store::codec::decode;
use crate::store::keys::{bytes, path_of};
use crate::store::tables::OWNED;

impl Playlists {
    /// The files that a set has written, in the order of their paths. One that was being written when the program was
    /// killed is listed twice.
    pub(crate) fn owned(&self, set: &str) -> Result<Vec<OwnedFile>, StoreError> {
        self.read_rows(|read| {
            let mut files = Vec::new();
            let damaged = rows::each::<&[u8], &[u8], OwnedRow>(read, OWNED, .., |path, row| {
                let path = path_of(path);
                let file = |digest| OwnedFile { path: path.to_owned(), digest, playlist: row.playlist };
                files.extend(row.digests.into_iter().filter(|_| row.set == set).map(file));
            })?;
            Ok((files, damaged))
        })
    }

    /// The files in a folder that sets other than this one have written, with those sets.
    pub(crate) fn files_of_others(
        &self,
        folder: &Path,
        set: &str,
    ) -> Result<Vec<(String, OwnedFile)>, StoreError> {
        let mut files = Vec::new();
        for other in self.sets()?.into_iter().filter(|other| other != set) {
            let of_folder = self.owned(&other)?.into_iter().filter(|file| file.path.parent() == Some(folder));
            files.extend(of_folder.map(|file| (other.clone(), file)));
        }
        Ok(files)
    }

    /// Replaces the list of a set's files.
    pub(crate) fn claim(&self, set: &str, files: &[OwnedFile]) -> Result<(), StoreError> {
        self.write(|write| {
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
        })
    }
}
