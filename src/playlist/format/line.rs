//! What line-based formats share: paths, titles and lengths that no file name and no tag can break.

use std::path::Path;

use crate::playlist::Song;
use crate::text::{ends_line, without_line_ends};

/// Whole seconds; in these formats -1 means unknown, and 0 is no length to some readers.
pub(super) fn seconds(song: &Song) -> i64 {
    if song.seconds > 0.0 { (song.seconds.round() as i64).max(1) } else { -1 }
}

/// `Artist - Title`, or the file's name if there is no title, on one line.
pub(super) fn title(song: &Song) -> String {
    let title = match (song.artist().trim(), song.title().trim()) {
        (_, "") => song.path().file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        ("", title) => title.to_owned(),
        (artist, title) => format!("{artist} - {title}"),
    };
    without_line_ends(&title)
}

/// Seconds as players take them: a thousandth is far below a frame of a compact disc.
pub(super) fn place(seconds: f64) -> String {
    format!("{seconds:.3}")
}

/// The path as its line; none if it is not UTF-8 or a reader would understand the line as another path.
pub(super) fn location(path: &Path) -> Option<String> {
    let line = path.to_str()?;
    if line.contains(ends_line) || line.ends_with(char::is_whitespace) {
        return None;
    }
    // Text before a colon in the first component is read as the scheme of a URI, or as a drive.
    let has_scheme = line.split('/').next().is_some_and(|first| first.contains(':'));
    let needs_dot = has_scheme || line.starts_with(|c: char| c == '#' || c.is_whitespace());
    Some(if needs_dot { format!("./{line}") } else { line.to_owned() })
}
