//! A shard holds what a scan would store, and gets its name when it is whole.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use super::{clips, contents, imported, list};
use crate::support::{
    environment::{TestEnv, counts, snapshot},
    miniature_model::install,
    recordings::tones,
    refusal::refuses,
};

#[test]
fn shards_of_a_library_become_the_store_that_a_scan_makes() {
    let env = TestEnv::with_clips();
    install(&env, "mini");
    fs::write(env.path("music/empty.mp3"), b"").unwrap();
    fs::write(env.path("music/text.mp3"), b"no sound").unwrap();
    let files = clips(&env);
    fs::create_dir(env.path("shards")).unwrap();
    let root = env.path("music").display().to_string();
    for (number, part) in files.chunks(7).enumerate() {
        let part: Vec<_> = part.iter().map(String::as_str).collect();
        list(&env, "list", &part);
        let line =
            format!("embed --files-from list --to shards/{number}.parquet --root {root} --method mfcc,mini");
        let said = env.json(&line);
        assert_eq!((&said["files"], &said["was_there"]), (&part.len().into(), &false.into()));
    }
    assert!(!env.store().join("library.redb").exists(), "it needs no store");
    let (said, merged) = imported(&env, "shards");
    assert_eq!((&said["new"], &said["files"]), (&18.into(), &20.into()), "{said}");

    env.run("scan music --method mfcc,mini");
    let methods = ["mfcc", "mini"];
    assert!(contents(&merged, &methods) == contents(&env.store(), &methods));
    let merged = merged.display();
    let failures = |store: &str| {
        let found = env.json(&format!("errors --store {store}"));
        let of = |failure: &serde_json::Value| (failure["path"].clone(), failure["kind"].clone());
        found["failures"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(failures(&merged.to_string()), failures(&env.store().display().to_string()));
    let again = env.run(&format!("scan music --method mfcc,mini --json --store {merged}")).json();
    assert_eq!(counts(&again, ["found", "opened", "decoded"]), [20, 0, 0], "nothing is decoded again");
    for store in [merged.to_string(), env.store().display().to_string()] {
        env.json(&format!("cluster --n 3 --method mfcc+mini --output p.json --store {store}"));
        fs::rename(env.path("p.json"), env.path(if store.ends_with("merged") { "a.json" } else { "b.json" }))
            .unwrap();
    }
    let text = |name: &str| fs::read_to_string(env.path(name)).unwrap();
    assert_eq!(text("a.json"), text("b.json"));
}

#[test]
fn files_that_fail_are_rows_and_no_failure_of_the_shard() {
    let env = TestEnv::with_clips();
    fs::write(env.path("empty.mp3"), b"").unwrap();
    list(&env, "list", &["music/ambient_01.mp3", "empty.mp3", "nowhere.mp3", "music"]);
    let said = env.json("embed --files-from list --to a.parquet");
    assert_eq!(counts(&said, ["files", "tracks", "failed"]), [4, 1, 3]);
    let strict = env.run("embed --files-from list --to b.parquet --strict");
    assert_eq!(strict.status, 3, "{strict:?}");
    let (said, _) = {
        fs::create_dir(env.path("shards")).unwrap();
        fs::rename(env.path("b.parquet"), env.path("shards/b.parquet")).unwrap();
        imported(&env, "shards")
    };
    assert_eq!((&said["rows"], &said["new"]), (&4.into(), &1.into()), "every file is in one row: {said}");
}

#[test]
fn a_finished_shard_is_skipped_and_another_one_replaced() {
    let env = TestEnv::with_clips();
    list(&env, "one", &["music/ambient_01.mp3"]);
    list(&env, "two", &["music/ambient_01.mp3", "music/ambient_02.flac"]);
    env.json("embed --files-from one --to s.parquet");
    let before = snapshot(&env.path(""));
    assert_eq!(env.json("embed --files-from one --to s.parquet")["was_there"], true);
    assert!(before == snapshot(&env.path("")));
    assert!(env.run("embed --files-from one --to s.parquet").stdout.contains("is finished already"));
    assert_eq!(env.json("embed --files-from one --to s.parquet --force")["was_there"], false);
    assert_eq!(env.json("embed --files-from two --to s.parquet")["tracks"], 2);
    fs::write(env.path("mine.parquet"), "mine").unwrap();
    refuses(&env, "embed --files-from one --to mine.parquet", 2, "usage", "is a file of somebody else");
    assert_eq!(env.json("embed --files-from one --to mine.parquet --force")["tracks"], 1);
}

#[test]
fn a_call_that_is_killed_leaves_no_shard() {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..200);
    let files = clips(&env);
    list(&env, "list", &files.iter().map(String::as_str).collect::<Vec<_>>());
    for round in 1..5 {
        let mut embedding = env.start("embed --files-from list --to s.parquet");
        sleep(Duration::from_millis(40 * round));
        embedding.kill().unwrap();
        embedding.wait().unwrap();
        if env.path("s.parquet").exists() {
            assert_eq!(env.json("embed --files-from list --to s.parquet")["was_there"], true);
            break;
        }
    }
    assert_eq!(env.json("embed --files-from list --to s.parquet")["tracks"], 200);
}

#[test]
fn what_cannot_be_done_is_refused_in_a_line() {
    let env = TestEnv::with_clips();
    list(&env, "list", &["music/ambient_01.mp3"]);
    fs::write(env.path("nothing"), "\n").unwrap();
    refuses(&env, "embed --files-from nowhere --to s.parquet", 1, "failed", "cannot read the list nowhere");
    refuses(&env, "embed --files-from nothing --to s.parquet", 1, "failed", "names no file");
    refuses(&env, "embed --files-from list --to no/s.parquet", 1, "failed", "cannot write no/s.parquet");
    refuses(&env, "embed --files-from list --to music", 2, "usage", "is a folder or a device");
    refuses(&env, "embed --files-from list --to s.parquet --method nonsense", 2, "usage", "nonsense");
    refuses(&env, "embed", 2, "usage", "--files-from");
    refuses(&env, "embed --print-job condor", 2, "usage", "choose from ray, slurm, parallel, spark");
}
