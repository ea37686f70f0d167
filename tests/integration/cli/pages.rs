//! `status` and `errors` as people read them.

use std::fs;

use crate::support::{environment::TestEnv, recordings::wav};

const HALF_AN_HOUR: usize = 1800;

/// The row of `page` with this heading.
fn row<'a>(page: &'a str, heading: &str) -> &'a str {
    let row = page.lines().find(|line| line.split_whitespace().next() == Some(heading));
    row.unwrap_or_else(|| panic!("no {heading} in {page}"))
}

fn assert_narrow(page: &str) {
    for line in page.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn status_says_what_is_where_and_what_changed_last() {
    let env = TestEnv::with_clips();
    fs::write(env.path("music/empty.mp3"), b"").unwrap();
    assert_eq!(env.run("scan music").status, 3);
    let before = env.run("status").stdout;
    assert_narrow(&before);
    assert!(row(&before, "playlists").contains("none yet"), "{before}");
    assert_eq!(row(&before, "failed"), "failed     1 file: `indexer errors` says why and what to do");
    assert_eq!(row(&before, "scanned"), "scanned    just now");
    assert_eq!(row(&before, "daemon"), "daemon     not running");
    assert_eq!(row(&before, "mfcc"), "mfcc       18 songs");
    assert_eq!(row(&before, "~/music:"), "           ~/music: 19 files");
    assert!(row(&before, "library").starts_with("library    18 songs, "), "{before}");
    assert!(row(&before, "store").ends_with("~/data/indexer"), "{before}");
    assert!(!before.contains("ONNX") && !before.contains(" left"), "{before}");

    env.json("cluster --n 3 --playlists lists");
    let made = env.run("status").stdout;
    assert!(row(&made, "playlists").contains("3 with 18 songs (set "), "{made}");
    assert!(made.contains("~/lists\n           made just now"), "{made}");
    fs::remove_file(env.path("music/ambient_01.mp3")).unwrap();
    env.json("scan");
    env.json("cluster --n 3 --playlists lists");
    let changed = env.run("status").stdout;
    assert!(changed.contains("changed just now: 1 song left"), "{changed}");
    assert!(changed.contains("~/music: 18 files, 1 missing"), "{changed}");
    assert_narrow(&changed);
}

#[test]
fn status_tells_how_long_the_music_is() {
    let env = TestEnv::new();
    let silence_and_a_click: Vec<i16> =
        (0..HALF_AN_HOUR * 8000).map(|n| if n % 400 == 0 { 8000 } else { 0 }).collect();
    fs::write(env.path("music/long.wav"), wav(&silence_and_a_click)).unwrap();
    env.json("scan music");
    let seconds = env.json("status")["audio_seconds"].as_f64().unwrap();
    let minutes = (seconds / 60.0).round();
    let page = env.run("status").stdout;
    assert_eq!(row(&page, "library"), format!("library    1 song, {minutes} minutes of music"));
}

#[test]
fn errors_are_grouped_by_what_can_be_done_and_each_file_is_listed_once() {
    let env = TestEnv::with_clips();
    for name in ["b.mp3", "a.mp3"] {
        fs::write(env.path("music").join(name), b"").unwrap();
    }
    fs::write(env.path("music/letter.mp3"), b"Dear friend, this is no music at all. ".repeat(40)).unwrap();
    assert_eq!(env.run("scan music").status, 3);
    let page = env.run("errors").stdout;
    let heads: Vec<_> = page.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
    assert_eq!(heads[0], "empty: 2 files, the file has no bytes", "{page}");
    assert_eq!((heads.len(), page.matches("  to do: ").count()), (2, 2), "{page}");
    assert_eq!(page.matches("/music/a.mp3: ").count(), 1, "{page}");

    let empty = env.run("errors --kind empty").stdout;
    assert!(empty.contains("a.mp3") && empty.contains("b.mp3") && !empty.contains("letter"), "{empty}");
    let json = env.json("errors --kind empty");
    assert_eq!(json["failures"].as_array().unwrap().len(), 2);
    assert_eq!((&json["kinds"][0]["kind"], &json["kinds"][0]["files"]), (&"empty".into(), &2.into()));
    assert_eq!(env.run("errors --kind crashed").stdout, "no failures\n");
}
