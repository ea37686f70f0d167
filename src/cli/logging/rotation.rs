//! A log file of limited size that several processes append to.
//!
//! Not the crate `file-rotate`: it depends on chrono and flate2, and knows nothing of other processes. Here a daemon and a
//! `cluster` of cron share one file, so before each line the file at the path is compared with the one that is open:
//! after another process has rotated it, this one follows. The process that rotates holds a lock on the full file; one
//! that does not get the lock, or finds the file no longer full, does not rotate.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// A file that is renamed to `NAME.1` when it is full, `NAME.1` to `NAME.2`, and so on.
pub(super) struct RotatingFile {
    path: PathBuf,
    file: File,
    /// What is open is a plain file; terminals and pipes have no length, and are not renamed.
    is_plain: bool,
    limit: u64,
    kept: u32,
}

impl RotatingFile {
    /// Appends to `path`, which only its owner may read, up to `limit` bytes, and keeps `kept` full ones.
    pub(super) fn open(path: &Path, limit: u64, kept: u32) -> io::Result<Self> {
        let file = append(path)?;
        let is_plain = file.metadata()?.is_file();
        // A link to a log stays a link: its target is rotated, in the target's folder.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        Ok(Self { path, file, is_plain, limit, kept })
    }

    /// Ensures that the open file is the one at the path, with room for `length` more bytes.
    fn settle(&mut self, length: usize) -> io::Result<()> {
        if !self.is_plain {
            return Ok(());
        }
        let Some(size) = self.size() else {
            self.file = append(&self.path)?;
            return Ok(());
        };
        if size == 0 || size + length as u64 <= self.limit || self.file.try_lock().is_err() {
            return Ok(());
        }
        // Another process may have rotated the file before it was locked here.
        let shifted = if self.size().is_some() { self.shift() } else { Ok(()) };
        self.file.unlock()?;
        shifted?;
        self.file = append(&self.path)?;
        Ok(())
    }

    /// The size of the file at the path, if it is the one that is open.
    fn size(&self) -> Option<u64> {
        let identity = |found: &Metadata| (found.dev(), found.ino());
        let (there, open) = (fs::metadata(&self.path).ok()?, self.file.metadata().ok()?);
        (identity(&there) == identity(&open)).then_some(there.len())
    }

    /// Renames the logs, so that the path is free; the oldest is lost only if no number is free.
    fn shift(&self) -> io::Result<()> {
        let gap = (1..self.kept).find(|n| !self.old(*n).exists()).unwrap_or(self.kept);
        for n in (1..gap).rev() {
            fs::rename(self.old(n), self.old(n + 1))?;
        }
        fs::rename(&self.path, self.old(1))
    }

    fn old(&self, n: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{n}"));
        name.into()
    }
}

/// Never fails: a line that cannot be written is lost, as no work should end because of its log.
impl Write for RotatingFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // Where the log cannot be rotated, or its folder is gone, the open file is used on.
        drop(self.settle(line.len()));
        drop(self.file.write_all(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests;
