//! Copies of a store's databases that are whole and of one moment, made beside whoever writes.

use std::path::{Path, PathBuf};

use redb::ReadableDatabase;

use super::guard::{Handle, guarded};
use super::sieve::{DatabaseCheck, Sieve};
use super::tables::{LIBRARY, PLAYLISTS};
use super::{StoreError, open};
use crate::text::counted;

/// Writes copies of the databases of the store in `folder` into the folder `target`, in the place of those that are there.
/// Errors: a row is damaged, or a disk fails: then nothing is replaced.
pub(crate) fn copy(folder: &Path, target: &Path) -> Result<Vec<PathBuf>, StoreError> {
    open::check_folder(folder)?;
    let mut databases = Vec::new();
    // Playlists name songs of the library, so it is the library that may be newer.
    for name in [PLAYLISTS, LIBRARY] {
        let path = folder.join(name);
        let database = match open::reader(&path) {
            Err(StoreError::Missing(_)) => continue,
            database => database?,
        };
        let read = guarded(&path, || Ok(Handle::new(database.begin_read()?)))?;
        databases.push((path, target.join(name), database, read));
    }
    if databases.is_empty() {
        return Err(StoreError::Missing(folder.to_owned()));
    }
    let mut staged = Vec::new();
    for (path, copy, _database, read) in &databases {
        let mut check = DatabaseCheck::default();
        let file = open::new_file(copy, |write| {
            Sieve { path, read, write: Some((copy, write)), keeps_reduced: true, check: &mut check }.run()
        })?;
        if !check.is_whole() {
            let lost = check.lost.values().sum::<u64>() as usize;
            let detail = check.broken.unwrap_or_else(|| counted(lost, "row"));
            return Err(StoreError::Damaged { path: path.clone(), detail });
        }
        staged.push((file, copy.clone()));
    }
    let mut copies = Vec::new();
    for (file, copy) in staged {
        file.persist(&copy).map_err(|error| StoreError::of_io(copy.clone(), error.error))?;
        copies.push(copy);
    }
    Ok(copies)
}
