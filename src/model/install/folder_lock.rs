//! The lock on the models' folder: one process writes into it at a time.
//!
//! It is a lock (flock) on the folder itself, which the kernel releases when its process ends, however it ends. So a
//! staging folder that is found while the lock is held belongs to nobody, and is removed. Its age or a process number
//! would only be a guess: disks are slow, clocks are set, numbers are used again.

use std::fs::{self, DirBuilder, File};
use std::{io, os::unix::fs::DirBuilderExt, path::Path};

use tempfile::TempDir;

const STAGING_PREFIX: &str = ".import-";

/// While it is held, no other process installs or removes models in the folder.
pub(crate) struct FolderLock(#[expect(dead_code, reason = "it is held, not read")] File);

impl FolderLock {
    /// Creates the folder if it is missing, for its owner alone; waits for the process that holds the lock; removes what
    /// a killed import has left.
    pub(crate) fn acquire(folder: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let lock = File::open(folder)?;
        // Some network filesystems have no such locks: nothing is removed there, as it may be in use.
        let entries =
            lock.lock().ok().and_then(|()| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
        for entry in entries {
            if entry.file_name().as_encoded_bytes().starts_with(STAGING_PREFIX.as_bytes()) {
                // One that stays only costs room: the import itself reports what is wrong with the folder.
                drop(fs::remove_dir_all(entry.path()));
            }
        }
        Ok(Self(lock))
    }
}

/// A temporary folder in `folder` for files that are not complete yet.
pub(crate) fn staging_folder(folder: &Path) -> io::Result<TempDir> {
    // Without tempfile's text, which names a folder that the user has never seen.
    tempfile::Builder::new().prefix(STAGING_PREFIX).tempdir_in(folder).map_err(|error| error.kind().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_import_left_is_removed_and_what_is_in_use_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("a/models");
        let lock = FolderLock::acquire(&models).unwrap();
        let staged = staging_folder(&models).unwrap();
        fs::write(staged.path().join("weights"), "half").unwrap();
        let other = File::open(&models).unwrap();
        assert!(other.try_lock().is_err(), "a second process waits");
        drop(lock);
        // As if the import was killed: the staging folder stays.
        let left = staged.keep();
        fs::write(models.join("clap.toml"), "").unwrap();
        drop(FolderLock::acquire(&models).unwrap());
        assert!(!left.exists() && models.join("clap.toml").exists());
    }
}
