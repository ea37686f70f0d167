//! Playlists as text: one file and one row of [`FORMATS`] per format.

mod json;
mod line;
mod m3u8;
mod pls;
mod uri;
mod xspf;

pub use self::json::{document, location};
use super::{Playlist, run::RunId};

/// A way to write one playlist.
pub trait Format: Sync {
    /// The word `--format` takes, which is the extension of the files as well.
    fn name(&self) -> &'static str;

    /// Paths should be given as seen from the file's folder; else absolute.
    fn is_relative(&self) -> bool {
        false
    }

    /// The playlist as a file, its songs' paths as they are given. Equal playlists are equal bytes: no time goes in.
    fn write(&self, playlist: &Playlist, about: &About) -> Text;
}

/// Every format, the default first.
pub static FORMATS: &[&dyn Format] = &[&m3u8::M3u8, &xspf::Xspf, &pls::Pls, &json::Json];

/// The format of this name.
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// The run that made the playlists.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    pub set: String,
    pub run: RunId,
    /// The space's name.
    pub method: String,
    pub algorithm: String,
    /// Playlists that were asked for.
    pub n: usize,
}

/// A playlist file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The whole file, its last line ended.
    pub bytes: Vec<u8>,
    /// Songs whose paths the format cannot say.
    pub left_out: usize,
}

#[cfg(test)]
mod tests;
