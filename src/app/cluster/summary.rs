//! The result of one call of `cluster`.

use std::path::PathBuf;

use super::explain::WhyPlaylist;
use crate::playlist::{Playlist, Song};
use crate::{playlist::identity::Churn, playlist::order::typical, playlist::run::RunId};

/// A finished run.
#[derive(Debug)]
pub struct ClusterSummary {
    pub set: String,
    pub run: RunId,
    pub method: String,
    pub algorithm: String,
    pub n: usize,
    /// The numbers that were tried where none was given, each with its silhouette.
    pub n_curve: Vec<(usize, f64)>,
    pub tracks: usize,
    /// Tracks that filters keep out of all playlists; `tracks` does not count them.
    pub filtered: usize,
    /// The part of the library's tracks that are in the space, from 0 to 1.
    pub coverage: f64,
    /// Tracks that are in no playlist because they are unlike all others.
    pub noise: usize,
    pub inertia: f64,
    /// How well the playlists are separated, from -1 to 1, on a sample; none where there is only one.
    pub silhouette: Option<f64>,
    /// The stages of the run with their seconds.
    pub seconds: Vec<(&'static str, f64)>,
    pub playlists: Vec<PlaylistSummary>,
    /// Explanations, if they were asked for.
    pub why: Option<Vec<WhyPlaylist>>,
    /// The playlist of the one song to be explained, if a limit keeps the song out of the list.
    pub over_limit_of: Option<String>,
}

/// One playlist, and what changed in it.
#[derive(Debug)]
pub struct PlaylistSummary {
    pub id: u32,
    pub name: String,
    pub file: Option<PathBuf>,
    pub size: usize,
    pub churn: Churn,
    pub is_new: bool,
    /// The songs nearest to its centre.
    pub typical: Vec<Song>,
}

/// How many songs are shown to give an idea of a playlist.
const TYPICAL: usize = 3;

impl PlaylistSummary {
    /// A playlist and the first file that it was written to, if it was.
    pub fn of(list: &Playlist, churn: Churn, is_new: bool, file: Option<PathBuf>) -> Self {
        let (name, size) = (list.name.clone(), list.songs.len());
        Self { id: list.id, name, file, size, churn, is_new, typical: typical(&list.songs, TYPICAL) }
    }
}
