use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{
    format::{About, FORMATS, document, format},
    run::RunId,
    *,
};
use crate::{digest::Digest, fs::relative, space::SpaceId, track::Tags};

fn song(path: impl AsRef<[u8]>) -> Song {
    let (digest, path) = (Digest::of(path.as_ref()), std::ffi::OsStr::from_bytes(path.as_ref()));
    Song { seconds: 61.5, ..Song::example(digest, path, &Tags::default()) }
}

fn tagged(artist: &str, title: &str) -> Song {
    let tags = Tags { artist: artist.into(), title: title.into(), ..Tags::default() };
    let path = "/music/05 file.name.mp3";
    Song { file: SongFile::new(Path::new(path), &tags, None), ..song(path) }
}

fn playlist(songs: Vec<Song>) -> Playlist {
    Playlist { id: 0, name: "Slow and \"dark\"".into(), songs }
}

fn about() -> About {
    let space = SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) };
    About {
        set: "mfcc:/a b".into(),
        run: RunId::of("", &space, 1, vec![]),
        method: "mfcc".into(),
        algorithm: "kmeans".into(),
        n: 2,
    }
}

/// A format's text for songs as seen from `folder`.
fn written(name: &str, mut songs: Vec<Song>, folder: &str) -> (String, usize) {
    let format = format(name).unwrap();
    if format.is_relative {
        songs.iter_mut().for_each(|song| *song = song.at(&relative(song.path(), Path::new(folder))));
    }
    let text = (format.write)(&playlist(songs), &about());
    (String::from_utf8(text.bytes).unwrap(), text.left_out)
}

fn m3u8(songs: Vec<Song>, folder: &str) -> (String, usize) {
    written("m3u8", songs, folder)
}

#[test]
fn an_m3u8_says_seconds_artist_title_and_relative_path() {
    let (text, left_out) = m3u8(vec![tagged("Ann", "Song"), song("/music/lists/b.ogg")], "/music/lists");
    assert_eq!(
        text,
        "#EXTM3U\n#PLAYLIST:Slow and \"dark\"\n#EXTINF:62,Ann - Song\n../05 file.name.mp3\n#EXTINF:62,b\nb.ogg\n"
    );
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
        assert_eq!((text.lines().count() - 2, left_out), if shown.is_empty() { (0, 1) } else { (2, 0) });
        assert!(text.contains(shown));
    }
    for (seconds, said) in [(0.4, "1"), (0.5, "1"), (0.0, "-1"), (f64::NAN, "-1"), (36_000.0, "36000")] {
        let (text, _) = m3u8(vec![Song { seconds, ..song("/a") }], "/");
        assert!(text.contains(&format!("#EXTINF:{said},a\n")), "{text}");
    }
}

#[test]
fn a_path_is_said_so_that_it_is_found_again_or_left_out() {
    let cases: [(&[u8], &str, Option<&str>); 16] = [
        (b"/music/a.mp3", "/music", Some("a.mp3")),
        (b"/music/a.mp3", "/music/lists/mine", Some("../../a.mp3")),
        (b"/music/a.mp3", "/home/me", Some("../../music/a.mp3")),
        (b"/music/a.mp3", "/", Some("music/a.mp3")),
        (b"/music/a.mp3", "lists", Some("/music/a.mp3")),
        (b"/music/../a.mp3", "/music", Some("/music/../a.mp3")),
        (b"/m/#1.mp3", "/m", Some("./#1.mp3")),
        (b"/m/d/#1.mp3", "/m", Some("d/#1.mp3")),
        (b"/m/ a.mp3", "/m", Some("./ a.mp3")),
        (b"/m/http:/a.mp3", "/m", Some("./http:/a.mp3")),
        (b"/m/d/a: b.mp3", "/m", Some("d/a: b.mp3")),
        ("/m/🎵 é e\u{301}.mp3".as_bytes(), "/m", Some("🎵 é e\u{301}.mp3")),
        (b"/m/\xff.mp3", "/m", None),
        (b"/m/a\n#EXTM3U.mp3", "/m", None),
        (b"/m/a\r.mp3", "/m", None),
        (b"/m/a.mp3 ", "/m", None),
    ];
    for (path, folder, expected) in cases {
        let (text, left_out) = m3u8(vec![song(path)], folder);
        assert_eq!(text.lines().nth(3), expected, "{path:?} from {folder}");
        assert_eq!(left_out, usize::from(expected.is_none()));
    }
}

#[test]
fn a_pls_counts_what_it_says() {
    let songs =
        vec![tagged("Ann", "a=b"), song("/m/two\nlines"), Song { seconds: 0.0, ..song("/m/[x].ogg") }];
    let expected = "[playlist]\nFile1=../music/05 file.name.mp3\nTitle1=Ann - a=b\nLength1=62\n\
                    File2=[x].ogg\nTitle2=[x]\nLength2=-1\nNumberOfEntries=2\nVersion=2\n";
    assert_eq!(written("pls", songs, "/m"), (expected.to_owned(), 1));
}

#[test]
fn an_xspf_says_what_the_tags_say_and_any_path() {
    let songs = vec![tagged("A & <B>", "So\u{1}ng"), Song { seconds: 0.0, ..song(b"/m/\xff #1%.mp3") }];
    let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/">
  <title>Slow and "dark"</title>
  <trackList>
    <track>
      <location>file:///music/05%20file.name.mp3</location>
      <title>So ng</title>
      <creator>A &amp; &lt;B&gt;</creator>
      <duration>61500</duration>
      <extension application="https://www.musicpd.org"><location>/music/05 file.name.mp3</location></extension>
    </track>
    <track>
      <location>file:///m/%FF%20%231%25.mp3</location>
    </track>
  </trackList>
</playlist>
"#;
    assert_eq!(written("xspf", songs, "/m"), (expected.to_owned(), 0));
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
            let write = || (format.write)(&playlist(songs.clone()), &about());
            assert_eq!(write(), write());
            assert_eq!(write().bytes.last(), Some(&b'\n'), "{}", format.name);
        }
    }
}
