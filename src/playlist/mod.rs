//! Turns clusters into playlists that keep their identity, and playlists into files that keep their names.

mod filename;
pub(crate) mod files;
pub(crate) mod filter;
pub(crate) mod format;
pub(crate) mod identity;
pub(crate) mod names;
pub(crate) mod order;
pub(crate) mod output;
pub(crate) mod path_map;
pub(crate) mod run;
pub(crate) mod song;
mod song_file;

use serde::Serialize;

pub(crate) use self::{song::Song, song_file::SongFile};

/// Songs that sound alike.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Playlist {
    /// The same in later runs; counted from 0 in each set.
    pub id: u32,
    pub name: String,
    pub songs: Vec<Song>,
}

#[cfg(test)]
mod tests;
