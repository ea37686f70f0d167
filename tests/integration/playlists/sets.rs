//! Families of playlists: one for the library, others apart; and a look before anything changes.

use std::fs;

use serde_json::json;

use crate::support::environment::{TestEnv, snapshot};
use crate::support::refusal::refuses;

#[test]
fn a_dry_run_says_what_would_change_and_writes_nothing() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    let before = snapshot(&env.path(""));
    let dry = env.json("cluster --n 3 --playlists lists --output p.json --dry-run");
    assert_eq!((&dry["dry_run"], dry["playlists"].as_array().unwrap().len()), (&json!(true), 3));
    assert_eq!(snapshot(&env.path("")), before, "not even a database");

    let real = env.json("cluster --n 3 --playlists lists --output p.json");
    assert_eq!((&real["dry_run"], &real["run"]), (&json!(false), &dry["run"]));
    assert_eq!(real["playlists"], dry["playlists"], "the files too");
    let before = snapshot(&env.path(""));
    let text = env.run("cluster --n 2 --playlists lists --output p.json --dry-run").stdout;
    assert!(text.contains("gone: ") && text.ends_with("dry run: nothing was written\n"), "{text}");
    assert_eq!(snapshot(&env.path("")), before);
    assert_eq!(env.json("runs list")["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn whatever_is_asked_for_the_library_has_one_family() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    for line in ["--n 3", "--n 3 --algorithm ward", "--n 4 --min-duration 1"] {
        assert_eq!(env.json(&format!("cluster {line} --playlists lists"))["set"], "library");
    }
    assert_eq!(fs::read_dir(env.path("lists")).unwrap().count(), 4);
    let part = env.json("cluster --n 2 --path music --set part --playlists part");
    assert_eq!(part["set"], "part");
    let sets = env.json("playlists sets")["sets"].clone();
    let summary = |set: &str, lists, folder: &str| {
        let set = sets.as_array().unwrap().iter().find(|known| known["set"] == set).unwrap();
        let folders = json!([env.path(folder)]);
        assert_eq!(
            (&set["method"], &set["playlists"], &set["songs"], &set["folders"]),
            (&json!("mfcc"), &json!(lists), &json!(18), &folders)
        );
    };
    summary("library", 4, "lists");
    summary("part", 2, "part");
}

#[test]
fn a_forgotten_set_takes_its_files_along_but_for_those_that_were_changed() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env.json("cluster --n 3 --playlists lists");
    env.json("cluster --n 2 --set party --playlists party");
    let changed = fs::read_dir(env.path("lists")).unwrap().next().unwrap().unwrap().path();
    fs::write(&changed, "mine").unwrap();
    let forgotten = env.json("playlists forget library");
    assert_eq!(forgotten["removed"].as_array().unwrap().len(), 2);
    assert_eq!(forgotten["left"], json!([changed]));
    assert_eq!(fs::read_dir(env.path("lists")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(env.path("party")).unwrap().count(), 2);
    refuses(&env, "playlists forget library", 2, "usage", "choose from party");
    refuses(&env, "runs list --set library", 2, "usage", "choose from party");
    assert_eq!(env.json("cluster --n 3")["playlists"][0]["id"], 0, "nothing of it is known");
}
