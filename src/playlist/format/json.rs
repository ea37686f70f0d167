//! The report's JSON and a little more: `playlists` with `id`, `name` and `songs`, then how they were made.

use std::path::Path;
use std::slice;

use super::uri::file_uri;
use super::{About, Format, Text};
use crate::playlist::Playlist;
use crate::playlist::output::GENERATOR;

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
    let playlists: Vec<String> = playlists.iter().map(playlist_object).collect();
    format!(
        r#"{{
  "generator": {generator},
  "playlists": {playlists},
  "method": {method},
  "algorithm": {algorithm},
  "n": {n},
  "set": {set},
  "run": {run}
}}
"#,
        generator = quoted(GENERATOR),
        playlists = array(&playlists, "    "),
        method = quoted(method),
        algorithm = quoted(algorithm),
        set = quoted(set),
        run = quoted(&run.to_string()),
    )
    .into_bytes()
}

fn playlist_object(playlist: &Playlist) -> String {
    let songs: Vec<String> = playlist.songs.iter().map(|song| quoted(&location(&song.path))).collect();
    let name = quoted(&playlist.name);
    format!(r#"{{"id": {}, "name": {name}, "songs": {}}}"#, playlist.id, array(&songs, "      "))
}

/// One item per line, the closing bracket one step to the left.
fn array(items: &[String], indent: &str) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    format!("[\n{indent}{}\n{}]", items.join(&format!(",\n{indent}")), &indent[2..])
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The path, or its `file:` URI (RFC 8089) if it is not UTF-8.
pub fn location(path: &Path) -> String {
    if let Some(path) = path.to_str() {
        return path.to_owned();
    }
    file_uri(path)
}
