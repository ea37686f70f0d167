//! Answers as playlist files.

use std::fs;

use super::{home, names};
use crate::support::refusal::refuses;

#[test]
fn an_answer_is_written_as_a_playlist_of_any_format() {
    let env = home();
    let found = env.json("similar sparrow -n 4");
    for format in ["m3u8", "m3u", "xspf", "pls", "json"] {
        let written = env.json(&format!("similar sparrow -n 4 -o like.{format}"));
        assert_eq!((&written["format"], &written["songs"]), (&format.into(), &found["songs"]));
        let text = fs::read_to_string(env.path(format!("like.{format}"))).unwrap();
        let places: Vec<_> = names(&found).iter().map(|name| text.find(name.as_str()).expect(name)).collect();
        assert!(places.is_sorted(), "{text}");
    }
    let stdout = env.run("similar sparrow -n 4 --format m3u8 -o -").stdout;
    assert!(stdout.starts_with("#EXTM3U\n") && stdout.matches("#EXTINF").count() == 4, "{stdout}");
    let said = env.run("path sparrow tide --steps 5 -o way.m3u8");
    assert_eq!(said.stdout, "From The Porch Trio – Sparrow to Nachtförde – Tide: 5 songs in way.m3u8\n");
    assert_eq!(fs::read_to_string(env.path("way.m3u8")).unwrap().matches("#EXTINF").count(), 5);
}

#[test]
fn a_file_of_somebody_else_stays() {
    let env = home();
    fs::write(env.path("mine.m3u8"), "my own\n").unwrap();
    refuses(&env, "similar sparrow -o mine.m3u8", 1, "failed", "replace it with --force");
    refuses(&env, "path sparrow tide --steps 4 -o mine.m3u8", 1, "failed", "replace it with --force");
    env.json("similar sparrow -o mine.m3u8 --force");
    assert!(fs::read_to_string(env.path("mine.m3u8")).unwrap().starts_with("#EXTM3U\n"));
    refuses(&env, "similar sparrow -o nowhere/l.m3u8", 1, "failed", "cannot write");
}

#[test]
fn what_the_environment_says_of_playlists_is_not_about_answers() {
    let mut env = home();
    for (name, value) in
        [("INDEXER_OUTPUT", "all.json"), ("INDEXER_FORMAT", "m3u,pls"), ("INDEXER_N", "auto")]
    {
        env.set(name, value);
    }
    assert_eq!(names(&env.json("similar sparrow -o like.xspf")).len(), 17);
    env.json("map -o map.html");
    assert!(
        env.path("like.xspf").exists() && env.path("map.html").exists() && !env.path("all.json").exists()
    );
}
