//! Tools for files: atomic writes, reading in blocks, kinds of filesystems, relative paths, the user's folders.

pub(crate) mod atomic;
pub(crate) mod filesystem;
pub(crate) mod output;
pub(crate) mod placed;
pub(crate) mod trust;
pub mod user_folders;

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

/// Bytes of a block.
pub(crate) const BLOCK_SIZE: usize = 1 << 18;

/// Reads a file block by block, to be hashed or copied.
pub(crate) fn each_block(path: &Path, mut visit: impl FnMut(&[u8])) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut block = vec![0; BLOCK_SIZE];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(()),
            length => visit(&block[..length]),
        }
    }
}

/// Reads a file that somebody else may have put there.
/// Errors: besides those of reading, it is no regular file, or has more than `limit` bytes.
pub(crate) fn read_small(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    // Opening a named pipe would wait for whoever writes into it.
    let nonblocking = rustix::fs::OFlags::NONBLOCK.bits() as i32;
    let file = OpenOptions::new().read(true).custom_flags(nonblocking).open(path)?;
    let refused = |why: &str| Err(io::Error::new(io::ErrorKind::InvalidData, why));
    if !file.metadata()?.is_file() {
        return refused("it is not a regular file");
    }
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return refused(&format!("it has more than {} KiB", limit >> 10));
    }
    Ok(bytes)
}

/// `path` relative to `folder`; as it is, unless both are absolute and without `..`. Both must be without
/// links, so that `..` leads to the parent.
pub(crate) fn relative(path: &Path, folder: &Path) -> PathBuf {
    let is_plain =
        |path: &Path| path.is_absolute() && path.components().all(|part| part != Component::ParentDir);
    let relative = if is_plain(path) && is_plain(folder) { pathdiff::diff_paths(path, folder) } else { None };
    relative.unwrap_or_else(|| path.to_owned())
}
