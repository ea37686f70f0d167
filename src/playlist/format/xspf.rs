//! XSPF version 1 (<https://xspf.org/spec>): XML, whose locations are URIs, so it says every path.

use std::fmt::Write;

use super::{About, Format, Text, line::one_line, uri::file_uri};
use crate::playlist::{Playlist, Song};

pub(super) struct Xspf;

impl Format for Xspf {
    fn name(&self) -> &'static str {
        "xspf"
    }

    fn write(&self, playlist: &Playlist, _: &About) -> Text {
        let mut text = String::from(HEAD);
        element(&mut text, "  ", "title", &playlist.name);
        text.push_str("  <trackList>\n");
        playlist.songs.iter().for_each(|song| track(&mut text, song));
        text.push_str("  </trackList>\n</playlist>\n");
        Text { bytes: text.into_bytes(), left_out: 0 }
    }
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/">
"#;

fn track(text: &mut String, song: &Song) {
    text.push_str("    <track>\n");
    let mut say = |name, content: &str| element(text, "      ", name, content);
    say("location", &file_uri(&song.path));
    say("title", &song.tags.title);
    say("creator", &song.tags.artist);
    say("album", &song.tags.album);
    if song.seconds > 0.0 {
        say("duration", &((song.seconds * 1000.0).round() as u64).to_string());
    }
    text.push_str("    </track>\n");
}

/// One element on a line of its own; none where there is nothing to say.
fn element(text: &mut String, indent: &str, name: &str, content: &str) {
    let content = content.trim();
    if !content.is_empty() {
        writeln!(text, "{indent}<{name}>{}</{name}>", escaped(content)).expect("a String grows");
    }
}

/// Character data. What XML 1.0 cannot hold (its production 2: controls and two noncharacters) becomes a space.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in one_line(text).chars() {
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
