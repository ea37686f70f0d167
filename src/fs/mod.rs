//! The file system: atomic writes, the kind of a file system, relative paths.

pub(crate) mod atomic;
pub mod filesystem;
pub mod relative;
