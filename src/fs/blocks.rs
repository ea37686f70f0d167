//! Files that are read block by block, to be hashed or copied.

use std::io::{self, Read};
use std::{fs::File, path::Path};

use crate::digest::{Digest, Hasher};

/// Bytes of a block.
pub(crate) const BLOCK_SIZE: usize = 1 << 18;

/// Reads a file and shows its blocks to `visit`.
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

/// The digest of a file's content.
pub(crate) fn digest_of_file(path: &Path) -> io::Result<Digest> {
    let mut hasher = Hasher::default();
    each_block(path, |block| _ = hasher.update(block))?;
    Ok(hasher.finish())
}
