//! Albums that are one file: a cue sheet beside it, or in its tags, divides it into songs.

use std::fs;

use serde_json::Value;

use crate::support::{
    albums::{album, samples, sheet},
    environment::{TestEnv, clip, counts},
    recordings::{tone, wav},
};

fn scanned(env: &TestEnv) -> [u64; 4] {
    counts(&env.json("scan music"), ["found", "opened", "decoded", "missing"])
}

/// An album of three songs with its sheet, and three other songs.
fn home() -> TestEnv {
    let env = TestEnv::new();
    fs::create_dir(env.path("music/cd")).unwrap();
    fs::write(env.path("music/cd/album.wav"), album(10)).unwrap();
    fs::write(env.path("music/cd/album.cue"), sheet("album.wav", &[0, 2, 4])).unwrap();
    for seed in 0..3 {
        fs::write(env.path(format!("music/song_{seed}.wav")), tone(seed, 2.0)).unwrap();
    }
    env
}

/// The lines of the one playlist in this format.
fn playlist(env: &TestEnv, format: &str) -> String {
    let output = env.run(&format!("cluster --n 1 --playlists lists --format {format}"));
    assert_eq!(output.status, 0, "{output:?}");
    let mut files = fs::read_dir(env.path("lists")).unwrap().map(|entry| entry.unwrap().path());
    let file = files.find(|path| path.extension().is_some_and(|own| own == format)).unwrap();
    fs::read_to_string(file).unwrap()
}

fn songs(env: &TestEnv) -> Vec<String> {
    let listed: Value = serde_json::from_str(&playlist(env, "json")).unwrap();
    let paths = listed["playlists"][0]["songs"].as_array().unwrap().clone();
    let music = format!("{}/", env.path("music").display());
    let mut paths: Vec<_> =
        paths.iter().map(|path| path.as_str().unwrap().strip_prefix(&music).unwrap().to_owned()).collect();
    paths.sort();
    paths
}

#[test]
fn an_album_in_one_file_is_its_songs_and_only_what_changes_in_its_sheet_is_done_again() {
    let env = home();
    let cue = env.path("music/cd/album.cue");
    assert_eq!(scanned(&env), [6, 6, 6, 0]);
    assert_eq!(scanned(&env), [6, 0, 0, 0]);
    assert_eq!(counts(&env.json("status"), ["tracks", "paths"]), [6, 6]);
    let all = ["song_0.wav", "song_1.wav", "song_2.wav"];
    let album = ["cd/album.wav/track0001", "cd/album.wav/track0002", "cd/album.wav/track0003"];
    assert_eq!(songs(&env), [&album[..], &all[..]].concat());

    // Whoever only touches the sheet changes nothing; a new title is read, a new boundary is heard.
    let text = sheet("album.wav", &[0, 2, 4]);
    fs::write(&cue, text.replace('\n', "\r\n")).unwrap();
    assert_eq!(scanned(&env), [6, 0, 0, 0]);
    fs::write(&cue, text.replace("two", "second")).unwrap();
    assert_eq!(scanned(&env), [6, 1, 0, 0]);
    assert!(playlist(&env, "m3u8").contains("#EXTINF:2,A - second\n"));
    fs::write(&cue, sheet("album.wav", &[0, 2, 3])).unwrap();
    assert_eq!(scanned(&env), [6, 2, 2, 0]);
    fs::write(&cue, sheet("album.wav", &[0, 3])).unwrap();
    assert_eq!(
        scanned(&env),
        [5, 2, 1, 0],
        "the second is the third of before, which is forgotten, not missing"
    );

    // Without its sheet it is one song; with it, what was heard before is known.
    fs::rename(&cue, env.path("album.cue")).unwrap();
    assert_eq!(scanned(&env), [4, 1, 1, 0]);
    assert_eq!(songs(&env), [&["cd/album.wav"], &all[..]].concat());
    fs::write(&cue, &text).unwrap();
    assert_eq!(scanned(&env), [6, 3, 0, 0]);
    assert_eq!(counts(&env.json("status"), ["tracks", "paths", "missing"]), [6, 6, 0]);

    fs::rename(env.path("music/cd"), env.path("music/renamed")).unwrap();
    let moved = env.json("scan music");
    assert_eq!(counts(&moved, ["found", "opened", "renamed", "missing"]), [6, 0, 3, 0]);
}

#[test]
fn without_cue_an_album_in_one_file_is_one_song() {
    let mut env = home();
    assert_eq!(scanned(&env), [6, 6, 6, 0]);
    env.set("INDEXER_LIBRARY_CUE", "false");
    assert_eq!(scanned(&env), [4, 1, 1, 0]);
    env.set("INDEXER_LIBRARY_CUE", "true");
    assert_eq!(scanned(&env), [6, 3, 0, 0]);
}

#[test]
fn playlists_say_to_each_player_where_a_song_lies() {
    let env = home();
    fs::write(env.path("music/cd/album.cue"), sheet("album.wav", &[0, 2, 4])).unwrap();
    fs::write(env.path("music/Album.wav"), album(20)).unwrap();
    // Of before it was renamed: the sheet leads nobody to the file.
    fs::write(env.path("music/Album.cue"), sheet("CDImage.wav", &[0, 2, 4])).unwrap();
    assert_eq!(scanned(&env), [9, 9, 9, 0]);
    let m3u8 = playlist(&env, "m3u8");
    for song in [
        "#EXTINF:2,A - two\n#EXTVLCOPT:start-time=2.000\n#EXTVLCOPT:stop-time=4.000\n../music/cd/album.wav\n",
        "#EXTINF:2,A - three\n#EXTVLCOPT:start-time=4.000\n../music/cd/album.wav\n",
        "#EXTINF:2,A - one\n#EXTVLCOPT:start-time=0.000\n#EXTVLCOPT:stop-time=2.000\n../music/Album.wav\n",
        "#EXTINF:2,song_0\n../music/song_0.wav\n",
    ] {
        assert!(m3u8.contains(song), "{song}{m3u8}");
    }
    let m3u = playlist(&env, "m3u");
    assert!(m3u.contains("#EXTINF:2,A - three\n../music/cd/album.cue/track0003\n"), "{m3u}");
    assert!(!m3u.contains("Album.wav"), "MPD does not find the songs of {m3u}");
    let xspf = playlist(&env, "xspf");
    let music = env.path("music").display().to_string();
    for line in [
        format!("<location>file://{music}/cd/album.wav#t=2.000,4.000</location>"),
        format!("<location>file://{music}/cd/album.wav#t=4.000</location>"),
        format!(
            "<extension application=\"https://www.musicpd.org\"><location>{music}/cd/album.cue/track0003</location>"
        ),
        ">start-time=4.000</vlc:option>".to_owned(),
        ">stop-time=4.000</vlc:option>".to_owned(),
    ] {
        assert!(xspf.contains(&line), "{line}: {xspf}");
    }
    let pls = playlist(&env, "pls");
    assert!(pls.contains("NumberOfEntries=3") && !pls.to_lowercase().contains("album.wav"), "{pls}");
    let left_out = env.run("cluster --n 1 --playlists lists --format pls,m3u");
    assert!(left_out.stderr.contains("6 songs have paths that pls cannot express"), "{left_out:?}");
    assert!(left_out.stderr.contains("3 songs have paths that m3u cannot express"), "{left_out:?}");
    let why = env.run("cluster --n 1 --explain music/cd/album.wav/track0002");
    assert!(why.status == 0 && why.stdout.contains("A – two"), "{why:?}");
}

/// A FLAC file with one more comment.
fn commented(flac: &[u8], comment: &str) -> Vec<u8> {
    let info = 4 + 4 + 34;
    let length = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
    let block = [
        &length(b"test"),
        b"test".as_slice(),
        &1_u32.to_le_bytes(),
        &length(comment.as_bytes()),
        comment.as_bytes(),
    ];
    let block = block.concat();
    let header = ((4 << 24) | block.len() as u32).to_be_bytes();
    let (head, tail) = flac.split_at(info);
    assert_eq!(
        (&head[..5], head[7]),
        (b"fLaC\0".as_slice(), 34),
        "a block of comments follows the stream's own"
    );
    [head, &header, &block, tail].concat()
}

#[test]
fn a_sheet_in_tags_divides_its_file_as_well() {
    let mut env = TestEnv::new();
    let text = sheet("any name", &[0, 2, 4]);
    let file = env.path("music/album.flac");
    fs::write(&file, commented(&clip("acoustic_02.flac"), &format!("CUESHEET={text}"))).unwrap();
    fs::write(env.path("music/song.wav"), tone(1, 2.0)).unwrap();
    assert_eq!(scanned(&env), [4, 5, 4, 0], "the album is opened once for its tags");
    assert_eq!(scanned(&env), [4, 0, 0, 0]);
    assert_eq!(counts(&env.json("status"), ["tracks", "paths"]), [4, 4]);
    let tracks = ["album.flac/track0001", "album.flac/track0002", "album.flac/track0003"];
    assert_eq!(songs(&env), [&tracks[..], &["song.wav"]].concat());
    fs::rename(&file, env.path("music/renamed.flac")).unwrap();
    let moved = env.json("scan music");
    assert_eq!(counts(&moved, ["opened", "renamed", "missing"]), [0, 4, 0], "{moved}");

    // Other tags are read, and the sound is known.
    let file = env.path("music/renamed.flac");
    fs::write(
        &file,
        commented(&clip("acoustic_02.flac"), &format!("CUESHEET={}", text.replace("two", "second"))),
    )
    .unwrap();
    assert_eq!(scanned(&env)[2..], [0, 0]);
    assert!(playlist(&env, "m3u8").contains("A - second\n"));
    // A sheet beside the file comes before the one in it.
    fs::write(env.path("music/renamed.cue"), sheet("renamed.flac", &[0, 4])).unwrap();
    assert_eq!(scanned(&env), [3, 2, 1, 0], "the last song is the same in both");
    fs::remove_file(env.path("music/renamed.cue")).unwrap();
    assert_eq!(scanned(&env)[2..], [0, 0]);
    assert_eq!(songs(&env).len(), 4);
    env.set("INDEXER_LIBRARY_CUE", "false");
    assert_eq!(scanned(&env), [2, 1, 1, 0]);
    env.set("INDEXER_LIBRARY_CUE", "true");
    assert_eq!(scanned(&env)[2..], [0, 0]);
    assert_eq!(songs(&env).len(), 4);
}

#[test]
fn a_part_sounds_as_the_same_song_in_a_file_of_its_own() {
    let env = home();
    fs::write(env.path("music/two.wav"), wav(&samples(11, 2.0))).unwrap();
    env.json("scan music");
    let (files, vectors) = (env.view().files().unwrap(), env.view().vectors("mfcc").unwrap());
    let vector = |name: &str| &vectors[files[&env.path("music").join(name)].content.as_ref().unwrap()];
    assert_eq!(vector("cd/album.wav/track0002"), vector("two.wav"));
    assert_ne!(vector("cd/album.wav/track0001"), vector("two.wav"));
}

#[test]
fn a_sheet_that_lies_fails_its_songs_alone() {
    let env = home();
    fs::write(env.path("music/cd/album.cue"), sheet("album.wav", &[0, 2, 50])).unwrap();
    // Song two ends with the file, song three begins behind it.
    let first = env.run("scan music --json");
    assert_eq!(
        (first.status, counts(&first.json(), ["found", "decoded", "failed"])),
        (3, [6, 5, 1]),
        "{first:?}"
    );
    assert!(first.stderr.contains("track0003: truncated: its cue sheet begins it at 50 s"), "{first:?}");
    assert_eq!(scanned(&env), [6, 0, 0, 0]);
    let failures: Vec<_> = env.failures().into_iter().collect();
    assert_eq!(failures, [("cd/album.wav/track0003".to_owned(), "truncated".to_owned())]);
    fs::write(env.path("music/cd/album.cue"), "FILE \"album.wav\" WAVE\nnonsense\n").unwrap();
    assert_eq!(scanned(&env), [4, 1, 1, 0]);
    assert_eq!(env.failures().len(), 0);
}
