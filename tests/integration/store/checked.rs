//! What is damaged in a store is told by every command that meets it, and `store check --repair` leaves a whole one.

use std::fs;

use redb::{Database, Key, ReadableTable, TableDefinition};
use serde_json::Value;

use indexer::testing::figure;

use crate::support::{
    environment::{TestEnv, counts},
    recordings::{Dice, tones},
    store_contents::{Truth, lost, vectors, wrong},
};

/// Flips a bit of the first row of a table.
fn damage<K: Key + 'static>(env: &TestEnv, file: &str, table: TableDefinition<K, &[u8]>) {
    let mut builder = Database::builder();
    let builder = builder.set_concurrency_mode(redb::ConcurrencyMode::SingleWriter);
    let database = builder.open(env.store().join(file)).unwrap();
    let write = database.begin_write().unwrap();
    {
        let mut rows = write.open_table(table).unwrap();
        let (key, row) = {
            let (key, row) = rows.first().unwrap().unwrap();
            (K::as_bytes(&key.value()).as_ref().to_vec(), row.value().to_vec())
        };
        let damaged: Vec<u8> = row.iter().enumerate().map(|(n, byte)| byte ^ u8::from(n == 9)).collect();
        rows.insert(K::from_bytes(&key), damaged.as_slice()).unwrap();
    }
    write.commit().unwrap();
}

const FILES: TableDefinition<&[u8], &[u8]> = TableDefinition::new("files");
const TRACKS: TableDefinition<u32, &[u8]> = TableDefinition::new("tracks");
const RUNS: TableDefinition<(&str, u64), &[u8]> = TableDefinition::new("runs");

fn home() -> TestEnv {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..12);
    env.json("scan music --method mfcc");
    env.json("cluster --n 2 --playlists lists");
    env
}

fn truth(env: &TestEnv) -> Truth {
    vectors(&env.view()).unwrap()
}

fn lost_rows(check: &Value, database: usize) -> Value {
    check["databases"][database]["lost"].clone()
}

#[test]
fn every_command_that_meets_a_damaged_row_says_so_and_prune_forgets_nothing() {
    let env = home();
    damage(&env, "library.redb", FILES);
    assert_eq!(env.json("status")["damaged"], 1);
    assert!(env.run("status").stdout.contains("1 row of the store"));
    for line in
        ["errors", "cluster --n 2 --dry-run", "runs show latest --songs", "playlists show 0", "eval --n 2"]
    {
        let output = env.run(line);
        assert!(output.stderr.contains("warning: 1 row of the store is damaged"), "{line}: {output:?}");
    }
    for line in ["store prune", "store prune --dry-run", "store prune --yes"] {
        let output = env.run(line);
        assert_eq!((output.status, output.stderr.lines().count()), (1, 1), "{line}: {output:?}");
        assert!(output.stderr.contains("1 row of the store cannot be read"), "{line}: {output:?}");
    }
    let scan = env.run("scan --method mfcc --json");
    assert!(scan.stderr.contains("warning: 1 row of the store is damaged"), "{scan:?}");
    assert_eq!(
        counts(&scan.json(), ["found", "opened", "decoded"]),
        [12, 1, 0],
        "it is known by its content"
    );
    assert_eq!(env.json("status")["damaged"], 0);
    assert_eq!(env.run("store prune").status, 0);
}

#[test]
fn a_repair_keeps_what_is_whole_and_the_next_scan_makes_the_rest_again() {
    for (is_track, lost, decoded) in [(false, "files", 0), (true, "tracks", 1)] {
        let env = home();
        let before = truth(&env);
        let check = env.json("store check");
        assert_eq!(check["databases"].as_array().unwrap().len(), 2);
        assert_eq!(
            [lost_rows(&check, 0), lost_rows(&check, 1)],
            [serde_json::json!({}), serde_json::json!({})]
        );
        if is_track {
            damage(&env, "library.redb", TRACKS)
        } else {
            damage(&env, "library.redb", FILES)
        }
        let check = env.run("store check --json");
        assert_eq!((check.status, &lost_rows(&check.json(), 0)[lost]), (1, &1.into()), "{check:?}");
        assert!(env.run("store check").stdout.contains("store check --repair"));
        let repaired = env.run("store check --repair");
        assert_eq!((repaired.status, repaired.stderr.as_str()), (0, ""), "{repaired:?}");
        assert!(repaired.stdout.contains("library.redb.damaged"), "{repaired:?}");
        assert!(env.store().join("library.redb.damaged").exists());
        assert_eq!(env.run("store check").status, 0);
        let scan = env.json("scan --method mfcc");
        assert_eq!(counts(&scan, ["found", "opened", "decoded"]), [12, 1, decoded], "{lost}");
        let after = truth(&env);
        assert_eq!((wrong(&after, &before).len(), lost_of(&after, &before)), (0, 0), "{lost}");
    }
}

fn lost_of(found: &Truth, truth: &Truth) -> usize {
    lost(found, truth).len()
}

#[test]
fn a_damaged_run_costs_that_run_and_an_emptied_history_is_not_taken_for_a_new_one() {
    let env = home();
    env.json("cluster --n 3 --playlists lists");
    damage(&env, "playlists.redb", RUNS);
    let check = env.run("store check --json");
    assert_eq!((check.status, &lost_rows(&check.json(), 1)["runs"]), (1, &1.into()), "{check:?}");
    env.json("store check --repair");
    assert_eq!(env.json("runs list")["runs"].as_array().unwrap().len(), 1);
    fs::write(env.store().join("playlists.redb"), b"").unwrap();
    let lists = || {
        fs::read_dir(env.path("lists"))
            .unwrap()
            .map(|entry| fs::read(entry.unwrap().path()).unwrap())
            .collect::<Vec<_>>()
    };
    let before = lists();
    for line in ["cluster --n 3 --playlists lists", "runs list", "playlists list"] {
        let output = env.run(line);
        assert_eq!((output.status, output.stderr.lines().count()), (1, 1), "{line}: {output:?}");
        assert!(output.stderr.contains("playlists.redb is empty"), "{line}: {output:?}");
    }
    assert_eq!(lists(), before);
    assert_eq!(env.run("store check --repair").status, 0);
    assert_eq!(env.run("cluster --n 3 --playlists other").status, 0);
}

#[test]
fn whatever_bit_is_flipped_a_repair_and_a_scan_bring_everything_back() {
    let env = home();
    let before = truth(&env);
    let file = env.store().join("library.redb");
    let whole = fs::read(&file).unwrap();
    let mut dice = Dice(7);
    for flip in 0..40 {
        let bit = dice.below(8 * if flip % 4 == 0 { 320 } else { whole.len() });
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&file, &bytes).unwrap();
        let repaired = env.run("store check --repair");
        assert_eq!((repaired.status, repaired.stderr.as_str()), (0, ""), "bit {bit}: {repaired:?}");
        let scanned = env.run("scan music --method mfcc --json");
        assert_eq!((scanned.status, scanned.stderr.as_str()), (0, ""), "bit {bit}: {repaired:?} {scanned:?}");
        let after = truth(&env);
        assert_eq!(
            (wrong(&after, &before).len(), lost_of(&after, &before)),
            (0, 0),
            "bit {bit}: {repaired:?}"
        );
        assert_eq!(env.run("store check").status, 0, "bit {bit}");
    }
    figure("T15", 40, "flipped bits, repaired", "all vectors back after a scan");
}
