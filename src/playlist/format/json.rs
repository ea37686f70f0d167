//! The report's JSON and a little more: `playlists` with `id`, `name` and `songs`, then how they were made.

use std::path::Path;
use std::slice;

use super::{About, Format, Text, uri::file_uri};
use crate::playlist::{Playlist, output::BEGINNING};

pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn write(&self, playlist: &Playlist, about: &About) -> Text {
        Text { bytes: document(slice::from_ref(playlist), about), left_out: 0 }
    }
}

/// All playlists in one JSON object: what `--output` writes. Songs are paths as they are, one per line; a path
/// that is not UTF-8 is a `file:` URI.
pub fn document(playlists: &[Playlist], about: &About) -> Vec<u8> {
    let About { set, run, method, algorithm, n } = about;
    let mut text = format!("{BEGINNING},\n  \"playlists\": ").into_bytes();
    list(&mut text, playlists, "    ", playlist_object);
    for (key, value) in [("method", method), ("algorithm", algorithm)] {
        field(&mut text, key, value);
    }
    text.extend(format!(",\n  \"n\": {n}").bytes());
    for (key, value) in [("set", set), ("run", &run.to_string())] {
        field(&mut text, key, value);
    }
    text.extend(b"\n}\n");
    text
}

fn playlist_object(text: &mut Vec<u8>, playlist: &Playlist) {
    text.extend(format!("{{\"id\": {}, \"name\": ", playlist.id).bytes());
    quote(text, &playlist.name);
    text.extend(b", \"songs\": ");
    list(text, &playlist.songs, "      ", |text, song| quote(text, &location(&song.path)));
    text.push(b'}');
}

/// One item per line, the closing bracket one step to the left.
fn list<T>(text: &mut Vec<u8>, items: &[T], indent: &str, write: impl Fn(&mut Vec<u8>, &T)) {
    text.push(b'[');
    for (number, item) in items.iter().enumerate() {
        text.extend(if number == 0 { &b"\n"[..] } else { b",\n" });
        text.extend(indent.bytes());
        write(text, item);
    }
    if !items.is_empty() {
        text.push(b'\n');
        text.extend(indent[2..].bytes());
    }
    text.push(b']');
}

fn field(text: &mut Vec<u8>, key: &str, value: &str) {
    text.extend(format!(",\n  \"{key}\": ").bytes());
    quote(text, value);
}

fn quote(text: &mut Vec<u8>, value: &str) {
    // Text has an encoding, and a Vec takes whatever is written.
    serde_json::to_writer(text, value).expect("text into memory");
}

/// The path, or its `file:` URI (RFC 8089) if it is not UTF-8.
pub fn location(path: &Path) -> String {
    path.to_str().map_or_else(|| file_uri(path), str::to_owned)
}
