//! What a format is given and what it makes.

use serde::Serialize;

use crate::playlist::run::RunId;

/// The run that made the playlists, as it stands in the JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct About {
    /// The space's name.
    pub method: String,
    pub algorithm: String,
    /// How many playlists the run has.
    pub n: usize,
    pub set: String,
    pub run: RunId,
}

/// The content of a playlist file.
#[derive(Debug, PartialEq)]
pub(crate) struct PlaylistText {
    /// The whole file; its last line ends with a line feed.
    pub bytes: Vec<u8>,
    /// How many songs are left out because the format cannot express their paths.
    pub left_out: usize,
}
