//! Playlist files in real players: every song of every format and place must load.
//!
//! Each test is ignored by name, because it needs its player; `.ci/run` installs them and runs these tests.

mod mpd;
mod mpv;
mod vlc;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::{ffi::OsStrExt, fs::PermissionsExt, fs::symlink};
use std::path::{Path, PathBuf};
use std::thread;

use crate::support::{environment::TestEnv, recordings::tone};

/// Names that careless writers and readers get wrong.
const ODD: &[&str] = &[
    "plain.wav",
    "with space.wav",
    "ümläut ♫.wav",
    "e\u{301}.wav",
    "q\"uo'te.wav",
    "R&B <x>.wav",
    "a&amp;b.wav",
    "semi;colon, comma.wav",
    "[br] {c} (p).wav",
    "C: drive.wav",
    "http:y.wav",
    "back\\slash.wav",
    "-option.wav",
    "50%.wav",
    "p+q=r|s.wav",
    "tab\tbed.wav",
];

/// Names that mean something else where a path is read as part of a URI.
const OF_URIS: &[&str] =
    &["#first.wav", "a#b.wav", "100%20 sure.wav", "%41.wav", "what? #1.wav", "&#35;.wav"];

/// A folder of songs, all of which are in the playlists of one call.
struct Songs {
    /// Below `music`.
    folder: &'static str,
    names: Vec<&'static [u8]>,
}

fn odd() -> Songs {
    Songs { folder: "R&B, ünd #1/odd", names: ODD.iter().map(|name| name.as_bytes()).collect() }
}

fn of_uris() -> Songs {
    Songs { folder: "uris", names: OF_URIS.iter().map(|name| name.as_bytes()).collect() }
}

fn not_utf8() -> Songs {
    Songs { folder: "bytes", names: vec![b"\xff\xfe.wav", b"fine.wav"] }
}

/// Odd names in folders that mean nothing in a URI.
fn odd_in_plain_folder() -> Songs {
    Songs { folder: "R&B, ünd 1/odd", ..odd() }
}

/// Where the playlist files of a call go.
struct Place {
    name: &'static str,
    /// The folder of the files, in the home.
    folder: &'static str,
    flags: &'static str,
}

const INSIDE: Place = Place { name: "inside the music", folder: "music/lists", flags: "" };
const ROOT: Place = Place {
    name: "the music folder itself, --relative-to it",
    folder: "music",
    flags: "--relative-to music",
};
const OUTSIDE: Place = Place { name: "outside", folder: "lists", flags: "" };
const LINKED: Place = Place { name: "outside, through a link", folder: "linked", flags: "" };

/// A home with these songs in its library, that any user may read.
fn home(songs: &Songs) -> TestEnv {
    let env = TestEnv::new();
    fs::create_dir_all(env.path("music").join(songs.folder)).unwrap();
    for (path, seed) in paths(&env, songs).iter().zip(0..) {
        fs::write(path, tone(seed, 1.1)).unwrap();
    }
    fs::create_dir_all(env.path("deep/er/linked")).unwrap();
    symlink(env.path("deep/er/linked"), env.path("linked")).unwrap();
    fs::set_permissions(env.path(""), Permissions::from_mode(0o755)).unwrap();
    env.json("scan music");
    env
}

/// A home with an album in one file, of three songs that begin after 0, 2 and 4 seconds.
fn home_with_album() -> TestEnv {
    let env = home(&Songs { folder: "An album", names: vec![b"album.wav"] });
    fs::write(env.path("music/An album/album.wav"), tone(1, 6.0)).unwrap();
    let track = |second| format!("TRACK 01 AUDIO\nINDEX 01 00:{second:02}:00\n");
    let sheet = format!("FILE \"album.wav\" WAVE\n{}", [0, 2, 4].map(track).concat());
    fs::write(env.path("music/An album/album.cue"), sheet).unwrap();
    env.json("scan music");
    env
}

fn paths(env: &TestEnv, songs: &Songs) -> BTreeSet<PathBuf> {
    let folder = env.path("music").join(songs.folder);
    songs.names.iter().map(|name| folder.join(OsStr::from_bytes(name))).collect()
}

/// The playlist files of these formats that a call writes: two for each.
fn written<'a>(env: &TestEnv, place: &Place, formats: &[&'a str]) -> Vec<(&'a str, Vec<PathBuf>)> {
    fs::create_dir_all(env.path(place.folder)).unwrap();
    let (folder, flags) = (place.folder, place.flags);
    env.json(&format!("cluster --n 2 --playlists {folder} --format {} {flags}", formats.join(",")));
    let files: Vec<_> = fs::read_dir(env.path(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    let of_format = |format: &&'a str| {
        let of_format = files.iter().filter(|path| path.extension() == Some(OsStr::new(format)));
        let of_format: Vec<_> = of_format.cloned().collect();
        assert_eq!(of_format.len(), 2, "{format}: {files:?}");
        (*format, of_format)
    };
    formats.iter().map(of_format).collect()
}

/// One line of the table: which songs a player did not load.
struct Row {
    player: &'static str,
    format: &'static str,
    place: &'static str,
    songs: usize,
    lost: Vec<PathBuf>,
}

/// Writes the songs in each of these formats at each of these places, loads every file, and gives the rows of the table.
/// Files are loaded at the same time, because VLC waits long between short songs.
fn rows(
    player: &'static str,
    env: &TestEnv,
    (formats, places): (&[&'static str], &[&Place]),
    expected: &BTreeSet<PathBuf>,
    load: impl Fn(&Path) -> Vec<PathBuf> + Sync,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for place in places {
        let row = |(format, files): (&'static str, Vec<PathBuf>)| {
            let loaded: Vec<_> = thread::scope(|scope| {
                let loads: Vec<_> = files.iter().map(|file| scope.spawn(|| load(file))).collect();
                loads.into_iter().flat_map(|load| load.join().unwrap()).collect()
            });
            let strangers: Vec<_> = loaded.iter().filter(|song| !expected.contains(*song)).collect();
            assert!(strangers.is_empty(), "{player} {format} {}: {strangers:?}", place.name);
            let lost = expected.iter().filter(|song| !loaded.contains(song)).cloned().collect();
            Row { player, format, place: place.name, songs: expected.len(), lost }
        };
        let files = written(env, place, formats);
        rows.extend(thread::scope(|scope| {
            let row = &row;
            let threads: Vec<_> = files.into_iter().map(|files| scope.spawn(move || row(files))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        }));
    }
    rows
}

/// Prints the table, which must have no losses.
fn assert_nothing_lost(rows: &[Row]) {
    for Row { player, format, place, songs, lost } in rows {
        println!(
            "| {player} | {format} | {place} | {} of {songs} | {} lost |",
            songs - lost.len(),
            lost.len()
        );
    }
    for Row { player, format, place, lost, .. } in rows {
        assert!(lost.is_empty(), "{player} does not load from {format}, {place}: {lost:?}");
    }
}
