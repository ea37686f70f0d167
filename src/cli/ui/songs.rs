//! Songs as people know them.

use std::path::Path;

use indexer::{Song, Tags};

use super::print::{one_line, shown};

/// `Artist – Title` on one line; the title alone where there is no artist, and the file's name where there is no title.
pub(crate) fn label(song: &Song) -> String {
    label_of(&song.tags, &song.path)
}

/// The same of a file with these tags.
pub(crate) fn label_of(tags: &Tags, path: &Path) -> String {
    match (one_line(tags.artist.trim()), one_line(tags.title.trim())) {
        (_, title) if title.is_empty() => shown(path.file_stem().unwrap_or_default().as_ref()),
        (artist, title) if artist.is_empty() => title,
        (artist, title) => format!("{artist} – {title}"),
    }
}

/// A length as minutes and seconds, with hours where there are any; none where it is unknown (0).
pub(crate) fn length(seconds: f64) -> String {
    let all = seconds.round() as u64;
    let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
    match (all, hours) {
        (0, _) => String::new(),
        (_, 0) => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_song_is_called_by_its_tags_else_by_its_file() {
        for (artist, title, expected) in [
            ("Ann", "Song", "Ann – Song"),
            ("", " Song ", "Song"),
            ("Ann", " ", "05 file.name"),
            ("", "", "05 file.name"),
            ("A\nB", "\u{1b}[2J", "A\\nB – \\u{1b}[2J"),
        ] {
            let tags = Tags { artist: artist.into(), title: title.into(), ..Tags::default() };
            assert_eq!(label_of(&tags, Path::new("/m/05 file.name.mp3")), expected);
        }
    }

    #[test]
    fn a_length_is_minutes_and_seconds() {
        for (seconds, expected) in
            [(0.0, ""), (7.4, "0:07"), (61.5, "1:02"), (3599.6, "1:00:00"), (36_061.0, "10:01:01")]
        {
            assert_eq!(length(seconds), expected, "{seconds}");
        }
    }
}
