//! Any name that a disk takes is indexed, and comes out as what it is (T11).

use std::{collections::BTreeSet, ffi::OsStr, fs, os::unix::ffi::OsStrExt, path::PathBuf};

use serde_json::Value;

use indexer::testing::figure;

use crate::support::{
    environment::{TestEnv, counts},
    recordings::tone,
};

/// File names as bytes, and whether a line of M3U8 can say them.
const NAMES: &[(&[u8], bool)] = &[
    (b"plain.wav", true),
    (b"caf\xe9 in Latin-1.wav", false),
    (b"two\nlines.wav", false),
    (b"two\r\n#EXTINF:1,lines.wav", false),
    (b"#EXTINF:9,a comment.wav", true),
    (b" space before.wav", true),
    ("é composed.wav".as_bytes(), true),
    ("e\u{301} decomposed.wav".as_bytes(), true),
    ("🎵 note.wav".as_bytes(), true),
    (b"quote\" back\\slash 'tick' $(touch x) %41 &amp;.wav", true),
    (b"next line\xc2\x85.wav", false),
];

fn names() -> Vec<(Vec<u8>, bool)> {
    let longest = [vec![b'x'; 251], b".wav".to_vec()].concat();
    NAMES.iter().map(|(name, said)| (name.to_vec(), *said)).chain([(longest, true)]).collect()
}

fn home() -> TestEnv {
    let env = TestEnv::new();
    for (seed, (name, _)) in (0..).zip(names()) {
        fs::write(env.path("music").join(OsStr::from_bytes(&name)), tone(seed, 1.1)).unwrap();
    }
    env
}

/// A path out of the JSON: as it is, or a `file:` URI.
fn bytes(song: &Value) -> Vec<u8> {
    let text = song.as_str().unwrap();
    let Some(uri) = text.strip_prefix("file://") else { return text.as_bytes().to_vec() };
    let mut parts = uri.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(&part.as_bytes()[2..]);
    }
    bytes
}

#[test]
fn every_name_comes_out_of_the_json_as_it_went_in() {
    let env = home();
    let summary = env.json("run --path music --n 2 --output p.json");
    assert_eq!(counts(&summary, ["found", "decoded", "failed"]), [12, 12, 0]);
    let json: Value = serde_json::from_slice(&fs::read(env.path("p.json")).unwrap()).unwrap();
    let songs =
        json["playlists"].as_array().unwrap().iter().flat_map(|list| list["songs"].as_array().unwrap());
    let found: BTreeSet<_> = songs.map(bytes).collect();
    let path = |name: &[u8]| env.path("music").join(OsStr::from_bytes(name)).as_os_str().as_bytes().to_vec();
    assert_eq!(found, names().iter().map(|(name, _)| path(name)).collect());
    let uri = format!("file://{}/caf%E9%20in%20Latin-1.wav", env.path("music").display());
    assert!(json.to_string().contains(&uri), "{json}");
    assert_eq!(counts(&env.json("scan"), ["unchanged", "opened"]), [12, 0]);
    figure("T11", names().len() as u64, "odd file names", "each comes out as its own bytes");
}

#[test]
fn a_playlist_has_only_lines_that_lead_to_songs_and_counts_the_rest() {
    let env = home();
    let output = env.run("run --path music --n 1 --playlists lists --format m3u8,pls");
    assert_eq!(output.status, 0, "{output:?}");
    let unsaid = names().iter().filter(|(_, said)| !said).count();
    let said: BTreeSet<_> =
        names().iter().filter(|(_, said)| *said).map(|(name, _)| in_music(&env, name)).collect();
    for format in ["m3u8", "pls"] {
        let warning = format!("{unsaid} songs have paths that {format} cannot express");
        assert!(output.stderr.contains(&warning), "{}", output.stderr);
        let text = the_list(&env, format);
        let lines = text.lines().filter_map(|line| match format {
            "pls" => line.strip_prefix("File")?.split_once('=').map(|(_, path)| path),
            _ => Some(line).filter(|line| !line.starts_with('#')),
        });
        let found: BTreeSet<_> =
            lines.map(|line| env.path("lists").join(line).canonicalize().unwrap()).collect();
        assert_eq!(found, said);
    }
}

#[test]
fn an_xspf_leads_to_every_song_of_any_name() {
    let env = home();
    let output = env.run("run --path music --n 1 --playlists lists --format xspf");
    assert_eq!((output.status, output.stderr.contains("cannot express")), (0, false), "{output:?}");
    let text = the_list(&env, "xspf");
    // What is for MPD alone is no URI; `playlists::players` reads it.
    let lines = text.lines().filter(|line| !line.contains("<extension"));
    let uris = lines.filter_map(|line| line.split_once("<location>")?.1.strip_suffix("</location>"));
    let found: BTreeSet<_> = uris.map(|uri| bytes(&uri.into())).collect();
    let path = |(name, _): &(Vec<u8>, bool)| in_music(&env, name).into_os_string().into_encoded_bytes();
    assert_eq!(found, names().iter().map(path).collect());
}

fn in_music(env: &TestEnv, name: &[u8]) -> PathBuf {
    env.path("music").join(OsStr::from_bytes(name))
}

/// The text of the one playlist of this format.
fn the_list(env: &TestEnv, format: &str) -> String {
    let mut files = fs::read_dir(env.path("lists")).unwrap().map(|entry| entry.unwrap().path());
    fs::read_to_string(files.find(|path| path.extension() == Some(format.as_ref())).unwrap()).unwrap()
}

#[test]
fn a_failed_file_of_any_name_is_one_row_and_one_line() {
    let env = TestEnv::new();
    for (name, _) in names() {
        fs::write(env.path("music").join(OsStr::from_bytes(&name)), b"").unwrap();
    }
    assert_eq!(env.run("scan music").status, 3);
    let errors = env.json("errors");
    let found: BTreeSet<_> =
        errors["failures"].as_array().unwrap().iter().map(|row| bytes(&row["path"])).collect();
    let path = |name: &[u8]| env.path("music").join(OsStr::from_bytes(name)).as_os_str().as_bytes().to_vec();
    assert_eq!(found, names().iter().map(|(name, _)| path(name)).collect());
    let heading = 2; // what is wrong with all of them, and what to do
    assert_eq!(env.run("errors").stdout.lines().count(), heading + names().len());
}
