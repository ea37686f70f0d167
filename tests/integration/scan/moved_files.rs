//! Files that move in odd ways leave no shadow behind.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
};

use crate::support::{
    environment::{Output, TestEnv, counts},
    namespace::without_privileges,
};

#[test]
fn an_album_that_is_renumbered_has_nothing_missing() {
    let env = TestEnv::with_clips();
    let file = |number: u32| env.path(format!("music/ambient_0{number}.flac"));
    let [one, two] = ["ambient_02.flac", "electronic_02.flac"].map(|name| env.path("music").join(name));
    fs::rename(two, file(3)).unwrap();
    env.json("scan music");
    fs::rename(file(3), file(4)).unwrap();
    fs::rename(one, file(3)).unwrap();
    let summary = env.json("scan");
    assert_eq!(counts(&summary, ["decoded", "missing"]), [0, 0], "{summary}");
    assert_eq!(counts(&env.json("status"), ["tracks", "paths", "missing"]), [18, 18, 0]);
}

#[test]
fn a_song_that_moves_to_another_part_of_the_library_is_not_missing_in_the_first() {
    let env = TestEnv::with_clips();
    fs::create_dir(env.path("music/b")).unwrap();
    env.json("scan music");
    let [from, to] = ["music/acoustic_01.mp3", "music/b/moved.mp3"].map(|name| env.path(name));
    fs::copy(&from, &to).unwrap();
    fs::remove_file(from).unwrap();
    assert_eq!(counts(&env.json("scan music/b"), ["decoded"]), [0]);
    assert_eq!(counts(&env.json("scan"), ["missing", "decoded"]), [0, 0]);
    assert_eq!(counts(&env.json("status"), ["tracks", "paths"]), [18, 18]);
}

#[test]
fn a_root_spelled_through_a_link_that_becomes_part_of_another_leaves_no_second_spelling() {
    let env = TestEnv::with_clips();
    symlink(env.path("music"), env.path("link")).unwrap();
    env.json("scan link");
    fs::create_dir(env.path("all")).unwrap();
    fs::rename(env.path("music"), env.path("all/music")).unwrap();
    fs::remove_file(env.path("link")).unwrap();
    symlink(env.path("all/music"), env.path("link")).unwrap();
    let summary = env.json("scan all");
    assert_eq!(counts(&summary, ["decoded"]), [0]);
    assert_eq!(counts(&env.json("status"), ["tracks", "paths"]), [18, 18]);
}

#[test]
fn a_deleted_root_is_gone_when_the_user_says_so() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    fs::remove_dir_all(env.path("music")).unwrap();
    assert_eq!(counts(&env.json("scan"), ["missing"]), [0]);
    assert_eq!(counts(&env.json("scan --accept-missing"), ["missing"]), [18]);
    assert_eq!(counts(&env.json("status"), ["tracks", "missing"]), [0, 18]);
}

#[test]
fn the_rules_of_a_folder_hold_for_every_part_of_it() {
    let env = TestEnv::with_clips();
    fs::create_dir_all(env.path("music/x/skip")).unwrap();
    fs::rename(env.path("music/acoustic_01.mp3"), env.path("music/x/one.mp3")).unwrap();
    fs::rename(env.path("music/acoustic_02.flac"), env.path("music/x/skip/two.flac")).unwrap();
    fs::write(env.path("music/.indexerignore"), "skip/\n").unwrap();
    assert_eq!(counts(&env.json("scan music"), ["found"]), [17]);
    assert_eq!(counts(&env.json("scan music/x"), ["found"]), [1]);
    assert_eq!(counts(&env.json("scan music/x/skip"), ["found"]), [0]);
}

#[test]
fn an_unreadable_file_keeps_its_track() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    let song = env.path("music/acoustic_01.mp3");
    fs::set_permissions(&song, fs::Permissions::from_mode(0o000)).unwrap();
    let output = Output::of(without_privileges(&env, "scan --json"));
    assert_eq!(output.status, 3, "{output:?}");
    assert_eq!(env.failures()["acoustic_01.mp3"], "unreadable");
    assert_eq!(counts(&env.json("cluster --n 3"), ["tracks"]), [18]);
    fs::set_permissions(&song, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(counts(&env.json("scan"), ["decoded", "failed"]), [0, 0]);
    assert!(env.failures().is_empty());
}
