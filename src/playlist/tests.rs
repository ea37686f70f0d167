use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::format::{About, FORMATS, document, format};
use super::run::RunId;
use super::*;
use crate::digest::Digest;
use crate::space::SpaceId;

fn song(path: impl AsRef<[u8]>) -> Song {
    Song {
        content: ContentId { recipe: 1, digest: Digest::of(path.as_ref()) },
        path: std::ffi::OsStr::from_bytes(path.as_ref()).into(),
        tags: Tags::default(),
        seconds: 61.5,
        distance: 0.0,
    }
}

fn tagged(artist: &str, title: &str) -> Song {
    let tags = Tags { artist: artist.into(), title: title.into(), ..Tags::default() };
    Song { tags, ..song("/music/05 file.name.mp3") }
}

fn playlist(songs: Vec<Song>) -> Playlist {
    Playlist { id: 0, name: "Slow and \"dark\"".into(), songs }
}

fn about() -> About {
    let space = SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) };
    About {
        set: "mfcc:/a b".into(),
        run: RunId::of("", &space, &[]),
        method: "mfcc".into(),
        algorithm: "kmeans".into(),
        n: 2,
    }
}

fn m3u8(songs: Vec<Song>, folder: &str) -> (String, usize) {
    let text = format("m3u8").unwrap().write(&playlist(songs), &about(), Path::new(folder));
    (String::from_utf8(text.bytes).unwrap(), text.left_out)
}

/// What a player does with an M3U: the paths it opens, with what it shows for them.
fn parse_m3u8(text: &str, folder: &Path) -> Vec<(PathBuf, i64, String)> {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("#EXTM3U"));
    let mut entries = Vec::new();
    let mut shown = None;
    for line in lines {
        if let Some(info) = line.strip_prefix("#EXTINF:") {
            let (seconds, title) = info.split_once(',').unwrap();
            shown = Some((seconds.parse().unwrap(), title.to_owned()));
        } else if !line.starts_with('#') {
            let (seconds, title) = shown.take().unwrap();
            entries.push((resolve(&folder.join(line.trim())), seconds, title));
        }
    }
    entries
}

/// Follows `..` as the kernel does where there are no links.
fn resolve(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, part| {
        match part {
            std::path::Component::ParentDir => drop(path.pop()),
            std::path::Component::CurDir => {}
            part => path.push(part),
        }
        path
    })
}

/// Paths of random pieces, many of which a careless writer gets wrong.
fn strange_paths() -> Vec<Vec<u8>> {
    let pieces: [&[u8]; 20] = [
        b"Music",
        b"a",
        b"#",
        b"#EXTM3U",
        b" lead",
        b"trail ",
        b"dots..",
        b"\n",
        b"x\r\ny",
        b"\xff\xfe",
        b"%41",
        b"file:",
        "é".as_bytes(),
        "e\u{301}".as_bytes(),
        "🎵".as_bytes(),
        "\u{2028}".as_bytes(),
        b"tab\tbed",
        b"C:",
        b"\\",
        b"\"q\"",
    ];
    (0..3000_u32)
        .map(|n| {
            let random = Digest::of(&n.to_le_bytes()).0;
            let depth = 1 + usize::from(random[0] % 4);
            let parts = random[1..]
                .chunks(2)
                .take(depth)
                .map(|pair| [pieces[usize::from(pair[0] % 20)], pieces[usize::from(pair[1] % 20)]].concat());
            parts.fold(Vec::new(), |path, part| [&path[..], b"/", &part].concat())
        })
        .collect()
}

#[test]
fn the_most_typical_songs_come_first() {
    let at = |path: &str, distance| Song { distance, ..song(path) };
    let mut songs = vec![at("/c", 2.0), at("/b", 0.5), at("/a", 0.5), at("/d", 0.0)];
    order_by_center(&mut songs);
    let equals = songs[1].content < songs[2].content;
    assert!(songs.is_sorted_by(|a, b| a.distance <= b.distance) && equals);
}

#[test]
fn an_m3u8_says_seconds_artist_title_and_relative_path() {
    let (text, left_out) = m3u8(vec![tagged("Ann", "Song"), song("/music/lists/b.ogg")], "/music/lists");
    assert_eq!(text, "#EXTM3U\n#EXTINF:62,Ann - Song\n../05 file.name.mp3\n#EXTINF:62,b\nb.ogg\n");
    assert_eq!(left_out, 0);
}

#[test]
fn what_a_player_shows_is_one_line() {
    let cases = [
        (tagged("Ann", "Song"), "Ann - Song"),
        (tagged("", "Song"), "Song"),
        (tagged("Ann", " "), "05 file.name"),
        (tagged("A\r\nB", "C\u{0}\u{2028}/etc/passwd"), "A  B - C  /etc/passwd"),
        (song("/a\n#EXTINF:1,x/b\nc.mp3"), ""),
    ];
    for (song, shown) in cases {
        let (text, left_out) = m3u8(vec![song], "/");
        assert_eq!((text.lines().count() - 1, left_out), if shown.is_empty() { (0, 1) } else { (2, 0) });
        assert!(text.contains(shown));
    }
    for (seconds, said) in [(0.4, "0"), (0.5, "1"), (0.0, "-1"), (f64::NAN, "-1"), (36_000.0, "36000")] {
        let (text, _) = m3u8(vec![Song { seconds, ..song("/a") }], "/");
        assert!(text.contains(&format!("#EXTINF:{said},a\n")), "{text}");
    }
}

#[test]
fn a_path_is_said_so_that_it_is_found_again_or_left_out() {
    let cases: [(&[u8], &str, Option<&str>); 14] = [
        (b"/music/a.mp3", "/music", Some("a.mp3")),
        (b"/music/a.mp3", "/music/lists/mine", Some("../../a.mp3")),
        (b"/music/a.mp3", "/home/me", Some("../../music/a.mp3")),
        (b"/music/a.mp3", "/", Some("music/a.mp3")),
        (b"/music/a.mp3", "lists", Some("/music/a.mp3")),
        (b"/music/../a.mp3", "/music", Some("/music/../a.mp3")),
        (b"/m/#1.mp3", "/m", Some("./#1.mp3")),
        (b"/m/d/#1.mp3", "/m", Some("d/#1.mp3")),
        (b"/m/ a.mp3", "/m", Some("./ a.mp3")),
        ("/m/🎵 é e\u{301}.mp3".as_bytes(), "/m", Some("🎵 é e\u{301}.mp3")),
        (b"/m/\xff.mp3", "/m", None),
        (b"/m/a\n#EXTM3U.mp3", "/m", None),
        (b"/m/a\r.mp3", "/m", None),
        (b"/m/a.mp3 ", "/m", None),
    ];
    for (path, folder, expected) in cases {
        let (text, left_out) = m3u8(vec![song(path)], folder);
        assert_eq!(text.lines().nth(2), expected, "{path:?} from {folder}");
        assert_eq!(left_out, usize::from(expected.is_none()));
    }
}

#[test]
fn a_parsed_m3u8_is_the_playlist_that_was_written() {
    let songs: Vec<Song> = strange_paths().into_iter().map(song).collect();
    for folder in ["/", "/Music", "/a/b c/#d", "/nowhere"] {
        let (text, left_out) = m3u8(songs.clone(), folder);
        let parsed = parse_m3u8(&text, Path::new(folder));
        assert_eq!(parsed.len() + left_out, songs.len());
        let mut rest = songs.iter();
        for (path, seconds, _) in parsed {
            assert!(
                rest.any(|song| resolve(&song.path) == path),
                "{path:?} is no song, or stands at another place"
            );
            assert_eq!(seconds, 62);
        }
        let is_plain = |song: &&Song| {
            song.path.to_str().is_some_and(|p| !p.contains(['\n', '\r', '\u{2028}']) && !p.ends_with(' '))
        };
        assert_eq!(left_out, songs.len() - songs.iter().filter(is_plain).count());
    }
}

#[test]
fn a_parsed_json_is_the_playlist_that_was_written() {
    let songs: Vec<Song> = strange_paths().into_iter().map(song).collect();
    let lists = [playlist(songs.clone()), Playlist { id: 7, name: "\u{0}\n".into(), songs: vec![] }];
    let json: serde_json::Value = serde_json::from_slice(&document(&lists, &about())).unwrap();
    let written = json["playlists"][0]["songs"].as_array().unwrap();
    assert_eq!(written.len(), songs.len());
    for (written, song) in written.iter().zip(&songs) {
        assert_eq!(bytes_of(written.as_str().unwrap()), song.path.as_os_str().as_bytes());
    }
    assert_eq!(json["playlists"][1], serde_json::json!({"id": 7, "name": "\u{0}\n", "songs": []}));
}

/// The path that a song of the JSON says.
fn bytes_of(said: &str) -> Vec<u8> {
    let Some(uri) = said.strip_prefix("file://") else { return said.into() };
    let mut pieces = uri.split('%');
    let mut bytes: Vec<u8> = pieces.next().unwrap().into();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(piece[2..].bytes());
    }
    bytes
}

#[test]
fn the_json_is_the_reports_and_more() {
    let lists =
        [playlist(vec![song("/m/a.mp3"), song(b"/m/\xff b.mp3")]), Playlist { id: 3, ..playlist(vec![]) }];
    let run = about().run;
    let expected = format!(
        r#"{{
  "generator": "indexer",
  "playlists": [
    {{"id": 0, "name": "Slow and \"dark\"", "songs": [
      "/m/a.mp3",
      "file:///m/%FF%20b.mp3"
    ]}},
    {{"id": 3, "name": "Slow and \"dark\"", "songs": []}}
  ],
  "method": "mfcc",
  "algorithm": "kmeans",
  "n": 2,
  "set": "mfcc:/a b",
  "run": "{run}"
}}
"#
    );
    assert_eq!(String::from_utf8(document(&lists, &about())).unwrap(), expected);
    assert!(serde_json::from_slice::<serde_json::Value>(&document(&[], &about())).is_ok());
}

#[test]
fn every_format_ends_its_last_line_and_writes_equal_bytes_twice() {
    for format in FORMATS {
        for songs in [vec![], vec![song("/a"), song(b"/\xff")]] {
            let write = || format.write(&playlist(songs.clone()), &about(), Path::new("/"));
            assert_eq!(write(), write());
            assert_eq!(write().bytes.last(), Some(&b'\n'), "{}", format.name());
        }
    }
}
