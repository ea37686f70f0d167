//! PLS version 2, as Winamp and internet radios know it: numbered keys, one line each.

use std::fmt::Write;

use super::{
    About, Format, Text,
    line::{location, seconds, title},
};
use crate::playlist::Playlist;

pub(super) struct Pls;

impl Format for Pls {
    fn name(&self) -> &'static str {
        "pls"
    }

    fn is_relative(&self) -> bool {
        true
    }

    fn write(&self, playlist: &Playlist, _: &About) -> Text {
        let mut text = String::from("[playlist]\n");
        let (mut said, mut left_out) = (0, 0);
        for song in &playlist.songs {
            let Some(path) = location(&song.path) else {
                left_out += 1;
                continue;
            };
            said += 1;
            let (title, seconds) = (title(song), seconds(song));
            writeln!(text, "File{said}={path}\nTitle{said}={title}\nLength{said}={seconds}")
                .expect("a String grows");
        }
        writeln!(text, "NumberOfEntries={said}\nVersion=2").expect("a String grows");
        Text { bytes: text.into_bytes(), left_out }
    }
}
