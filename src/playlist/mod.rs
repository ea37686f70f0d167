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

use std::path::PathBuf;

use serde::Serialize;

use crate::track::{ContentId, Tags};

/// One song of a playlist: a recording at one of its paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Song {
    /// The recording.
    pub content: ContentId,
    /// Absolute, spelled as its root was typed; for a playlist file, as the file writes it. Perhaps not UTF-8.
    pub path: PathBuf,
    /// Those of the file at that path.
    pub tags: Tags,
    /// Length in seconds; 0 if it is unknown.
    pub seconds: f64,
    /// Distance to the centroid of its cluster.
    pub distance: f32,
}

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
