//! What a playlist format is: a way to write one playlist as text.

use crate::playlist::{Playlist, run::RunId};

/// A way to write one playlist.
pub trait Format: Sync {
    /// Its name for `--format`, which is also the extension of the files.
    fn name(&self) -> &'static str;

    /// Paths of songs are given relative to the file's folder; else absolute.
    fn is_relative(&self) -> bool {
        false
    }

    /// The playlist as a file, with the paths of its songs as they are given. Equal playlists give equal
    /// bytes, so nothing like a time may be written.
    fn write(&self, playlist: &Playlist, about: &About) -> PlaylistText;
}

/// The run that made the playlists.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    pub set: String,
    pub run: RunId,
    /// The space's name.
    pub method: String,
    pub algorithm: String,
    /// How many playlists the run has.
    pub n: usize,
}

/// The content of a playlist file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaylistText {
    /// The whole file; its last line ends with a line feed.
    pub bytes: Vec<u8>,
    /// How many songs are left out because the format cannot express their paths.
    pub left_out: usize,
}
