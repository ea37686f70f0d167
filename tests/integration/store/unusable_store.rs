//! A store that is absent, empty, newer, elsewhere or in use: one line, and not a byte of it changed.

use std::{fs, os::unix::fs::PermissionsExt};

use indexer::testing::{WritableStore, newer_schema_row};
use redb::{ConcurrencyMode, Database, TableDefinition};

use indexer::testing::figure;

use crate::support::{
    environment::{TestEnv, counts},
    refusal::refuses,
};

const FAILED: i32 = 1;

#[test]
fn a_missing_store_is_told_how_to_be_made() {
    let env = TestEnv::with_clips();
    for line in ["cluster --n 3", "status", "errors"] {
        refuses(&env, line, FAILED, "store", "index some music first with `indexer scan FOLDER`");
    }
    refuses(&env, "scan", 2, "usage", "indexer scan ~/Music");
    let dry = env.run("scan music --dry-run");
    assert_eq!((dry.status, dry.stdout.lines().count()), (0, 19));
    assert!(!env.store().exists(), "a dry run makes none");
}

#[test]
fn an_empty_store_has_nothing_to_be_clustered() {
    let env = TestEnv::new();
    assert_eq!(counts(&env.json("scan music"), ["found", "failed"]), [0, 0]);
    assert_eq!(counts(&env.json("status"), ["tracks", "paths", "failures"]), [0, 0, 0]);
    assert_eq!(env.run("errors").stdout, "no failures\n");
    let output = env.run("cluster --n 3 --output p.json --playlists lists --json");
    assert_eq!((output.status, &output.json()["error"]["kind"]), (FAILED, &"failed".into()));
    assert!(output.stderr.contains("run `indexer scan` first") && output.stderr.lines().count() == 1);
    assert!(!env.path("p.json").exists() && !env.path("lists").exists());
}

#[test]
fn a_newer_store_is_refused_and_keeps_every_byte() {
    for file in ["library.redb", "playlists.redb"] {
        let env = TestEnv::with_clips();
        env.json("scan music");
        env.json("cluster --n 3");
        make_newer(&env.store().join(file));
        let (known, _) = newer_schema_row();
        let word = format!(
            "was written by a newer indexer (schema {}; this one knows {known}): update indexer",
            known + 1
        );
        let word = word.as_str();
        refuses(&env, "cluster --n 4", FAILED, "store", word);
        if file == "library.redb" {
            for line in ["scan music", "scan music --dry-run", "status", "errors", "run --path music --n 3"] {
                refuses(&env, line, FAILED, "store", word);
            }
        }
    }
    figure("T14", 1, "newer store", "refused, no byte changed");
}

/// Writes the row of a schema that does not exist yet, with the checksum that every row has.
fn make_newer(path: &std::path::Path) {
    let (_, row) = newer_schema_row();
    let mut builder = Database::builder();
    let database = builder.set_concurrency_mode(ConcurrencyMode::SingleWriter).open(path).unwrap();
    let write = database.begin_write().unwrap();
    let meta: TableDefinition<&str, &[u8]> = TableDefinition::new("meta");
    write.open_table(meta).unwrap().insert("schema", row.as_slice()).unwrap();
    write.commit().unwrap();
    database.close().unwrap();
}

#[test]
fn a_store_on_a_network_filesystem_is_refused() {
    for with_store in [false, true] {
        let mut env = TestEnv::with_clips();
        if with_store {
            env.json("scan music");
        }
        env.set("INDEXER_TEST_FILESYSTEM", "NFS");
        for line in ["scan music", "run --path music --n 3", "cluster --n 3", "status", "errors"] {
            refuses(&env, line, FAILED, "store", "is on NFS, whose locks cannot guard a database");
        }
    }
}

#[test]
fn a_second_writer_is_refused_and_readers_are_not() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    let expected = env.json("cluster --n 3")["run"].clone();
    let library = WritableStore::open(&env.store()).unwrap();
    for line in ["scan", "scan music", "run --path music --n 3"] {
        refuses(&env, line, FAILED, "store", "another indexer is writing");
    }
    assert_eq!(env.json("status")["tracks"], 18);
    assert_eq!(env.json("cluster --n 3")["run"], expected);
    assert_eq!(counts(&env.json("scan --dry-run"), ["found", "unchanged"]), [18, 18]);
    drop(library);
    assert_eq!(counts(&env.json("scan"), ["unchanged"]), [18]);
}

#[test]
fn a_store_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let env = TestEnv::with_clips();
    env.json("scan music --logfile log");
    env.json("cluster --n 3");
    let mode = |name: &str| fs::metadata(env.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data/indexer"), 0o700);
    for file in ["data/indexer/library.redb", "data/indexer/playlists.redb", "log"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
}

#[test]
fn a_store_that_other_users_can_change_is_refused() {
    let env = TestEnv::with_clips();
    env.json("scan music --method none");
    fs::set_permissions(env.store(), fs::Permissions::from_mode(0o777)).unwrap();
    for line in ["status", "cluster --n 3", "scan music", "store check", "watch music", "playlists list"] {
        refuses(&env, line, FAILED, "store", "can be changed by other users: `chmod go-w ");
    }
    fs::set_permissions(env.store(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(env.run("status").status, 0);
}
