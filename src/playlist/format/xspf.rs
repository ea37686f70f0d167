//! XSPF version 1 (<https://xspf.org/spec>): XML, whose locations are URIs, so it can express every path.
//!
//! VLC decodes a location as the specification asks, but MPD (0.23) takes it for the path itself, `%20` and all. No text is
//! right for both where a name holds `#`, `?` or `%`. But MPD knows no extensions: of all locations in a track it takes the
//! last, while the specification lets others pass over the extensions of somebody else. So the path as MPD wants it stands
//! in one.

use std::fmt::Write;

use super::line::{location, place};
use super::text::{About, PlaylistText};
use super::uri::{file_uri, reference};
use crate::playlist::{Playlist, Song};
use crate::text::without_line_ends;
use crate::track::Extent;

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
    let audio = song.file.audio();
    let reference = reference(audio);
    let fragment = song.file.section().map(|section| fragment(section.extent)).unwrap_or_default();
    let uri = if audio.is_absolute() { file_uri(audio) } else { reference.clone() };
    add("location", &format!("{uri}{fragment}"));
    add("title", song.title());
    add("creator", song.artist());
    add("album", song.album());
    if song.seconds > 0.0 {
        add("duration", &((song.seconds * 1000.0).round() as u64).to_string());
    }
    if let Some(section) = song.file.section() {
        options(text, section.extent);
    }
    let path = song.path_for_mpd().and_then(|path| location(&path)).filter(|path| *path != reference);
    if let Some(path) = path.and_then(|path| exact(&path)) {
        writeln!(text, "      <extension application=\"{MPD}\"><location>{path}</location></extension>")
            .expect("a String grows");
    }
    text.push_str("    </track>\n");
}

/// The part of a file that is meant, as a fragment of its URI (W3C Media Fragments, 4.2.1).
fn fragment(extent: Extent) -> String {
    let end = extent.end_seconds().map(|end| format!(",{}", place(end))).unwrap_or_default();
    format!("#t={}{end}", place(extent.start_seconds()))
}

/// The same for VLC, which (3.0) passes over fragments.
fn options(text: &mut String, extent: Extent) {
    let start = Some(("start-time", extent.start_seconds()));
    let end = extent.end_seconds().map(|end| ("stop-time", end));
    writeln!(text, "      <extension application=\"http://www.videolan.org/vlc/playlist/0\">")
        .expect("a String grows");
    for (name, seconds) in start.into_iter().chain(end) {
        let option = format!("<vlc:option xmlns:vlc=\"{VLC}\">{name}={}</vlc:option>", place(seconds));
        writeln!(text, "        {option}").expect("a String grows");
    }
    text.push_str("      </extension>\n");
}

/// The namespace of VLC's options, whose prefix it knows by heart.
const VLC: &str = "http://www.videolan.org/vlc/playlist/ns/0/";
/// Who reads the other extension.
const MPD: &str = "https://www.musicpd.org";

/// Character data that is read as exactly this text; none if XML cannot express it.
fn exact(text: &str) -> Option<String> {
    let mut exact = String::new();
    for c in text.chars() {
        match c {
            '\t' | '\u{7f}'..='\u{9f}' => write!(exact, "&#{};", u32::from(c)).expect("a String grows"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => return None,
            c => exact.push_str(&escaped(c.encode_utf8(&mut [0; 4]))),
        }
    }
    Some(exact)
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
