//! Files that are there whole or not at all.

use std::fs::{File, Permissions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempPath;

use crate::digest::{Digest, Hasher};

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// A plain file with these bytes.
    File(Digest),
    /// A link (it is not followed), a folder, a file that cannot be read.
    Other,
}

/// Looks at a path on the disk.
pub fn look(path: &Path) -> Found {
    match path.symlink_metadata() {
        Ok(found) if found.is_file() => digest(path).map_or(Found::Other, Found::File),
        Ok(_) => Found::Other,
        // Whatever the reason, no file is in reach; writing one will say why.
        Err(_) => Found::Nothing,
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

/// Bytes on the disk that have no name yet. They vanish if they get none.
pub(super) struct Staged(TempPath);

impl Staged {
    /// Writes and syncs a hidden file into `folder`, readable as the user's umask says.
    pub(super) fn new(folder: &Path, bytes: &[u8]) -> io::Result<Self> {
        let mut file = tempfile::Builder::new()
            .prefix(".indexer-")
            .suffix(".tmp")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .map_err(without_name)?;
        // Past tempfile's own writer, whose errors name a file that nobody knows.
        file.as_file_mut().write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(Self(file.into_temp_path()))
    }

    /// Gives the file its name, in place of the file that has it.
    pub(super) fn replace(self, path: &Path) -> io::Result<()> {
        self.0.persist(path).map_err(|error| error.error)
    }

    /// Gives the file its name, which no other file may have.
    pub(super) fn create(self, path: &Path) -> io::Result<()> {
        self.0.persist_noclobber(path).map_err(|error| error.error)
    }
}

/// tempfile adds the name of a file that nobody knows.
fn without_name(error: io::Error) -> io::Error {
    let text = error.to_string();
    io::Error::new(error.kind(), text.split(" at path ").next().unwrap_or_default())
}

/// Makes new names in `folder` last.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
