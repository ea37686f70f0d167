//! M3U in UTF-8: one line per song, which no path and no tag may break.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

use super::{About, Format, Text};
use crate::playlist::{Playlist, Song};

pub(super) struct M3u8;

impl Format for M3u8 {
    fn name(&self) -> &'static str {
        "m3u8"
    }

    fn is_relative(&self) -> bool {
        true
    }

    fn write(&self, playlist: &Playlist, _: &About, folder: &Path) -> Text {
        let mut text = String::from("#EXTM3U\n");
        let mut left_out = 0;
        for song in &playlist.songs {
            match location(&song.path, folder) {
                Some(path) => writeln!(text, "#EXTINF:{},{}\n{path}", seconds(song), title(song))
                    .expect("a String grows"),
                None => left_out += 1,
            }
        }
        Text { bytes: text.into_bytes(), left_out }
    }
}

/// Whole seconds; -1 is the format's word for unknown.
fn seconds(song: &Song) -> i64 {
    if song.seconds > 0.0 { song.seconds.round() as i64 } else { -1 }
}

/// `Artist - Title`, or the file's name if there is no title, on one line.
fn title(song: &Song) -> String {
    let title = match (song.tags.artist.trim(), song.tags.title.trim()) {
        (_, "") => song.path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        ("", title) => title.to_owned(),
        (artist, title) => format!("{artist} - {title}"),
    };
    title.replace(|c: char| c.is_control() || ends_line(c), " ")
}

/// The path as its line says it; none if it is not UTF-8 or a reader would take the line for another path.
fn location(path: &Path, folder: &Path) -> Option<String> {
    let path = relative(path, folder);
    let line = path.to_str()?;
    if line.contains(ends_line) || line.ends_with(char::is_whitespace) {
        return None;
    }
    let needs_dot = line.starts_with(|c: char| c == '#' || c.is_whitespace());
    Some(if needs_dot { format!("./{line}") } else { line.to_owned() })
}

/// What any reader may take for the end of a line (Python's `splitlines` takes them all).
fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// `path` as seen from `folder`; as it is, unless both are absolute and without `..`.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    let is_plain =
        |path: &Path| path.is_absolute() && path.components().all(|part| part != Component::ParentDir);
    if !is_plain(path) || !is_plain(folder) {
        return path.to_owned();
    }
    let shared = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let climb = folder.components().skip(shared).map(|_| Component::ParentDir);
    climb.chain(path.components().skip(shared)).collect()
}
