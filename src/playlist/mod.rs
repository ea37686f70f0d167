//! Clusters into playlists that keep their identity, and playlists into files that keep their place.

pub mod files;
pub mod filter;
pub mod format;
pub mod identity;
pub mod names;
pub mod order;
pub mod output;
pub mod path_map;
pub mod run;

mod filename;

use std::path::PathBuf;

use crate::track::{ContentId, Tags};

/// One song of a playlist: a recording at one of its paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Song {
    pub content: ContentId,
    /// Absolute, as its root was typed; where a file is written, as it says it. Perhaps not UTF-8.
    pub path: PathBuf,
    pub tags: Tags,
    /// Length in seconds; 0 where it is not known.
    pub seconds: f64,
    /// Distance to the centroid of its cluster.
    pub distance: f32,
}

/// Songs that sound alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Playlist {
    /// Outlives runs; counts from 0 in each set.
    pub id: u32,
    pub name: String,
    pub songs: Vec<Song>,
}

#[cfg(test)]
mod tests;
