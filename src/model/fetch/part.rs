//! The file that a download grows in: `NAME.part`, the first bytes of what is wanted, and `NAME.part.etag`, whose they
//! are.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::request::is_strong;

/// A download that is not whole yet. It is locked: two processes would write into each other.
pub struct Part {
    path: PathBuf,
    file: File,
    length: u64,
    etag: Option<String>,
}

/// A whole download. No other process takes it up while this is held.
#[derive(Debug)]
pub struct Download {
    pub path: PathBuf,
    #[expect(dead_code, reason = "its lock is held")]
    lock: File,
}

/// Where the download of `name` lies while it is not installed.
pub fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.part"))
}

impl Part {
    /// Opens what an earlier call left, or nothing; none where another process is at it.
    pub fn open(folder: &Path, name: &str) -> io::Result<Option<Self>> {
        let path = path(folder, name);
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
        // Where there are no locks, the hash guards.
        let is_busy = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
        let found = file.metadata()?;
        // Its last owner may have finished and removed it before the lock was ours.
        if is_busy || fs::metadata(&path).map_or(true, |named| named.ino() != found.ino()) {
            return Ok(None);
        }
        let etag = fs::read_to_string(beside(&path)).ok().filter(|etag| is_strong(etag));
        Ok(Some(Self { path, file, length: found.len(), etag }))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that are here.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The version of the file whose bytes are here, if it is known.
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// Forgets all bytes; those that come now are of version `etag`.
    pub fn restart(&mut self, etag: Option<String>) -> io::Result<()> {
        self.file.set_len(0)?;
        self.length = 0;
        forget(&beside(&self.path))?;
        if let Some(etag) = &etag {
            let mut file =
                OpenOptions::new().create_new(true).write(true).mode(0o600).open(beside(&self.path))?;
            file.write_all(etag.as_bytes())?;
        }
        self.etag = etag;
        Ok(())
    }

    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    pub fn complete(self) -> io::Result<Download> {
        forget(&beside(&self.path))?;
        Ok(Download { path: self.path, lock: self.file })
    }

    pub fn discard(self) -> io::Result<()> {
        self.complete()?.discard()
    }
}

impl Download {
    /// Removes the file.
    ///
    /// # Errors
    /// The folder is not writable.
    pub fn discard(self) -> io::Result<()> {
        forget(&self.path)
    }
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("part.etag")
}

fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
