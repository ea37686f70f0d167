//! What formats of lines share: a path, a title and a length that no name and no tag can break.

use std::path::Path;

use crate::playlist::Song;

/// Whole seconds; -1 is the formats' word for unknown.
pub(super) fn seconds(song: &Song) -> i64 {
    if song.seconds > 0.0 { song.seconds.round() as i64 } else { -1 }
}

/// `Artist - Title`, or the file's name if there is no title, on one line.
pub(super) fn title(song: &Song) -> String {
    let title = match (song.tags.artist.trim(), song.tags.title.trim()) {
        (_, "") => song.path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        ("", title) => title.to_owned(),
        (artist, title) => format!("{artist} - {title}"),
    };
    one_line(&title)
}

/// The text with spaces for what ends a line or cannot be seen.
pub(super) fn one_line(text: &str) -> String {
    text.replace(|c: char| c.is_control() || ends_line(c), " ")
}

/// The path as its line says it; none if it is not UTF-8 or a reader would take the line for another path.
pub(super) fn location(path: &Path) -> Option<String> {
    let line = path.to_str()?;
    if line.contains(ends_line) || line.ends_with(char::is_whitespace) {
        return None;
    }
    // What comes before a colon in the first part is read as the scheme of a URI, or as a drive.
    let has_scheme = line.split('/').next().is_some_and(|first| first.contains(':'));
    let needs_dot = has_scheme || line.starts_with(|c: char| c == '#' || c.is_whitespace());
    Some(if needs_dot { format!("./{line}") } else { line.to_owned() })
}

/// What any reader may take for the end of a line (Python's `splitlines` takes them all).
fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
