//! Files that are there whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use tempfile::TempPath;

use crate::digest::{Digest, Hasher};

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathState {
    Nothing,
    /// A plain file with these bytes.
    File(Digest),
    /// A link (it is not followed), a folder, a file that cannot be read.
    Other,
}

/// Looks at a path on the disk.
pub fn look(path: &Path) -> PathState {
    match path.symlink_metadata() {
        Ok(found) if found.is_file() => digest(path).map_or(PathState::Other, PathState::File),
        Ok(_) => PathState::Other,
        // Whatever the reason, no file is in reach; writing one will say why.
        Err(_) => PathState::Nothing,
    }
}

fn digest(path: &Path) -> io::Result<Digest> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut hasher = Hasher::default();
    loop {
        let block = file.fill_buf()?;
        if block.is_empty() {
            return Ok(hasher.finish());
        }
        hasher.update(block);
        let length = block.len();
        file.consume(length);
    }
}

/// How the hidden name of a staged file begins and ends, and how long what is between is.
const HIDDEN: (&str, &str, usize) = (".indexer-", ".tmp", 6);
/// No call writes at a file for so long.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Removes what a killed call has staged in `folder`: hidden files of ours that nobody has written to for an hour.
pub(crate) fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_old = || {
            let found = entry.metadata().ok().filter(|found| found.is_file())?;
            Some(found.modified().ok()?.elapsed().ok()? > ABANDONED)
        };
        if entry.file_name().to_str().is_some_and(is_hidden) && is_old() == Some(true) {
            // It is in nobody's way: the next call tries again.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_hidden(name: &str) -> bool {
    let (begin, end, length) = HIDDEN;
    let middle = name.strip_prefix(begin).and_then(|rest| rest.strip_suffix(end));
    middle.is_some_and(|middle| middle.len() == length && middle.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Bytes on the disk that have no name yet. They vanish if they get none.
pub(crate) struct Staged(TempPath);

impl Staged {
    /// Writes and syncs a hidden file into `folder`, readable as the user's umask says.
    pub(crate) fn new(folder: &Path, bytes: &[u8]) -> io::Result<Self> {
        let mut file = tempfile::Builder::new()
            .prefix(HIDDEN.0)
            .suffix(HIDDEN.1)
            .rand_bytes(HIDDEN.2)
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .map_err(without_name)?;
        // Past tempfile's own writer, whose errors name a file that nobody knows.
        file.as_file_mut().write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(Self(file.into_temp_path()))
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

/// tempfile adds the name of a file that nobody knows.
fn without_name(error: io::Error) -> io::Error {
    let text = error.to_string();
    io::Error::new(error.kind(), text.split(" at path ").next().unwrap_or_default())
}

/// Makes new names in `folder` last.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_files_of_our_own_are_swept_away() {
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
