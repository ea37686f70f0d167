//! Playlists as text. A new format is one file with a function that writes, and its row in [`FORMATS`].

mod json;
mod line;
mod m3u;
mod pls;
mod renamed;
mod text;
mod uri;
mod xspf;

use crate::playlist::Playlist;

pub use self::json::location;
use self::text::PlaylistText;
pub(crate) use self::{json::document, renamed::renamed, text::About};

/// A way to write one playlist.
#[derive(Debug)]
pub struct Format {
    /// Its name for `--format`, which is also the extension of the files.
    pub name: &'static str,
    /// Paths of songs are given relative to the file's folder; else absolute.
    pub is_relative: bool,
    /// The playlist as a file, with the paths of its songs as they are given. Equal playlists give equal
    /// bytes, so nothing like a time may be written.
    pub(crate) write: fn(&Playlist, &About) -> PlaylistText,
}

/// Every format, the default first.
pub static FORMATS: &[Format] = &[
    Format { name: "m3u8", is_relative: true, write: m3u::for_vlc },
    Format { name: "m3u", is_relative: true, write: m3u::for_mpd },
    Format { name: "xspf", is_relative: false, write: xspf::write },
    Format { name: "pls", is_relative: true, write: pls::write },
    Format { name: "json", is_relative: false, write: json::write },
];

/// The format of this name.
pub(crate) fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

#[cfg(test)]
mod tests;
