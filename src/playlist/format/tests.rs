mod parsers;

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use self::parsers::{Entry, parse};
use super::*;
use crate::{
    digest::Digest,
    fs::relative,
    playlist::{Playlist, Song, run::RunId},
    space::SpaceId,
    track::Tags,
};

#[test]
fn every_format_is_found_by_its_own_name() {
    for row in FORMATS {
        let found = format(row.name).unwrap();
        assert_eq!(found.name, row.name);
        assert!(row.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
    }
    assert!(format("M3U").is_none());
}

#[test]
fn a_relative_path_that_is_not_utf8_names_no_host() {
    let path = |bytes| location(Path::new(std::ffi::OsStr::from_bytes(bytes)));
    assert_eq!(path(b"Art/\xff 1.mp3"), "Art/%FF%201.mp3");
    assert_eq!(path(b"/Art/\xff 1.mp3"), "file:///Art/%FF%201.mp3");
    assert_eq!(path("Art/ü 1.mp3".as_bytes()), "Art/ü 1.mp3");
}

#[test]
fn a_renamed_file_is_what_would_have_been_written_under_the_new_name() {
    let names = ["Calm", "A & B <c>", "two\nlines", "\"q\" \\", "♫ ночь", "Other"];
    for row in FORMATS {
        for (seed, (before, now)) in (0..200).zip(names.iter().zip(names.iter().cycle().skip(1)).cycle()) {
            let songs: Vec<_> = random_songs(seed);
            let written = |name: &str| {
                (row.write)(&Playlist { id: 7, name: name.to_owned(), songs: songs.clone() }, &about()).bytes
            };
            if !songs.is_empty() {
                assert_eq!(
                    renamed(row, &written(before), 7, before, now),
                    written(now),
                    "{} {seed}",
                    row.name
                );
            }
        }
    }
}

#[test]
fn a_parsed_file_is_the_playlist_that_was_written() {
    for row in FORMATS {
        for (seed, folder) in (0..400).zip(["/", "/Music", "/a/b c/#d", "/nowhere"].iter().cycle()) {
            let (songs, folder) = (random_songs(seed), Path::new(folder));
            // XSPF is absolute, unless paths are as seen from some folder.
            let placed = |song: &Song| match row.is_relative || row.name == "xspf" && seed % 2 == 0 {
                true => song.at(&relative(song.path(), folder)),
                false => song.clone(),
            };
            let placed = songs.iter().map(placed).collect();
            let name = random_text(&mut Random { seed, drawn: 1 << 30 });
            let text = (row.write)(&Playlist { id: 0, name, songs: placed }, &about());
            let expected: Vec<_> = songs.iter().filter_map(|song| expected(row.name, song)).collect();
            assert_eq!(text.left_out, songs.len() - expected.len(), "{} {seed}", row.name);
            assert_eq!(parse(row.name, &text.bytes, folder), expected, "{} {seed}", row.name);
        }
    }
}

/// What a file of this format holds of a song; none if it cannot express its path.
fn expected(format: &str, song: &Song) -> Option<Entry> {
    let clean = |text: &str| {
        let is_seen = |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
        text.trim().chars().map(|c| if is_seen(c) { c } else { ' ' }).collect::<String>()
    };
    let [title, artist, album] = [song.title(), song.artist(), song.album()];
    let fields = match format {
        "json" => vec![],
        "xspf" => {
            let milliseconds =
                if song.seconds > 0.0 { format!("{}", song.seconds * 1000.0) } else { "".into() };
            let is_legal = |c: char| if matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c };
            let clean = |text: &str| clean(text).chars().map(is_legal).collect();
            vec![clean(title), clean(artist), clean(album), milliseconds]
        }
        _ => {
            let line = song.path().to_str()?;
            let ends = ['\n', '\r', '\u{85}', '\u{2028}'];
            if line.contains(ends) || line.ends_with(' ') {
                return None;
            }
            let stem = song.path().file_stem().unwrap().to_str().unwrap();
            let shown = match (clean(artist), clean(title)) {
                // A file's name is shown with the spaces around it.
                (_, title) if title.is_empty() => stem.replace(char::is_control, " "),
                (artist, title) if artist.is_empty() => title,
                (artist, title) => format!("{artist} - {title}"),
            };
            let seconds = if song.seconds > 0.0 { song.seconds.round() as i64 } else { -1 };
            vec![shown, seconds.to_string()]
        }
    };
    Some(Entry { path: song.path().to_owned(), fields })
}

/// Numbers that look random, the same on every machine.
struct Random {
    seed: u32,
    drawn: u32,
}

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.drawn += 1;
        let bytes = [self.seed.to_le_bytes(), self.drawn.to_le_bytes()].concat();
        usize::from(u16::from_le_bytes([Digest::of(&bytes).0[0], Digest::of(&bytes).0[1]])) % end
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// Pieces that a careless writer gets wrong; those of `BYTES` are no UTF-8.
const TEXTS: &[&str] = &[
    "Music",
    "a",
    "#",
    "#EXTM3U",
    "#EXTINF:1,x",
    " lead",
    "trail ",
    "dots..",
    "...",
    "\n",
    "x\r\ny",
    "%41",
    "%",
    "%zz",
    "file:",
    "http:",
    "C:",
    "=",
    "File1=",
    "[playlist]",
    ";",
    "é",
    "e\u{301}",
    "🎵",
    "\u{2028}",
    "\u{85}",
    "tab\tbed",
    "\\",
    "\\n",
    "\"q\"",
    "'",
    "<",
    ">",
    "&",
    "&amp;",
    "]]>",
    "<!--",
    "</track>",
    "\u{1}",
    "\u{7f}",
    "\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "?",
    "+",
    "~",
];
const BYTES: &[&[u8]] = &[b"\xff\xfe", b"\xc3", b"\xed\xa0\x80"];

fn random_text(random: &mut Random) -> String {
    (0..random.below(4)).map(|_| random.of(TEXTS)).collect()
}

fn random_name(random: &mut Random) -> Vec<u8> {
    match random.below(24) {
        0 => vec![b'x'; 255],
        1 => [random.of(BYTES), b"y"].concat(),
        _ => [random.of(TEXTS), random.of(TEXTS)].concat().into_bytes(),
    }
}

/// Up to 20 songs; none at a path with `.` or `..`, which no walk gives.
fn random_songs(seed: u32) -> Vec<Song> {
    let mut random = Random { seed, drawn: 0 };
    let mut song = |n| {
        let names: Vec<_> = (0..=random.below(4)).map(|_| random_name(&mut random)).collect();
        let path = names.iter().fold(Vec::new(), |path, name| [&path[..], b"/", name].concat());
        let texts = [(); 3].map(|()| random_text(&mut random));
        let [title, artist, album] = texts;
        let tags = Tags { title, artist, album, ..Tags::default() };
        let song = Song::example(Digest::of(&[n]), std::ffi::OsStr::from_bytes(&path), &tags);
        Song { seconds: [0.0, 61.5, 3600.0][random.below(3)], ..song }
    };
    let length = 20 - (seed % 21) as u8;
    (0..length).map(&mut song).collect()
}

fn about() -> About {
    let space = SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) };
    About {
        set: "mfcc".into(),
        run: RunId::of("", &space, 1, vec![]),
        method: "mfcc".into(),
        algorithm: "kmeans".into(),
        n: 2,
    }
}
