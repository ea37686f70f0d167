//! `library list` and `library remove`: a folder leaves, and its songs are kept until the store is pruned.

use std::{fs, path::Path};

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, counts},
    recordings::tones,
};

/// Six songs in `music`, and four in `other`, of which two are in `music` too.
fn home() -> TestEnv {
    let env = TestEnv::new();
    tones(&env.path("music"), "song", 0..6);
    tones(&env.path("other"), "song", 4..8);
    env.json("scan music other --method mfcc");
    env
}

fn roots(env: &TestEnv) -> Vec<Value> {
    env.json("library list")["roots"].as_array().unwrap().clone()
}

fn configure(env: &TestEnv, roots: &[&str]) {
    let roots: Vec<_> = roots.iter().map(|root| format!("{:?}", env.path(root))).collect();
    fs::create_dir_all(env.path("config/indexer")).unwrap();
    let text = format!("[library]\nroots = [{}]\n", roots.join(", "));
    fs::write(env.path("config/indexer/config.toml"), text).unwrap();
}

fn assert_removed(removed: &Value, path: &Path, expected: [u64; 3], configured: bool) {
    assert_eq!(removed["path"], path.to_str().unwrap());
    assert_eq!(counts(removed, ["files", "elsewhere", "kept"]), expected, "{removed}");
    assert_eq!(removed["configured"], configured, "{removed}");
}

#[test]
fn a_folder_leaves_with_its_files_and_decodes_nothing_when_it_is_back() {
    let env = home();
    fs::write(env.path("other/bad.wav"), b"no music").unwrap();
    assert_eq!(env.run("scan").status, 3);
    assert_eq!(roots(&env).len(), 2);
    assert_eq!(counts(&roots(&env)[1], ["files", "songs", "missing"]), [5, 4, 0]);
    let removed = env.json("library remove other");
    assert_removed(&removed, &env.path("other"), [5, 2, 2], false);
    assert_eq!(counts(&env.json("status"), ["tracks", "paths", "failures"]), [6, 6, 0]);
    assert_eq!(roots(&env).len(), 1);
    assert_eq!(counts(&env.json("scan"), ["found", "missing"]), [6, 0], "it is not walked any more");
    assert_eq!(env.json("cluster --n 2")["tracks"], 6);
    let back = env.run("scan other --json").json();
    assert_eq!(counts(&back, ["opened", "decoded", "failed"]), [5, 0, 1]);
    assert_eq!(counts(&env.json("status"), ["tracks", "paths"]), [8, 11]);

    fs::remove_dir_all(env.path("other")).unwrap();
    let gone = env.json("library remove other/");
    assert_removed(&gone, &env.path("other"), [5, 2, 2], false);
    assert_eq!(counts(&env.json("store prune --yes"), ["tracks"]), [2]);
    tones(&env.path("other"), "song", 4..8);
    assert_eq!(counts(&env.json("scan other"), ["opened", "decoded"]), [4, 2], "pruned is forgotten");
}

#[test]
fn a_part_of_a_folder_or_a_stranger_is_refused_and_a_daemon_is_not_disturbed() {
    let env = home();
    fs::create_dir(env.path("music/live")).unwrap();
    for (folder, word) in
        [("music/live", "ignore = [\"/live/\"]"), ("lists", "`indexer library list` shows them")]
    {
        let refused = env.run(&format!("library remove {folder}"));
        assert_eq!((refused.status, refused.stderr.lines().count()), (1, 1), "{refused:?}");
        assert!(refused.stderr.contains(word), "{refused:?}");
    }
    let daemon = Daemon::start(&env, "watch --method mfcc");
    let refused = env.run("library remove other");
    assert_eq!((refused.status, refused.stderr.lines().count()), (1, 1), "{refused:?}");
    assert!(refused.stderr.contains("the daemon"), "{refused:?}");
    assert_eq!(daemon.end(Signal::TERM).status, 0);
    assert_eq!(counts(&env.json("status"), ["tracks", "paths"]), [8, 10]);
    let told = env.run("library remove other");
    assert!(
        told.stdout.contains("4 files forgotten; 2 songs lie elsewhere too and stay; 2 songs are kept"),
        "{told:?}"
    );
}

#[test]
fn what_the_configuration_names_is_what_is_clustered() {
    let env = home();
    assert_eq!(env.json("cluster --n 2")["tracks"], 8);
    configure(&env, &["music", "new"]);
    let folders: Vec<_> = roots(&env);
    let clustered = |root: &Value| root["clustered"].as_array().unwrap().len();
    assert_eq!(folders.iter().map(clustered).collect::<Vec<_>>(), [1, 1, 0], "{folders:?}");
    let states: Vec<_> = folders.iter().map(|root| root["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["present", "unscanned", "present"]);
    let list = env.run("library list");
    assert!(list.stdout.contains("not clustered: not among the `roots`"), "{list:?}");
    let grouped = env.json("cluster --n 2");
    assert_eq!(counts(&grouped, ["tracks", "filtered"]), [6, 0]);
    let refused = env.run("cluster --n 2 --explain other/song_7.wav");
    assert!(refused.stderr.contains("not among the `roots` of the configuration"), "{refused:?}");
    assert_eq!(env.json("cluster --n 2 --path other --set other")["tracks"], 4, "what is asked for is done");
    assert_eq!(env.json("eval -n 2..3 -m mfcc")["songs"], 6);
    let told = env.run("library remove music");
    assert!(told.stdout.contains("take it out of `roots` there"), "{told:?}");
    configure(&env, &["nowhere"]);
    let none = env.run("cluster --n 2");
    assert!(none.status == 1 && none.stderr.contains("nowhere"), "{none:?}");
}
