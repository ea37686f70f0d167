//! M3U in UTF-8: the playlist's name, then two lines per song, which no path and no tag may break. The same bytes under
//! both names: M3U8 says that they are UTF-8, and MPD lists only what ends in M3U.

use std::fmt::Write;

use super::line::{location, seconds, title};
use super::text::{About, PlaylistText};
use crate::{playlist::Playlist, text::without_line_ends};

pub(super) fn write(playlist: &Playlist, _: &About) -> PlaylistText {
    let mut text = format!("#EXTM3U\n#PLAYLIST:{}\n", without_line_ends(&playlist.name).trim());
    let mut left_out = 0;
    for song in &playlist.songs {
        match location(&song.path) {
            Some(path) => {
                writeln!(text, "#EXTINF:{},{}\n{path}", seconds(song), title(song)).expect("a String grows")
            }
            None => left_out += 1,
        }
    }
    PlaylistText { bytes: text.into_bytes(), left_out }
}
