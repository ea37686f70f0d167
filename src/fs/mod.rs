//! Tools for files: atomic writes, reading in blocks, kinds of filesystems, relative paths, the user's folders.

pub(crate) mod atomic;
pub(crate) mod blocks;
pub(crate) mod filesystem;
pub(crate) mod relative;
pub mod user_folders;
