//! What is asked for, and what is answered.

use std::path::PathBuf;

use crate::app::cluster::combination::MethodChoice;
use crate::app::cluster::export::{Export, Exported};
use crate::app::cluster::request::Filters;
use crate::playlist::Song;

/// Which songs are asked for: those that sound like others.
#[derive(Clone, Debug)]
pub struct SimilarRequest {
    /// What songs are compared by.
    pub method: MethodChoice,
    /// The songs that they are to be like, each a path or part of `Artist – Title`; at least one.
    pub seeds: Vec<PathBuf>,
    /// The songs that they are to be unlike.
    pub unwanted: Vec<PathBuf>,
    /// How many.
    pub n: usize,
    /// Only songs that are at least so far away, as distances are shown: copies of a song lie near 0.
    pub least_distance: f32,
    /// Which songs may be named, and how many of each artist.
    pub filters: Filters,
    /// The folders of the configuration: only songs under these are named, if there are any.
    pub configured: Vec<PathBuf>,
    /// Write them as a playlist, too.
    pub export: Option<Export>,
}

/// Songs that sound like others, or that lead from one song to another.
#[derive(Clone, Debug)]
pub struct FoundSongs {
    /// What they are: `Like Artist – Title`, as their playlist is called.
    pub name: String,
    /// The name of the space in which they were compared.
    pub method: String,
    /// The songs that were named: those that the others are like, or both ends.
    pub seeds: Vec<Song>,
    /// Those that they are unlike.
    pub unwanted: Vec<Song>,
    /// The songs with their distances. Of a way, both ends among them, each with the distance from the song before.
    pub songs: Vec<Song>,
    /// The playlist that was written; its bytes if it was for stdout.
    pub exported: Option<Exported>,
}
