//! What earlier runs of `cluster` left: sets, their runs and playlists, and what the user chose for them.

pub(crate) mod contents;
pub(crate) mod diff;
pub(crate) mod error;
pub(crate) mod forget;
pub(crate) mod latest;
mod moved_files;
pub(crate) mod playlists;
pub(crate) mod runs;
pub(crate) mod sets;
pub(crate) mod songs;
