//! What earlier runs of `cluster` left: sets, their runs and playlists, and what the user chose for them.

pub mod diff;
pub mod error;
pub mod playlists;
pub mod runs;
pub mod sets;
pub mod songs;
