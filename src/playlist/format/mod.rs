//! Playlists as text: one file and one row of [`FORMATS`] per format.

mod json;
mod m3u8;

use std::path::Path;

use super::Playlist;
use super::run::RunId;
pub use json::{document, location};

/// A way to write one playlist.
pub trait Format: Sync {
    /// The word `--format` takes, which is the extension of the files as well.
    fn name(&self) -> &'static str;

    /// Paths are written as seen from the file: they must come without links, as `folder` does.
    fn is_relative(&self) -> bool {
        false
    }

    /// The playlist as a file in `folder`, which must be a real path (absolute, without links) so that `..` leads
    /// out of it. Equal playlists are equal bytes: no time goes in.
    fn write(&self, playlist: &Playlist, about: &About, folder: &Path) -> Text;
}

/// Every format, the default first.
pub static FORMATS: &[&dyn Format] = &[&m3u8::M3u8, &json::Json];

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
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_own_name() {
        for row in FORMATS {
            let found = format(row.name()).unwrap();
            assert_eq!(found.name(), row.name());
            assert!(row.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        }
        assert!(format("M3U").is_none());
    }
}
