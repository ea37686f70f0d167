//! Paths as players elsewhere see them, and songs that lie at several places.

use std::{fs, os::unix::fs::symlink};

use super::playlist_files::{home, list};
use crate::support::{
    environment::{Output, TestEnv, snapshot},
    recordings::{tone, tones},
};

fn cluster(env: &TestEnv, flags: &str) -> Output {
    let output = env.run(&format!("cluster --n 1 --playlists lists {flags}"));
    assert_eq!(output.status, 0, "{output:?}");
    output
}

/// The lines of songs.
fn songs(env: &TestEnv) -> Vec<String> {
    let text = list(env, "m3u8");
    let mut songs: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    songs.sort();
    songs
}

#[test]
fn m3u_has_the_bytes_of_m3u8_and_both_say_the_name() {
    let env = home();
    cluster(&env, "--format m3u,m3u8");
    env.json("playlists rename 0 AC/DC:?");
    assert_eq!(list(&env, "m3u"), list(&env, "m3u8"));
    let text = list(&env, "m3u");
    assert!(text.starts_with("#EXTM3U\n#PLAYLIST:AC/DC:?\n#EXTINF:1,"), "{text}");
}

#[test]
fn every_format_is_relative_to_the_folder_that_is_asked_for() {
    let env = home();
    let formats = "--format m3u8,m3u,pls,xspf,json";
    symlink(env.path("music"), env.path("card")).unwrap();
    for folder in ["music", "./music/", "card"] {
        cluster(&env, &format!("{formats} --relative-to {folder}"));
        for (extension, a, b) in [
            ("m3u8", "\na/one_", "\nb/two_"),
            ("m3u", "\na/one_", "\nb/two_"),
            ("pls", "=a/one_", "=b/two_"),
            ("xspf", "<location>a/one_", "<location>b/two_"),
            ("json", "\"a/one_", "\"b/two_"),
        ] {
            let text = list(&env, extension);
            let count = |said: &str| text.matches(said).count();
            assert_eq!((count(a), count(b)), (3, 3), "{folder} {extension}: {text}");
        }
    }
    let to = |to: &str| format!("--relative-to music/a --path-map {}={to}", env.path("music/b").display());
    for (to, expected) in
        [(to(""), "two_3.wav"), (to("there"), "there/two_3.wav"), (to("/srv"), "/srv/two_3.wav")]
    {
        let output = cluster(&env, &to);
        assert!(songs(&env).contains(&expected.to_owned()), "{to}: {:?}", songs(&env));
        assert!(songs(&env).contains(&"one_0.wav".to_owned()), "a mapping comes first: {:?}", songs(&env));
        assert!(!output.stderr.contains("--relative-to"), "{output:?}");
    }
}

#[test]
fn songs_outside_are_left_out_with_one_warning_and_a_folder_without_songs_is_refused() {
    let env = home();
    let told = cluster(&env, "--format m3u8,m3u,pls --relative-to music/a").stderr;
    assert_eq!(songs(&env), ["one_0.wav", "one_1.wav", "one_2.wav"]);
    let lines: Vec<_> = told.lines().filter(|line| line.contains("--relative-to")).collect();
    assert!(lines.len() == 1 && lines[0].contains("3 songs are not under --relative-to"), "{told}");

    let kept = || (snapshot(&env.path("lists")), env.json("runs list"));
    let before = kept();
    for flags in ["--playlists lists --order title", "--playlists new", "--playlists lists --set other"] {
        let refused = env.run(&format!("cluster --n 1 {flags} --output p.json --relative-to nowhere"));
        assert_eq!(refused.status, 2, "{refused:?}");
        assert_eq!(refused.stderr.trim().lines().count(), 1, "{refused:?}");
        assert!(refused.stderr.contains("none of the songs is under it"), "{refused:?}");
        assert!(!env.path("new").exists() && !env.path("p.json").exists());
        assert_eq!(kept(), before);
    }
    let exported = env.run("playlists export 0 -o new.m3u --relative-to nowhere");
    assert!(exported.status == 2 && !env.path("new.m3u").exists(), "{exported:?}");
}

#[test]
fn the_setting_holds_until_a_flag_is_given_and_for_exports_too() {
    let env = home();
    fs::write(env.path("set.toml"), "[cluster]\nrelative_to = \"music\"\n").unwrap();
    cluster(&env, "--config set.toml");
    assert_eq!(songs(&env)[0], "a/one_0.wav");
    cluster(&env, "--config set.toml --relative-to .");
    assert_eq!(songs(&env)[0], "music/a/one_0.wav");
    let exported = env.run("playlists export 0 -o - --config set.toml");
    assert!(exported.stdout.contains("\na/one_0.wav\n"), "{exported:?}");
    let exported = env.run("playlists export 0 -o - --relative-to music/b");
    assert!(exported.stdout.contains("\ntwo_3.wav\n") && !exported.stdout.contains("one_"), "{exported:?}");
    assert!(exported.stderr.contains("3 songs are not under --relative-to"), "{exported:?}");
}

#[test]
fn through_a_linked_folder_the_kernel_and_a_join_of_text_find_the_songs() {
    let env = home();
    fs::create_dir_all(env.path("disk/deep/lists")).unwrap();
    fs::create_dir(env.path("disk/side")).unwrap();
    symlink(env.path("disk/deep/lists"), env.path("lists")).unwrap();
    cluster(&env, "");
    let absolute = env.path("music/a/one_0.wav");
    assert_eq!(songs(&env)[0], absolute.to_str().unwrap(), "the two readings differ");
    // One folder up leads to the music in both readings.
    fs::remove_file(env.path("lists")).unwrap();
    symlink(env.path("disk/side"), env.path("lists")).unwrap();
    symlink(env.path("music"), env.path("disk/music")).unwrap();
    cluster(&env, "");
    assert_eq!(songs(&env)[0], "../music/a/one_0.wav");
}

/// What the list of one song names after a scan.
fn named_after_scan(env: &TestEnv) -> String {
    env.json("scan music");
    cluster(env, "");
    let songs = songs(env);
    assert_eq!(songs.len(), 3, "{songs:?}");
    songs.into_iter().find(|song| song.ends_with("same.wav")).unwrap()
}

#[test]
fn a_line_keeps_its_path() {
    let mut env = TestEnv::new();
    // As the store of one who had bins before they were left out, or wants them.
    env.set("INDEXER_LIBRARY_DISCARDED", "none");
    tones(&env.path("music/other"), "o", 1..3);
    let put = |path: &str| {
        fs::create_dir_all(env.path(path).parent().unwrap()).unwrap();
        fs::write(env.path(path), tone(7, 1.1)).unwrap();
    };
    put("music/Rock/Blue/same.wav");
    assert_eq!(named_after_scan(&env), "../music/Rock/Blue/same.wav");
    // A copy that comes first in the order of bytes changes nothing, nor does one in a bin.
    put("music/#recycle/same.wav");
    put("music/A/same.wav");
    put("music/Rock/Best/same.wav");
    assert_eq!(named_after_scan(&env), "../music/Rock/Blue/same.wav");
    let shown = env.run("playlists show 0 --paths").stdout;
    assert!(shown.contains("Rock/Blue/same.wav"), "{shown}");
    // When its place is gone the nearest is taken, and that lasts.
    fs::remove_file(env.path("music/Rock/Blue/same.wav")).unwrap();
    assert_eq!(named_after_scan(&env), "../music/Rock/Best/same.wav");
    put("music/Rock/Blue/same.wav");
    assert_eq!(named_after_scan(&env), "../music/Rock/Best/same.wav");
    // A song that lies in a bin only is still a song, and leaves it at once.
    for path in ["music/A/same.wav", "music/Rock/Best/same.wav", "music/Rock/Blue/same.wav"] {
        fs::remove_file(env.path(path)).unwrap();
    }
    assert_eq!(named_after_scan(&env), "../music/#recycle/same.wav");
    put("music/Z/same.wav");
    assert_eq!(named_after_scan(&env), "../music/Z/same.wav");
}

#[test]
fn a_folder_that_is_asked_for_has_only_its_own_places() {
    let env = home();
    fs::create_dir(env.path("music/c")).unwrap();
    fs::copy(env.path("music/a/one_0.wav"), env.path("music/c/copy.wav")).unwrap();
    env.json("scan music");
    cluster(&env, "");
    assert!(songs(&env).contains(&"../music/a/one_0.wav".to_owned()));
    let output = env.run("cluster --n 1 --path music/c --playlists c");
    assert_eq!(output.status, 0, "{output:?}");
    let text = snapshot(&env.path("c")).into_values().next().unwrap().0;
    assert!(String::from_utf8(text).unwrap().ends_with("\n../music/c/copy.wav\n"));
}
