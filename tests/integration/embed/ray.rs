//! The printed Ray job, with one of two nodes killed in the middle.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{contents, imported};
use crate::support::{
    environment::{Output, TestEnv},
    recordings::tone,
};

/// Short recordings beside the clips; the long form has so many more.
const CLIPS: u64 = 1500;
const LONG: u64 = 20_000;

#[test]
#[ignore = "needs Ray: INDEXER_TEST_RAY names a python3 that has it"]
fn a_ray_job_whose_node_is_killed_makes_the_store_of_one_machine() {
    let python = std::env::var_os("INDEXER_TEST_RAY").expect("INDEXER_TEST_RAY names a python3 that has Ray");
    let env = TestEnv::with_clips();
    let is_long = crate::support::environment::is_long();
    for seed in 0..if is_long { LONG } else { CLIPS } {
        let folder = env.path(format!("music/{:03}", seed / 100));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{seed}.wav")), tone(seed, 1.1)).unwrap();
    }
    fs::write(env.path("music/empty.mp3"), b"").unwrap();
    let mut folders = vec!["music".to_owned()];
    if let Some(audio) = std::env::var_os("INDEXER_TEST_AUDIO") {
        folders.push(Path::new(&audio).join("music").display().to_string());
    }
    let folders = folders.join(" ");
    let size = if is_long { "60M" } else { "4M" };
    let said = env.json(&format!("embed --lists-to lists --list-size {size} {folders}"));
    fs::write(env.path("job.py"), env.run("embed --print-job ray").stdout).unwrap();

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/embed/two_nodes.py");
    let mut job = env.command(&python);
    job.arg(script).arg(env!("CARGO_BIN_EXE_indexer")).args(["job.py", "lists", "shards"]);
    let output = Output::of(job);
    assert_eq!(output.status, 0, "{output:?}");
    println!("{}{}", output.stdout, output.stderr.lines().last().unwrap_or_default());
    assert!(output.stdout.contains("killed a node"), "{output:?}");

    let (merged, store) = imported(&env, "shards");
    assert_eq!(merged["rows"], said["files"], "every file is in one row");
    env.run(&format!("scan {folders} --method mfcc"));
    let (alone, together) = (contents(&env.store(), &["mfcc"]), contents(&store, &["mfcc"]));
    assert_eq!(alone.0.len(), said["files"].as_u64().unwrap() as usize);
    let paths: BTreeSet<_> = together.0.iter().map(|(path, _)| path).collect();
    assert_eq!(paths.len(), together.0.len());
    assert!(alone == together, "to the bit");
    println!("{} files, {} vectors: equal to those of one machine", alone.0.len(), alone.1.len());
}
