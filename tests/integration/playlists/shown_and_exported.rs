//! Playlists that are looked at, and files of them that belong to the user.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{
    clustered::{call, cluster, home, playlist},
    environment::{TestEnv, snapshot},
    refusal::refuses,
};

/// The paths of the songs in a playlist file of `lists`, in its order.
fn in_file(env: &TestEnv, name: &str) -> Vec<String> {
    let text = fs::read_to_string(env.path("lists").join(format!("{name}.m3u8"))).unwrap();
    songs_of(&env.path("lists"), &text)
}

fn songs_of(folder: &Path, m3u8: &str) -> Vec<String> {
    let lines = m3u8.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| folder.join(line).canonicalize().unwrap().display().to_string()).collect()
}

fn paths(shown: &Value) -> Vec<String> {
    let songs = shown["songs"].as_array().unwrap().iter();
    songs.map(|song| song["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_playlist_is_shown_in_the_order_of_its_file() {
    let env = home();
    for order in ["center", "title", "random --seed 42", "flow"] {
        cluster(&env, &format!("--n 3 --order {order}"));
        let name = playlist(&env, 1).0;
        let file = in_file(&env, &name);
        let shown = call(&env, "playlists show --json", &name).json();
        assert_eq!(paths(&shown), file, "{order}");
        let numbers = shown["songs"].as_array().unwrap().iter().map(|song| song["number"].as_u64().unwrap());
        assert!(numbers.eq(1..=6));
        let text = env.run("playlists show 1 --paths");
        assert_eq!(text.stdout.lines().collect::<Vec<_>>(), file, "{order}");
        assert_eq!(text.stderr, "");
    }
    assert_eq!(env.json("runs list")["runs"].as_array().unwrap().len(), 1, "an order makes no run");
    let text = env.run("playlists show 1").stdout;
    let lines: Vec<_> = text.lines().collect();
    let name = playlist(&env, 1).0;
    assert_eq!(lines[0], format!("{name}  6 songs"));
    let first = &env.json("playlists show 1")["songs"][0];
    let [artist, title] = ["artist", "title"].map(|key| first[key].as_str().unwrap());
    assert!(
        lines[1].starts_with(&format!("   1  {artist} – {title} ")) && lines[1].contains(" 0:0"),
        "{text}"
    );
    assert_eq!(lines.len(), 7);
}

#[test]
fn a_restored_order_and_pinned_songs_are_shown_too() {
    let env = home();
    cluster(&env, "--n 4 --order title");
    env.json("runs restore previous --playlists lists --output p.json");
    env.json("playlists pin 0");
    cluster(&env, "--n 3");
    for id in 0..3 {
        let shown = env.json(&format!("playlists show {id}"));
        assert_eq!(paths(&shown), in_file(&env, &playlist(&env, id).0), "{id}");
    }
}

#[test]
fn a_song_that_is_gone_is_shown_as_missing_and_not_exported() {
    let env = home();
    let shown = env.json("playlists show 0");
    let gone = paths(&shown)[2].clone();
    fs::remove_file(&gone).unwrap();
    env.json("scan music");
    let shown = env.json("playlists show 0");
    let missing = shown["songs"].as_array().unwrap().iter().filter(|song| song["missing"] == true);
    assert!(missing.map(|song| song["path"].as_str().unwrap()).eq([gone.as_str()]));
    assert!(env.run("playlists show 0").stdout.contains("  missing\n"));
    let exported = env.run("playlists export 0 -o -");
    assert_eq!(songs_of(Path::new("/"), &exported.stdout).len(), 5, "{exported:?}");
    assert!(exported.stderr.contains("1 song is missing now and left out"), "{exported:?}");
}

#[test]
fn an_export_is_a_file_like_those_of_cluster() {
    let env = home();
    let (name, order) = (playlist(&env, 2).0, in_file(&env, &playlist(&env, 2).0));
    fs::create_dir_all(env.path("usb/deep")).unwrap();
    let said = env.run("playlists export 2 -o usb/deep/mine.m3u8");
    assert_eq!((said.status, said.stdout), (0, format!("{name}: 6 songs in usb/deep/mine.m3u8\n")));
    let text = fs::read_to_string(env.path("usb/deep/mine.m3u8")).unwrap();
    assert!(text.contains("\n../../music/"), "relative to its own folder: {text}");
    assert_eq!(songs_of(&env.path("usb/deep"), &text), order);

    let stdout = env.run("playlists export 2 -o -").stdout;
    let absolute = stdout.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>();
    assert_eq!(absolute, order, "absolute on stdout");
    for (file, flags, begin) in [
        ("a.xspf", "", "<?xml"),
        ("a.PLS", "", "[playlist]"),
        ("a.json", "", "{\n  \"generator\""),
        ("a.txt", "", "#EXTM3U"),
        ("a", "--format xspf", "<?xml"),
        ("b.m3u8", "--format json", "{\n"),
    ] {
        let output = env.run(&format!("playlists export 2 -o {file} {flags} --silent"));
        assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, "", ""), "{file}");
        let text = fs::read_to_string(env.path(file)).unwrap();
        assert!(text.starts_with(begin), "{file}: {text}");
    }
    let map = format!("playlists export 2 -o - --path-map {}=/srv", env.path("music").display());
    assert_eq!(env.run(&map).stdout.matches("\n/srv/").count(), 6);
    env.json("cluster --n 3 --playlists usb/deep");
    assert_eq!(fs::read_to_string(env.path("usb/deep/mine.m3u8")).unwrap(), text, "no run touches it");
}

#[test]
fn an_export_replaces_nothing_of_anybody_else() {
    let env = home();
    fs::write(env.path("mine.m3u8"), "mine").unwrap();
    fs::write(env.path("mine.json"), "{}").unwrap();
    fs::create_dir(env.path("folder.m3u8")).unwrap();
    for (line, status, kind, word) in [
        ("playlists export 0 -o mine.m3u8", 1, "failed", "mine.m3u8 is there already"),
        ("playlists export 0 -o mine.json", 1, "failed", "not a playlist JSON of this program"),
        ("playlists export 0 -o folder.m3u8 --force", 1, "failed", "is a folder or a device"),
        ("playlists export 0 -o folder.m3u8", 1, "failed", "is a folder or a device"),
        ("playlists export 0 -o no/folder/x.m3u8", 1, "failed", "cannot write no/folder/x.m3u8"),
        ("playlists export 7 -o x.m3u8", 2, "usage", "no playlist of the set library is `7`"),
        ("playlists show nobody", 2, "usage", "`nobody`"),
        ("playlists show 0 --set x", 2, "usage", "choose from library"),
    ] {
        refuses(&env, line, status, kind, word);
    }
    // A file of the set is no place for an export either.
    let theirs = env.path("lists").join(format!("{}.m3u8", playlist(&env, 1).0));
    let refused = call(&env, "playlists export 0 -o", theirs.to_str().unwrap());
    assert_eq!(refused.status, 1, "{refused:?}");
    assert_eq!(env.run("playlists export 0 -o mine.m3u8 --force").status, 0);
    assert!(fs::read_to_string(env.path("mine.m3u8")).unwrap().starts_with("#EXTM3U"));
    let before = snapshot(&env.path("mine.m3u8"));
    assert_eq!(env.run("playlists export 0 -o mine.m3u8").status, 0, "it has these bytes already");
    assert_eq!(snapshot(&env.path("mine.m3u8")), before);
    assert_eq!(env.run("playlists export 0 -o x.m3u8 --format wma").status, 2);
    assert_eq!(env.run("playlists export 0").status, 2, "where to?");
}
