//! A morning in the life of a daemon: everything that people do to their music, and each song is decoded once.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write,
    path::Path,
    thread::sleep,
    time::Duration,
};

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, clips, counts},
};

/// Songs of all playlists of a clustering that must succeed.
fn listed(env: &TestEnv, tracks: usize) -> BTreeSet<String> {
    env.json("cluster --n 3 --output p.json");
    let lists: Value = serde_json::from_slice(&fs::read(env.path("p.json")).unwrap()).unwrap();
    let lists = lists["playlists"].as_array().unwrap();
    let songs = lists.iter().flat_map(|list| list["songs"].as_array().unwrap());
    let songs: BTreeSet<_> = songs.map(|song| song.as_str().unwrap().to_owned()).collect();
    assert_eq!(songs.len(), tracks);
    songs
}

/// Copies a file as over a slow network: its first half is there for a while.
fn copy_slowly(from: &Path, to: &Path) {
    let bytes = fs::read(from).unwrap();
    let mut file = File::create(to).unwrap();
    for half in bytes.chunks(bytes.len() / 2 + 1) {
        file.write_all(half).unwrap();
        file.sync_all().unwrap();
        sleep(Duration::from_millis(150));
    }
}

/// Gives an MP3 another title, and all else that a tagger changes.
fn retag(song: &Path) {
    let mut bytes = fs::read(song).unwrap();
    // ID3v1: 128 bytes at the end.
    let mut tag = b"TAGanother title".to_vec();
    tag.resize(127, 0);
    tag.push(255);
    bytes.extend(tag);
    let beside = song.with_extension("tmp");
    fs::write(&beside, bytes).unwrap();
    fs::rename(&beside, song).unwrap();
}

#[test]
fn each_song_of_a_morning_is_decoded_once() {
    let env = TestEnv::new();
    let daemon = Daemon::start(&env, "watch music --method mfcc --json");
    let album = env.path("music/album");
    fs::create_dir(&album).unwrap();
    let songs = clips();
    for song in &songs {
        copy_slowly(song, &album.join(song.file_name().unwrap()));
    }
    daemon.until_indexed(18);
    let first = listed(&env, 18);
    assert!(first.iter().all(|song| song.contains("/music/album/")), "{first:?}");

    retag(&album.join("ambient_01.mp3"));
    daemon.until("the new title", |_| {
        let song = album.join("ambient_01.mp3");
        let files = env.view().files().unwrap();
        files.get(&song).is_some_and(|file| file.size == fs::metadata(&song).unwrap().len())
    });
    assert_eq!(listed(&env, 18), first);

    let renamed = env.path("music/Album (2026)");
    fs::rename(&album, &renamed).unwrap();
    daemon.until("the new name", |status| {
        status["tracks"] == 18
            && status["missing"] == 0
            && !env.view().files().unwrap().contains_key(&album.join("ambient_01.mp3"))
    });
    let moved = listed(&env, 18);
    assert!(moved.iter().all(|song| song.contains("/music/Album (2026)/")), "{moved:?}");

    fs::remove_file(renamed.join("electronic_06.aiff")).unwrap();
    daemon.until("a missing song", |status| counts(status, ["tracks", "missing"]) == [17, 1]);
    listed(&env, 17);

    // The disk is away for a while.
    fs::rename(env.path("music"), env.path("aside")).unwrap();
    daemon.until("the folder is away", |status| status["roots"][0]["state"] == "unavailable");
    assert_eq!(counts(&env.json("status"), ["tracks", "missing"]), [17, 1], "nothing under it changes");
    listed(&env, 17);
    fs::rename(env.path("aside"), env.path("music")).unwrap();
    daemon.until("the folder is back", |status| status["roots"][0]["state"] == "present");
    listed(&env, 17);

    // What was deleted comes back, and what comes now is seen.
    fs::copy(songs.last().unwrap().with_file_name("electronic_06.aiff"), env.path("music/again.aiff"))
        .unwrap();
    daemon.until("the song is back", |status| counts(status, ["tracks", "missing"]) == [18, 0]);
    assert!(listed(&env, 18).iter().any(|song| song.ends_with("/again.aiff")));

    let output = daemon.end(Signal::TERM);
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(counts(&output.json(), ["decoded", "failed"]), [18, 0], "{output:?}");
}
