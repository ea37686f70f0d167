//! Tools for files: atomic writes, reading in blocks, kinds of filesystems, relative paths, the user's folders.

pub mod atomic;
pub mod blocks;
pub mod filesystem;
pub mod relative;
pub mod user_folders;
