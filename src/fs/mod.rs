//! Tools for files: atomic writes, reading in blocks, kinds of filesystems, relative paths, the user's folders.

pub(crate) mod atomic;
pub(crate) mod filesystem;
pub mod user_folders;

use std::fs::File;
use std::io::{self, Read};
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

/// `path` relative to `folder`; as it is, unless both are absolute and without `..`. Both must be without
/// links, so that `..` leads to the parent.
pub(crate) fn relative(path: &Path, folder: &Path) -> PathBuf {
    let is_plain =
        |path: &Path| path.is_absolute() && path.components().all(|part| part != Component::ParentDir);
    let relative = if is_plain(path) && is_plain(folder) { pathdiff::diff_paths(path, folder) } else { None };
    relative.unwrap_or_else(|| path.to_owned())
}
