//! XSPF version 1 (<https://xspf.org/spec>): XML, whose locations are URIs, so it can express every path.

use std::fmt::Write;

use super::text::{About, PlaylistText};
use super::uri::file_uri;
use crate::playlist::{Playlist, Song};
use crate::text::without_line_ends;

pub(super) fn write(playlist: &Playlist, _: &About) -> PlaylistText {
    let mut text = String::from(HEAD);
    element(&mut text, "  ", "title", &playlist.name);
    text.push_str("  <trackList>\n");
    playlist.songs.iter().for_each(|song| track(&mut text, song));
    text.push_str("  </trackList>\n</playlist>\n");
    PlaylistText { bytes: text.into_bytes(), left_out: 0 }
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/">
"#;

fn track(text: &mut String, song: &Song) {
    text.push_str("    <track>\n");
    let mut add = |name, content: &str| element(text, "      ", name, content);
    add("location", &file_uri(&song.path));
    add("title", &song.tags.title);
    add("creator", &song.tags.artist);
    add("album", &song.tags.album);
    if song.seconds > 0.0 {
        add("duration", &((song.seconds * 1000.0).round() as u64).to_string());
    }
    text.push_str("    </track>\n");
}

/// One element on a line of its own; none where its content is empty.
fn element(text: &mut String, indent: &str, name: &str, content: &str) {
    let content = content.trim();
    if !content.is_empty() {
        writeln!(text, "{indent}<{name}>{}</{name}>", escaped(content)).expect("a String grows");
    }
}

/// Character data. Characters that XML 1.0 does not allow (its production 2: controls and two noncharacters)
/// become spaces.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in without_line_ends(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
