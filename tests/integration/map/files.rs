//! The files of a map, and what the store keeps of it.

use std::fs;

use rustix::process::Signal;

use crate::support::{daemon::Daemon, environment::TestEnv, refusal::refuses};

fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env.json("cluster --n 3");
    env
}

#[test]
fn a_second_map_is_the_first_and_a_new_song_finds_its_place() {
    let env = home();
    let found = env.json("map -o map.html --png map.png");
    assert_eq!((&found["songs"], &found["listed"], &found["playlists"]), (&18.into(), &18.into(), &3.into()));
    assert_eq!(
        (&found["start"], &found["nearest"], &found["method"]),
        (&"anew".into(), &"sound".into(), &"mfcc".into())
    );
    let files = || ["map.html", "map.png"].map(|name| fs::read(env.path(name)).unwrap());
    let before = files();
    assert!(before[0].starts_with(b"<!DOCTYPE html>") && before[1].starts_with(b"\x89PNG"));
    assert_eq!(env.json("map -o map.html --png map.png")["start"], "unchanged");
    assert!(files() == before);

    fs::remove_file(env.path("music/ambient_05.wav")).unwrap();
    assert_eq!(env.run("scan music").status, 0);
    let found = env.json("map -o map.html");
    assert_eq!((&found["songs"], &found["start"], &found["known"]), (&17.into(), &"last".into(), &17.into()));
}

#[test]
fn only_maps_of_ours_are_replaced() {
    let env = home();
    fs::write(env.path("mine.html"), "mine").unwrap();
    refuses(&env, "map -o mine.html", 2, "usage", "--force");
    refuses(&env, "map -o music", 2, "usage", "a folder or a device");
    refuses(&env, "map -o none/map.html", 1, "failed", "a folder that exists");
    refuses(&env, "map -o map.html --layout round", 2, "usage", "umap, tsne, pca");
    refuses(&env, "map -o map.html --set jazz", 2, "usage", "jazz");
    assert_eq!(fs::read(env.path("mine.html")).unwrap(), b"mine");
    assert!(!env.path("map.html").exists());
    env.json("map -o mine.html --force");
    env.json("map -o mine.html");
}

#[test]
fn without_playlists_one_line_says_how_to_get_colours() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    let output = env.run("map -o map.html");
    assert_eq!(output.status, 0, "{output:?}");
    assert!(
        output.stderr.contains("the dots have no colours: `indexer cluster` makes playlists"),
        "{output:?}"
    );
    assert_eq!(env.json("map -o map.html")["set"], serde_json::Value::Null);
}

#[test]
fn a_map_is_drawn_and_kept_beside_a_daemon() {
    let env = home();
    let daemon = Daemon::start(&env, "watch music");
    daemon.until_it_is("idle");
    assert_eq!(env.json("map -o map.html")["start"], "anew");
    assert_eq!(env.json("map -o map.html")["start"], "unchanged");
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}
