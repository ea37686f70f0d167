//! Songs as people know them.

use std::path::Path;

use indexer::{Numbering, Song, Tags};

use super::print::{one_line, shown};

/// `Artist – Title` on one line; the title alone where there is no artist, and the file's name where there is no title.
pub(crate) fn label(song: &Song) -> String {
    label_of(song.artist(), song.title(), song.path())
}

/// The same of a file with this artist and title.
pub(crate) fn label_of(artist: &str, title: &str, path: &Path) -> String {
    match (one_line(artist.trim()), one_line(title.trim())) {
        (_, title) if title.is_empty() => shown(path.file_stem().unwrap_or_default().as_ref()),
        (artist, title) if artist.is_empty() => title,
        (artist, title) => format!("{artist} – {title}"),
    }
}

/// What else the tags say, on one line: `Album; by Ann, Bob; track 3 of 12; 2004-05-06; Rock, Pop; 128 BPM; Am; gain -6.5 dB`.
pub(crate) fn tag_line(tags: &Tags) -> String {
    let further = tags.further();
    let place = |what: &str, place: Numbering| match (place.number, place.total) {
        (0, _) => String::new(),
        (number, 0) => format!("{what} {number}"),
        (number, total) => format!("{what} {number} of {total}"),
    };
    let after =
        |what: &str, text: &str| if text.is_empty() { String::new() } else { format!("{what} {text}") };
    let said = [
        tags.album.clone(),
        after("album by", &further.album_artist),
        after("by", &further.artists.join(", ")),
        after("composed by", &further.composers.join(", ")),
        place("disc", further.disc),
        place("track", further.track),
        further.date.map_or(String::new(), |date| date.to_string()),
        tags.genres.join(", "),
        further.bpm.map_or(String::new(), |bpm| format!("{bpm} BPM")),
        further.key.clone(),
        further.track_gain.map_or(String::new(), |gain| format!("gain {gain:.1} dB")),
    ];
    let said = said.iter().map(|text| one_line(text.trim())).filter(|text| !text.is_empty());
    said.collect::<Vec<_>>().join("; ")
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
    use indexer::{FurtherTags, TagDate};

    use super::*;

    #[test]
    fn a_line_says_what_tags_say() {
        let further = FurtherTags {
            artists: vec!["Ann".into(), "Bob".into()],
            date: TagDate::parse("2004-05-06"),
            track: Numbering { number: 3, total: 12 },
            disc: Numbering { number: 1, total: 0 },
            bpm: Some(128.0),
            key: "Am".into(),
            track_gain: Some(-6.5),
            ..FurtherTags::default()
        };
        let genres = vec!["Rock".into(), "Pop\n".into()];
        let tags =
            Tags { album: "A\u{1b}".into(), genres, further: Some(Box::new(further)), ..Tags::default() };
        let line =
            r"A\u{1b}; by Ann, Bob; disc 1; track 3 of 12; 2004-05-06; Rock, Pop; 128 BPM; Am; gain -6.5 dB";
        assert_eq!((tag_line(&tags), tag_line(&Tags::default())), (line.to_owned(), String::new()));
    }

    #[test]
    fn a_song_is_called_by_its_tags_else_by_its_file() {
        for (artist, title, expected) in [
            ("Ann", "Song", "Ann – Song"),
            ("", " Song ", "Song"),
            ("Ann", " ", "05 file.name"),
            ("", "", "05 file.name"),
            ("A\nB", "\u{1b}[2J", "A\\nB – \\u{1b}[2J"),
        ] {
            assert_eq!(label_of(artist, title, Path::new("/m/05 file.name.mp3")), expected);
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
