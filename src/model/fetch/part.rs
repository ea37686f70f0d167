//! The file of an unfinished download: `NAME.part`, the first bytes of the published file, and `NAME.part.etag`, the
//! version of the file that they belong to.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::request::is_strong;
use crate::fs::atomic::remove;

/// An unfinished download. It is locked, so that no two processes write into it.
pub(super) struct PartFile {
    pub path: PathBuf,
    file: File,
    /// Bytes.
    pub length: u64,
    /// The version of the published file that its bytes belong to, if it is known.
    pub etag: Option<String>,
}

/// A finished download. While this is held, no other process opens its file.
#[derive(Debug)]
pub struct Download {
    /// The file.
    pub path: PathBuf,
    #[expect(dead_code, reason = "its lock is held")]
    lock: File,
}

/// The file of the download of `name` until it is installed.
pub(super) fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.part"))
}

impl PartFile {
    /// Opens what an earlier call has left, or an empty file; none while another process has it open.
    pub(super) fn open(folder: &Path, name: &str) -> io::Result<Option<Self>> {
        let path = path(folder, name);
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
        // On filesystems without locks, the hash detects a mixture.
        let is_busy = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
        let found = file.metadata()?;
        // Its last owner may have finished and removed it before this process got the lock.
        if is_busy || fs::metadata(&path).map_or(true, |named| named.ino() != found.ino()) {
            return Ok(None);
        }
        let etag = fs::read_to_string(etag_path(&path)).ok().filter(|etag| is_strong(etag));
        Ok(Some(Self { path, file, length: found.len(), etag }))
    }

    /// Deletes all bytes; those that follow belong to version `etag`.
    pub(super) fn restart(&mut self, etag: Option<String>) -> io::Result<()> {
        self.file.set_len(0)?;
        self.length = 0;
        remove(&etag_path(&self.path))?;
        if let Some(etag) = &etag {
            let file =
                OpenOptions::new().create_new(true).write(true).mode(0o600).open(etag_path(&self.path));
            file?.write_all(etag.as_bytes())?;
        }
        self.etag = etag;
        Ok(())
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    pub(super) fn complete(self) -> io::Result<Download> {
        remove(&etag_path(&self.path))?;
        Ok(Download { path: self.path, lock: self.file })
    }

    pub(super) fn discard(self) -> io::Result<()> {
        self.complete()?.discard()
    }
}

impl Download {
    /// Removes the file.
    pub(crate) fn discard(self) -> io::Result<()> {
        remove(&self.path)
    }
}

fn etag_path(path: &Path) -> PathBuf {
    path.with_extension("part.etag")
}
