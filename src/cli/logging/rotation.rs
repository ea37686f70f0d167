//! A log that several processes append to, and that never grows without end.
//!
//! `file-rotate` was looked at: it brings chrono and flate2 with it, and it knows nothing of other processes. Here a
//! daemon and a `cluster` of cron share one file, so before each line the file at the path is compared with the one that
//! is open: after another process has rotated it, this one follows. Who rotates holds the lock of the full file; whoever
//! does not get it, or finds that it is full no more, leaves the rotation alone.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// A file that is renamed to `NAME.1` when it is full, `NAME.1` to `NAME.2`, and so on.
pub struct RotatingFile {
    path: PathBuf,
    file: File,
    /// What is open is a plain file; terminals and pipes have no length, and are not renamed.
    is_plain: bool,
    limit: u64,
    kept: u32,
}

impl RotatingFile {
    /// Appends to `path`, which only its owner may read, up to `limit` bytes, and keeps `kept` full ones.
    pub fn open(path: &Path, limit: u64, kept: u32) -> io::Result<Self> {
        let file = append(path)?;
        let is_plain = file.metadata()?.is_file();
        // A link to a log stays one: what it names is rotated, in its own folder.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        Ok(Self { path, file, is_plain, limit, kept })
    }

    /// Makes what is open the file that the path names, with room in it.
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
        // Between the look at the file and its lock, another process may have rotated it.
        let shifted = if self.size().is_some() { self.shift() } else { Ok(()) };
        self.file.unlock()?;
        shifted?;
        self.file = append(&self.path)?;
        Ok(())
    }

    /// How long the file at the path is, if it is the one that is open.
    fn size(&self) -> Option<u64> {
        let identity = |found: &Metadata| (found.dev(), found.ino());
        let (there, open) = (fs::metadata(&self.path).ok()?, self.file.metadata().ok()?);
        (identity(&there) == identity(&open)).then_some(there.len())
    }

    /// Frees the path, and loses the oldest log only where there is no gap before it.
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

/// Takes every line. What no disk has room for is lost: nobody's work ends because of its log.
impl Write for RotatingFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // Where the log cannot be rotated, or its folder is gone, what is open goes on.
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
