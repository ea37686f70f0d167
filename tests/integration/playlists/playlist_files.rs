//! Playlist files for players here and elsewhere: all formats, mapped paths, every order of songs.

use std::{
    fs::{self, File},
    path::Path,
    time::{Duration, SystemTime},
};

use serde_json::Value;

use crate::support::{
    environment::{Output, TestEnv, snapshot},
    recordings::tones,
    refusal::refuses,
};

/// A home with six songs in two folders.
pub(super) fn home() -> TestEnv {
    let env = TestEnv::new();
    tones(&env.path("music/a"), "one", 0..3);
    tones(&env.path("music/b"), "two", 3..6);
    env.json("scan music");
    env
}

fn cluster(env: &TestEnv, flags: &str) -> Output {
    let output = env.run(&format!("cluster --n 1 --playlists lists --output p.json {flags}"));
    assert_eq!(output.status, 0, "{output:?}");
    output
}

/// The text of the one playlist with this extension.
pub(super) fn list(env: &TestEnv, extension: &str) -> String {
    let mut files = fs::read_dir(env.path("lists")).unwrap().map(|entry| entry.unwrap().path());
    fs::read_to_string(files.find(|path| path.extension() == Some(extension.as_ref())).unwrap()).unwrap()
}

fn songs(json: &str) -> Vec<String> {
    let json: Value = serde_json::from_str(json).unwrap();
    let songs = json["playlists"][0]["songs"].as_array().unwrap().iter();
    songs.map(|song| song.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_second_run_changes_no_byte_and_no_mtime() {
    let env = home();
    let map = format!("--path-map {}=/b", env.path("music/a").display());
    let flags = format!("--format m3u8,xspf,pls,json {map} --order flow");
    cluster(&env, &flags);
    let written = || (snapshot(&env.path("lists")), fs::read(env.path("p.json")).unwrap());
    let first = written();
    assert_eq!(first.0.len(), 4);
    cluster(&env, &flags);
    assert_eq!(written(), first);
}

#[test]
fn mapped_songs_are_absolute_in_every_format_and_the_others_as_ever() {
    let env = home();
    let music = env.path("music");
    let maps = format!("--path-map {0}=/srv --path-map {0}/b=/b=c", music.display());
    cluster(&env, &format!("--format m3u8,xspf,pls,json {maps}"));
    let count = |text: &str, said: &str| text.matches(said).count();
    for (extension, a, b) in [
        ("m3u8", "\n/srv/a/one_", "\n/b=c/two_"),
        ("pls", "=/srv/a/one_", "=/b=c/two_"),
        ("xspf", "<location>file:///srv/a/one_", "<location>file:///b%3Dc/two_"),
        ("json", "\"/srv/a/one_", "\"/b=c/two_"),
    ] {
        let text = list(&env, extension);
        assert_eq!((count(&text, a), count(&text, b)), (3, 3), "{extension}: {text}");
    }
    let output = songs(&fs::read_to_string(env.path("p.json")).unwrap());
    assert!(output.iter().all(|song| Path::new(song).exists()), "--output is of this machine: {output:?}");

    cluster(&env, &format!("--path-map {}/b=/srv", music.display()));
    let text = list(&env, "m3u8");
    assert_eq!((count(&text, "\n../music/a/one_"), count(&text, "\n/srv/two_")), (3, 3), "{text}");
}

#[test]
fn a_mapping_of_the_configuration_holds_until_one_is_given() {
    let env = home();
    let map = |to: &str| format!("[cluster]\npath_map = [\"{}={to}\"]\n", env.path("music").display());
    fs::write(env.path("map.toml"), map("/srv")).unwrap();
    cluster(&env, "--config map.toml");
    assert_eq!(list(&env, "m3u8").matches("\n/srv/").count(), 6);
    cluster(&env, &format!("--config map.toml --path-map {}=/b", env.path("music").display()));
    assert_eq!(list(&env, "m3u8").matches("\n/b/").count(), 6);
}

#[test]
fn a_mapping_that_matches_nothing_is_one_warning() {
    let env = home();
    let flags = format!("--format m3u8,pls --path-map /mus=/x --path-map {}=/y", env.path("music").display());
    let output = cluster(&env, &flags);
    let told: Vec<_> = output.stderr.lines().filter(|line| line.contains("--path-map")).collect();
    assert_eq!(told.len(), 1, "{output:?}");
    assert!(told[0].contains("--path-map /mus=/x changes nothing"), "{output:?}");
}

#[test]
fn another_order_moves_songs_and_nothing_else() {
    let env = home();
    let first = env.json("cluster --n 2 --output p.json");
    let lists = |env: &TestEnv| songs(&fs::read_to_string(env.path("p.json")).unwrap());
    let center = lists(&env);
    for order in ["flow", "title", "random", "center"] {
        let again = env.json(&format!("cluster --n 2 --output p.json --order {order}"));
        assert_eq!(again["run"], first["run"], "{order}");
        let mut songs = lists(&env);
        if order == "title" {
            assert!(songs.is_sorted(), "{songs:?}");
        }
        songs.sort();
        let mut expected = center.clone();
        expected.sort();
        assert_eq!(songs, expected, "{order}");
    }
    assert_eq!(lists(&env), center);
}

#[test]
fn an_output_that_cannot_be_written_leaves_every_playlist_as_it_was() {
    let env = home();
    cluster(&env, "");
    let kept = || (snapshot(&env.path("lists")), env.json("runs list"));
    let before = kept();
    let refused = env.run("cluster --n 2 --playlists lists --format m3u8,xspf --output nowhere/p.json");
    assert_eq!(refused.status, 1, "{refused:?}");
    assert_eq!(kept(), before);
    let refused = env.run("cluster --n 2 --playlists new --output nowhere/p.json");
    assert!(refused.status == 1 && !env.path("new").exists(), "{refused:?}");
    env.json("cluster --n 2 --playlists new --output new/p.json");
    assert_eq!(snapshot(&env.path("new")).len(), 3, "the folder is made for both");
}

#[test]
fn a_format_that_is_not_asked_for_any_more_leaves_only_what_somebody_changed() {
    let env = home();
    let files = |extension: &str| {
        let files = snapshot(&env.path("lists")).into_keys();
        files.filter(|path| path.extension() == Some(extension.as_ref())).collect::<Vec<_>>()
    };
    cluster(&env, "--format m3u8,xspf,pls,xspf");
    let pls = files("pls").remove(0);
    fs::write(&pls, "mine").unwrap();
    fs::write(env.path("lists/other.xspf"), "theirs").unwrap();
    assert_eq!((files("m3u8").len(), files("xspf").len()), (1, 2));
    let told = cluster(&env, "--format m3u8").stderr;
    assert_eq!((files("m3u8").len(), files("xspf")), (1, vec![env.path("lists/other.xspf")]));
    assert_eq!(fs::read_to_string(&pls).unwrap(), "mine");
    assert!(told.contains("was changed by somebody else and stays"), "{told}");
    assert!(!cluster(&env, "--format m3u8").stderr.contains("stays"), "it is told once");
    cluster(&env, "--format xspf");
    assert_eq!((files("m3u8").len(), files("xspf").len()), (0, 2));
}

#[test]
fn what_a_killed_call_has_left_is_swept_away() {
    let env = home();
    cluster(&env, "");
    for (name, hours) in [("lists/.indexer-aB3dEf.tmp", 2), ("lists/.indexer-GhIjKl.tmp", 0)] {
        fs::write(env.path(name), "half").unwrap();
        let then = SystemTime::now() - Duration::from_secs(hours * 3600);
        File::open(env.path(name)).unwrap().set_modified(then).unwrap();
    }
    cluster(&env, "");
    assert!(!env.path("lists/.indexer-aB3dEf.tmp").exists());
    assert!(env.path("lists/.indexer-GhIjKl.tmp").exists(), "somebody may be writing at it");
}

#[test]
fn a_folder_of_another_set_is_refused_before_anything_is_written() {
    let env = home();
    cluster(&env, "--set first");
    let kept = || (snapshot(&env.path("lists")), env.json("playlists sets"));
    let before = kept();
    std::os::unix::fs::symlink(env.path("lists"), env.path("link")).unwrap();
    for line in ["lists", "./lists/", "link", "lists --dry-run", "lists --format pls"] {
        let line = format!("cluster --n 1 --set second --output second.json --playlists {line}");
        refuses(&env, &line, 2, "usage", "holds the playlists of the set first: choose another");
        assert!(!env.path("second.json").exists());
    }
    assert_eq!(kept(), before);
    env.json("cluster --n 1 --set second --playlists other");
    let restored = "runs restore latest --set second --playlists lists";
    refuses(&env, restored, 2, "usage", "holds the playlists of the set first");
    assert_eq!(snapshot(&env.path("lists")), before.0);
    // What somebody changed is the set's no longer; nor is anything when that is forgotten.
    for file in before.0.keys() {
        fs::write(file, "mine").unwrap();
    }
    env.json("cluster --n 1 --set second --playlists lists");
    env.json("playlists forget second");
    env.json("cluster --n 1 --set third --playlists lists");
}
