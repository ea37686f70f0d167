//! M3U in UTF-8: two lines per song, which no path and no tag may break.

use std::fmt::Write;

use super::line::{location, seconds, title};
use super::text::{About, PlaylistText};
use crate::playlist::Playlist;

pub(super) fn write(playlist: &Playlist, _: &About) -> PlaylistText {
    let mut text = String::from("#EXTM3U\n");
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
