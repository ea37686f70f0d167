//! PLS version 2, as Winamp and internet radios know it: numbered keys, one line each.

use std::fmt::Write;

use super::line::{location, seconds, title};
use super::text::{About, PlaylistText};
use crate::playlist::Playlist;

pub(super) fn write(playlist: &Playlist, _: &About) -> PlaylistText {
    let mut text = String::from("[playlist]\n");
    let (mut number, mut left_out) = (0, 0);
    for song in &playlist.songs {
        // It has no way to say that a part of a file is meant.
        let Some(path) = location(song.path()).filter(|_| song.file.section().is_none()) else {
            left_out += 1;
            continue;
        };
        number += 1;
        let (title, seconds) = (title(song), seconds(song));
        writeln!(text, "File{number}={path}\nTitle{number}={title}\nLength{number}={seconds}")
            .expect("a String grows");
    }
    writeln!(text, "NumberOfEntries={number}\nVersion=2").expect("a String grows");
    PlaylistText { bytes: text.into_bytes(), left_out }
}
