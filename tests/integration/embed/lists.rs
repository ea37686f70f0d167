//! Folders are divided into lists that hold every file once.

use std::collections::BTreeSet;
use std::fs;

use super::{contents, imported};
use crate::support::{
    albums::{album, sheet},
    environment::{Output, TestEnv},
    recordings::tones,
    refusal::refuses,
};

#[test]
fn lists_hold_every_file_once_and_say_their_root() {
    let env = TestEnv::with_clips();
    tones(&env.path("other/album"), "tone", 0..10);
    fs::write(env.path("music/cover.jpg"), "no music").unwrap();
    let said = env.json("embed --lists-to lists --list-size 500K music other");
    let lists: Vec<_> = said["lists"].as_array().unwrap().iter().map(|list| list.as_str().unwrap()).collect();
    assert!(lists.len() > 3 && said["files"] == 28, "{said}");
    let mut files = BTreeSet::new();
    fs::create_dir(env.path("shards")).unwrap();
    for (number, list) in lists.iter().enumerate() {
        let text = fs::read_to_string(env.path(list)).unwrap();
        let (root, paths) = text.split_once('\n').unwrap();
        let root = root.strip_prefix("# root ").unwrap();
        for path in paths.lines() {
            assert!(path.starts_with(root) && files.insert(path.to_owned()), "{path}");
        }
        env.json(&format!("embed --files-from {list} --to shards/{number}.parquet --method mfcc"));
    }
    assert_eq!(files.len(), 28);
    let (said, merged) = imported(&env, "shards");
    assert_eq!((&said["rows"], said["roots"].as_array().unwrap().len()), (&28.into(), 2), "{said}");
    env.json("scan music other --method mfcc");
    assert!(contents(&merged, &["mfcc"]) == contents(&env.store(), &["mfcc"]));
    refuses(&env, "embed --lists-to lists music", 2, "usage", "is not empty");
    fs::create_dir(env.path("silent")).unwrap();
    refuses(&env, "embed --lists-to l silent", 1, "failed", "holds no music");
    refuses(&env, "embed --lists-to l nowhere", 1, "folder", "nowhere");
}

#[test]
fn albums_in_one_file_are_songs_in_the_shard_too() {
    let env = TestEnv::new();
    fs::create_dir_all(env.path("music")).unwrap();
    fs::write(env.path("music/album.wav"), album(10)).unwrap();
    fs::write(env.path("music/album.cue"), sheet("album.wav", &[0, 2, 4])).unwrap();
    env.json("embed --lists-to lists music");
    fs::create_dir(env.path("shards")).unwrap();
    let said = env.json("embed --files-from lists/0001.list --to shards/a.parquet");
    assert_eq!(said["files"], 1);
    let (_, merged) = imported(&env, "shards");
    env.json("scan music");
    assert!(contents(&merged, &["mfcc"]) == contents(&env.store(), &["mfcc"]));
    assert_eq!(contents(&merged, &["mfcc"]).0.len(), 3);
}

#[test]
fn each_task_of_the_printed_slurm_script_analyses_its_list() {
    let env = TestEnv::with_clips();
    // A list of one file each, and of the names some with a space.
    env.json("embed --lists-to my-lists --list-size 1 music");
    fs::rename(env.path("my-lists"), env.path("my lists")).unwrap();
    fs::write(env.path("job.sh"), env.run("embed --print-job slurm").stdout).unwrap();
    let task = |number: usize| {
        let mut job = env.command("sh");
        job.arg("job.sh").env("LISTS", env.path("my lists")).env("OUT", env.path("my shards"));
        job.env("INDEXER", env!("CARGO_BIN_EXE_indexer")).env("SLURM_ARRAY_TASK_ID", number.to_string());
        job.env("METHOD", "mfcc").env("SLURM_CPUS_PER_TASK", "1");
        Output::of(job)
    };
    let lists = fs::read_dir(env.path("my lists")).unwrap().count();
    assert!(lists > 2, "{lists}");
    for number in [1, lists] {
        assert_eq!(task(number).status, 0, "task {number}");
        assert!(env.path(format!("my shards/{number:04}.parquet")).exists());
    }
    let beyond = task(lists + 1);
    assert_eq!((beyond.status, beyond.stderr.contains("has no list number")), (1, true), "{beyond:?}");
    assert_eq!(fs::read_dir(env.path("my shards")).unwrap().count(), 2);
}
