//! Files that are there whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::{os::unix::fs::PermissionsExt, path::Path, time::Duration};

use tempfile::{NamedTempFile, TempPath};

use super::each_block;
use crate::digest::{Digest, Hasher};

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathState {
    Nothing,
    /// A plain file with these bytes.
    File(Digest),
    /// A link (it is not followed), a folder, a file that cannot be read.
    Other,
}

/// Looks at a path on the disk.
pub(crate) fn look(path: &Path) -> PathState {
    match path.symlink_metadata() {
        Ok(found) if found.is_file() => digest_of_file(path).map_or(PathState::Other, PathState::File),
        Ok(_) => PathState::Other,
        // Whatever the reason is, no file can be read; writing one will report it.
        Err(_) => PathState::Nothing,
    }
}

pub(super) fn digest_of_file(path: &Path) -> io::Result<Digest> {
    let mut hasher = Hasher::default();
    each_block(path, |block| _ = hasher.update(block))?;
    Ok(hasher.finish())
}

/// How the hidden name of a staged file begins and ends, and how many letters are between.
const HIDDEN: (&str, &str, usize) = (".indexer-", ".tmp", 6);
/// No call takes this long to write a file.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Removes what killed calls have staged in `folder`: hidden files of ours that were not written to for an hour.
pub(crate) fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_old = || {
            let found = entry.metadata().ok().filter(|found| found.is_file())?;
            Some(found.modified().ok()?.elapsed().ok()? > ABANDONED)
        };
        if entry.file_name().to_str().is_some_and(is_hidden) && is_old() == Some(true) {
            // It does no harm, and the next call tries again.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_hidden(name: &str) -> bool {
    let (begin, end, length) = HIDDEN;
    let middle = name.strip_prefix(begin).and_then(|rest| rest.strip_suffix(end));
    middle.is_some_and(|middle| middle.len() == length && middle.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// What makes files that [`sweep()`] removes if nobody else does.
pub(crate) fn hidden() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(HIDDEN.0).suffix(HIDDEN.1).rand_bytes(HIDDEN.2);
    builder
}

/// A file on the disk that does not have its name yet. It is removed if it gets none.
pub(crate) struct Staged(TempPath);

impl Staged {
    /// Writes and syncs a hidden file into `folder`, readable as the user's umask says.
    pub(crate) fn new(folder: &Path, bytes: &[u8]) -> io::Result<Self> {
        Self::write(folder, bytes, 0o666, true)
    }

    /// Makes a hidden file in `folder`, readable as the user's umask says, which the caller fills and syncs.
    pub(crate) fn empty(folder: &Path) -> io::Result<(Self, File)> {
        let (file, path) = Self::hidden(folder, 0o666)?.into_parts();
        Ok((Self(path), file))
    }

    /// Writes a hidden file with the permissions `mode`, less the user's umask.
    fn write(folder: &Path, bytes: &[u8], mode: u32, is_synced: bool) -> io::Result<Self> {
        let mut file = Self::hidden(folder, mode)?;
        // Not through tempfile's own writer, whose errors name a file that the user does not know.
        file.as_file_mut().write_all(bytes)?;
        if is_synced {
            file.as_file().sync_all()?;
        }
        Ok(Self(file.into_temp_path()))
    }

    fn hidden(folder: &Path, mode: u32) -> io::Result<NamedTempFile> {
        hidden().permissions(Permissions::from_mode(mode)).tempfile_in(folder).map_err(without_name)
    }

    /// Where it lies now.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn into_path(self) -> TempPath {
        self.0
    }

    /// Gives the file its name, in place of the file that has it.
    pub(crate) fn replace(self, path: &Path) -> io::Result<()> {
        self.0.persist(path).map_err(|error| error.error)
    }

    /// Gives the file its name, which no other file may have.
    pub(crate) fn create(self, path: &Path) -> io::Result<()> {
        self.0.persist_noclobber(path).map_err(|error| error.error)
    }
}

/// tempfile adds the name of a file that the user does not know.
fn without_name(error: io::Error) -> io::Error {
    let text = error.to_string();
    io::Error::new(error.kind(), text.split(" at path ").next().unwrap_or_default())
}

/// Writes a file in place of the one that is there, whole or not at all; but a power failure may leave an empty file: for
/// what is written often and means nothing afterwards. `mode` are its permissions, less the user's umask.
pub(crate) fn replace_unsynced(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    Staged::write(path.parent().unwrap_or(path), bytes, mode, false)?.replace(path)
}

/// Removes a file, if there is one.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes new names in `folder` durable.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_files_of_ours_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let old = std::time::SystemTime::now() - 2 * ABANDONED;
        let stays = [".indexer-.tmp", ".indexer-notes.txt", ".indexer-my song.tmp", "x.indexer-AbCd12.tmp"];
        for name in stays.iter().chain(&[".indexer-AbCd12.tmp"]) {
            fs::write(folder.path().join(name), "").unwrap();
            File::open(folder.path().join(name)).unwrap().set_modified(old).unwrap();
        }
        let staged = Staged::new(folder.path(), b"").unwrap();
        let hidden = staged.0.file_name().unwrap().to_str().unwrap();
        assert!(is_hidden(hidden), "{hidden}");
        fs::create_dir(folder.path().join(".indexer-Folder.tmp")).unwrap();
        sweep(folder.path());
        assert!(!folder.path().join(".indexer-AbCd12.tmp").exists());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), stays.len() + 2);
        assert!(staged.0.exists());
    }
}
