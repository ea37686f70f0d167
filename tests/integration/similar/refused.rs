//! What cannot be answered gets one line that says what to do, and nothing is written.

use std::fs;

use super::home;
use crate::support::{
    environment::{TestEnv, clips},
    refusal::refuses,
};

const FAILED: i32 = 1;
const USAGE: i32 = 2;

#[test]
fn a_song_that_is_nowhere_is_refused_with_the_nearest_names() {
    let env = home();
    refuses(&env, "similar kichen-walts -o l.m3u8", FAILED, "failed", "Ada Fenn – Kitchen Waltz");
    refuses(&env, "similar ???", FAILED, "failed", "no song is called so");
    refuses(&env, "path sparrow kichen-walts", FAILED, "failed", "Ada Fenn – Kitchen Waltz");
    refuses(&env, "similar music/nothing.mp3", FAILED, "failed", "`music/nothing.mp3` is no file");
}

#[test]
fn a_name_of_several_songs_is_refused_with_some_of_them() {
    let env = home();
    refuses(&env, "similar porch", FAILED, "failed", "may be any of 3 songs");
    refuses(&env, "similar porch", FAILED, "failed", "acoustic_04.m4a (The Porch Trio – Sparrow)");
}

#[test]
fn a_file_that_failed_is_refused_with_its_reason() {
    let env = TestEnv::with_clips();
    fs::write(env.path("music/empty.mp3"), b"").unwrap();
    fs::write(env.path("text.mp3"), b"no sound").unwrap();
    assert_eq!(env.run("scan music").status, 3);
    refuses(&env, "similar music/empty.mp3", FAILED, "failed", "failed (empty");
    refuses(&env, "similar text.mp3", FAILED, "failed", "cannot be analysed (not audio");
    refuses(&env, "similar music", FAILED, "failed", "is a folder: name one of its songs");
}

#[test]
fn a_method_without_the_song_is_refused() {
    let env = TestEnv::with_clips();
    let late = clips()[0].file_name().unwrap().to_str().unwrap().to_owned();
    let (there, away) = (env.path(format!("music/{late}")), env.path("away"));
    fs::rename(&there, &away).unwrap();
    refuses(&env, "similar x", FAILED, "store", "indexer scan");
    env.json("scan music --method none");
    refuses(&env, "similar sparrow", FAILED, "failed", "no song is in mfcc yet");
    env.json("scan music --method mfcc");
    fs::rename(&away, &there).unwrap();
    env.json("scan music --method none");
    refuses(&env, &format!("similar music/{late}"), FAILED, "failed", "`indexer scan --method mfcc` adds it");
    refuses(&env, "similar sparrow -m nonsense", USAGE, "usage", "unknown method");
}

#[test]
fn contradictions_are_refused() {
    let env = home();
    refuses(&env, "similar sparrow --not sparrow", USAGE, "usage", "both wanted and unwanted");
    refuses(&env, "path sparrow sparrow", USAGE, "usage", "both ends are the same song");
    refuses(&env, "path sparrow orchard --steps 30", FAILED, "failed", "choose at most 18 --steps");
    refuses(&env, "similar sparrow --min-distance nan", USAGE, "usage", "--min-distance");
    refuses(&env, "similar sparrow --min-distance 1e6", FAILED, "failed", "ask for less by filters");
    refuses(&env, "similar sparrow -o x.m3u8 --format tape", USAGE, "usage", "unknown format");
}
