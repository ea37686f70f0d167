//! Links that go in circles or lead out of the root (T13).

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use indexer::testing::figure;

use crate::support::environment::{TestEnv, clip, counts};

/// A root with loops, links to its own files, broken links, and links out of it.
fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    let music = env.path("music");
    let outside = env.path("outside");
    fs::create_dir_all(music.join("a/b")).unwrap();
    fs::create_dir(&outside).unwrap();
    fs::rename(music.join("ambient_01.mp3"), outside.join("ambient_01.mp3")).unwrap();
    let links: [(PathBuf, &str); 7] = [
        (music.clone(), "a/b/up"),
        (PathBuf::from("."), "a/here"),
        (PathBuf::from("itself"), "itself"),
        (PathBuf::from("itself.mp3"), "itself.mp3"),
        (PathBuf::from("/no/such/place"), "broken.mp3"),
        (outside.clone(), "out"),
        (outside.join("ambient_01.mp3"), "out.mp3"),
    ];
    for (target, link) in links {
        symlink(target, music.join(link)).unwrap();
    }
    symlink(&music, outside.join("back")).unwrap();
    env
}

#[test]
fn links_are_not_followed_out_of_the_root() {
    let env = home();
    let summary = env.run("scan music --json");
    assert_eq!((summary.status, summary.stderr.as_str()), (0, ""), "{summary:?}");
    assert_eq!(counts(&summary.json(), ["found", "decoded", "failed"]), [17, 17, 0]);
    let paths: Vec<_> = env.view().files().unwrap().into_keys().collect();
    assert!(paths.iter().all(|path| path.symlink_metadata().unwrap().is_file()), "{paths:?}");
}

#[test]
fn links_are_followed_where_that_is_asked_for_and_the_walk_ends() {
    let mut env = home();
    env.set("INDEXER_LIBRARY_FOLLOW_LINKS", "1");
    let summary = env.run("scan music --json");
    assert_eq!(summary.status, 0, "{summary:?}");
    assert_eq!(counts(&summary.json(), ["decoded", "failed"]), [18, 0]);
    assert_eq!(env.json("status")["tracks"], 18);
    assert_eq!(counts(&env.json("scan"), ["opened", "missing"]), [0, 0]);
    figure("T13", 7, "links in circles and out of the root", "the walk ends, each file found once");
}

#[test]
fn a_root_may_be_a_link_and_is_spelled_as_it_was_typed() {
    let env = TestEnv::with_clips();
    symlink(env.path("music"), env.path("link")).unwrap();
    env.json("run --path link --n 3 --output p.json");
    let text = fs::read_to_string(env.path("p.json")).unwrap();
    assert_eq!(text.matches(&format!("{}/", env.path("link").display())).count(), 18, "{text}");
    let again = env.json("scan music");
    assert_eq!(counts(&again, ["found", "unchanged", "opened"]), [18, 18, 0], "it is one root");
    assert_eq!(env.json("status")["roots"].as_array().unwrap().len(), 1);
    fs::write(env.path("music/new.mp3"), clip("ambient_01.mp3")).unwrap();
    assert_eq!(counts(&env.json("scan"), ["found", "opened", "decoded"]), [19, 1, 0]);
}

#[test]
fn playlists_beside_music_behind_a_link_stay_beside_it() {
    let env = TestEnv::with_clips();
    fs::create_dir(env.path("disk")).unwrap();
    fs::rename(env.path("music"), env.path("disk/m")).unwrap();
    symlink(env.path("disk/m"), env.path("music")).unwrap();
    env.json("scan music");
    env.json("cluster --n 1 --playlists music/Playlists");
    let lists = fs::read_dir(env.path("disk/m/Playlists")).unwrap().map(|list| list.unwrap().path());
    for list in lists {
        let text = fs::read_to_string(list).unwrap();
        let songs: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(songs.len(), 18);
        assert!(songs.iter().all(|song| song.starts_with("../a") || song.starts_with("../e")), "{songs:?}");
    }
}

#[test]
fn a_folder_in_a_root_that_is_a_link_is_no_mount_and_may_be_renamed() {
    let env = TestEnv::with_clips();
    symlink(env.path("music"), env.path("link")).unwrap();
    fs::create_dir(env.path("music/album")).unwrap();
    fs::rename(env.path("music/ambient_01.mp3"), env.path("music/album/song.mp3")).unwrap();
    env.json("scan link --method none");
    fs::rename(env.path("music/album"), env.path("music/disc")).unwrap();
    let scan = env.run("scan --method none --json");
    assert_eq!((scan.status, scan.stderr.as_str()), (0, ""), "{scan:?}");
    assert_eq!(counts(&scan.json(), ["found", "opened", "renamed", "missing"]), [18, 0, 1, 0]);
    assert_eq!(env.json("status")["roots"][0]["state"], "present");
}
