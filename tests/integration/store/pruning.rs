//! Only `store prune` forgets: what is missing, and what nobody fills any more.

use std::fs;

use rustix::process::Signal;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, checkpoint, counts},
};

/// Clips in the store, of which so many have been deleted since and are missing.
fn without(deleted: usize) -> TestEnv {
    let env = TestEnv::with_clips();
    env.json("scan music --method mfcc");
    let mut songs: Vec<_> =
        fs::read_dir(env.path("music")).unwrap().map(|entry| entry.unwrap().path()).collect();
    songs.sort();
    songs[..deleted].iter().for_each(|song| fs::remove_file(song).unwrap());
    assert_eq!(counts(&env.json("scan"), ["missing"]), [deleted as u64]);
    env
}

#[test]
fn what_is_missing_is_forgotten_and_decoded_again_when_it_comes_back() {
    let env = without(2);
    let dry = env.run("store prune --dry-run");
    assert_eq!((dry.status, dry.stdout.lines().count()), (0, 3), "{dry:?}");
    assert!(dry.stdout.contains("2 missing files and 2 of 18 tracks would be forgotten"), "{dry:?}");
    assert_eq!(counts(&env.json("status"), ["tracks", "missing"]), [16, 2]);
    let pruned = env.json("store prune");
    assert_eq!((pruned["files"].as_array().unwrap().len(), counts(&pruned, ["tracks"])), (2, [2]));
    assert_eq!(counts(&env.json("status"), ["tracks", "paths", "missing"]), [16, 16, 0]);
    assert_eq!(crate::support::store_contents::vectors(&env.view()).unwrap().len(), 16);
    assert!(env.run("store prune").stdout.starts_with("nothing to forget"));
    for clip in crate::support::environment::clips() {
        let song = env.path("music").join(clip.file_name().unwrap());
        if !song.exists() {
            fs::copy(clip, song).unwrap();
        }
    }
    assert_eq!(counts(&env.json("scan"), ["decoded", "missing"]), [2, 0]);
}

#[test]
fn more_than_a_fifth_is_forgotten_only_when_that_is_said() {
    let env = without(4);
    let refused = env.run("store prune");
    assert_eq!((refused.status, refused.stderr.lines().count()), (2, 1), "{refused:?}");
    assert!(refused.stderr.contains("4 of 18 tracks") && refused.stderr.contains("--yes"), "{refused:?}");
    assert_eq!(counts(&env.json("status"), ["missing"]), [4]);
    assert_eq!(env.run("store prune --yes").status, 0);
    assert_eq!(counts(&env.json("status"), ["tracks", "missing"]), [14, 0]);
}

#[test]
fn what_lies_in_a_folder_that_is_away_is_not_forgotten() {
    let env = TestEnv::with_clips();
    env.json("scan music --method mfcc");
    fs::rename(env.path("music"), env.path("aside")).unwrap();
    env.json("scan");
    assert!(env.run("store prune --yes").stdout.starts_with("nothing to forget"));
    assert_eq!(counts(&env.json("status"), ["tracks"]), [18]);
}

#[test]
fn vectors_of_a_model_that_is_gone_are_forgotten_with_spaces() {
    let env = TestEnv::with_clips();
    fs::copy(checkpoint("zip"), env.path("mini.pth")).unwrap();
    assert_eq!(env.run("model import mini.pth --as mini --unverified").status, 0);
    env.json("scan music --method mfcc,mini");
    assert_eq!(env.json("store prune --spaces")["spaces"].as_array().unwrap().len(), 0);
    assert_eq!(env.run("model remove mini").status, 0);
    assert_eq!(env.json("store prune")["spaces"].as_array().unwrap().len(), 0);
    let pruned = env.json("store prune --spaces");
    assert!(pruned["spaces"][0].as_str().unwrap().starts_with("mini "), "{pruned}");
    assert_eq!(env.view().spaces().unwrap(), ["mfcc"]);
    assert_eq!(counts(&env.json("scan"), ["decoded", "found"]), [0, 18]);
}

#[test]
fn a_daemon_is_not_pruned_under() {
    let env = without(2);
    let daemon = Daemon::start(&env, "watch --method mfcc");
    let refused = env.run("store prune");
    assert_eq!((refused.status, refused.stderr.lines().count()), (1, 1), "{refused:?}");
    assert!(refused.stderr.contains("the daemon"), "{refused:?}");
    assert_eq!(daemon.end(Signal::INT).status, 130);
    assert_eq!(env.run("store prune").status, 0);
}
