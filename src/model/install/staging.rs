//! Who writes into the models' folder: one process at a time.
//!
//! The claim is a lock (flock) on the folder itself. The kernel gives it back when its process ends, however it ends;
//! so whatever is staged in a folder that is claimed belongs to nobody, and is swept. An age or a process number would
//! have to guess: disks are slow, clocks are set, numbers are used again.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use tempfile::TempDir;

const PREFIX: &str = ".import-";

/// A folder in which no other process installs or removes meanwhile.
pub struct FolderLock(#[expect(dead_code, reason = "it is held, not read")] File);

impl FolderLock {
    /// Makes the folder where there is none, for its owner alone; waits for whoever has claimed it; sweeps what a
    /// killed import has left.
    ///
    /// # Errors
    /// The folder cannot be made or opened.
    pub fn on(folder: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let lock = File::open(folder)?;
        // Some network filesystems have no such locks: nothing is swept there, as it may be in use.
        if lock.lock().is_ok() {
            sweep(folder);
        }
        Ok(Self(lock))
    }
}

/// What cannot be removed costs room and nothing else: the import itself will say what is wrong with the folder.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

/// A folder in `folder` for files that are not whole yet.
///
/// # Errors
/// It cannot be made.
pub fn stage(folder: &Path) -> io::Result<TempDir> {
    // Not tempfile's text, which names a folder that nobody knows.
    tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder).map_err(|error| error.kind().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_import_left_is_swept_and_what_is_in_use_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("a/models");
        let claim = FolderLock::on(&models).unwrap();
        let staged = stage(&models).unwrap();
        fs::write(staged.path().join("weights"), "half").unwrap();
        let other = File::open(&models).unwrap();
        assert!(other.try_lock().is_err(), "a second process waits");
        drop(claim);
        // As if killed: nobody removes it.
        let left = staged.keep();
        fs::write(models.join("clap.toml"), "").unwrap();
        drop(FolderLock::on(&models).unwrap());
        assert!(!left.exists() && models.join("clap.toml").exists());
    }
}
