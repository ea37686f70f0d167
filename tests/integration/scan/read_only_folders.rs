//! Music and stores that may not be written are read all the same (T10).

use std::fs;

use indexer::testing::WritableStore;

use indexer::testing::figure;

use crate::support::{
    environment::{TestEnv, counts, snapshot},
    namespace::run_read_only,
};

#[test]
fn read_only_music_is_indexed_and_stays_as_it_is() {
    let env = TestEnv::with_clips();
    let (music, before) = (env.path("music"), snapshot(&env.path("music")));
    let line = "run --path music --n 3 --output p.json --playlists lists --json";
    let Some(output) = run_read_only(&env, &[&music], line) else { return };
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{output:?}");
    assert_eq!(counts(&output.json(), ["found", "decoded", "failed"]), [18, 18, 0]);
    assert_eq!(snapshot(&env.path("lists")).len(), 3);
    assert!(before == snapshot(&music));
    figure("T10", 1, "read-only library", "indexed, unchanged");
}

#[test]
fn a_read_only_store_is_clustered_with_one_warning() {
    for was_clustered in [false, true] {
        let env = TestEnv::with_clips();
        env.json("scan music");
        if was_clustered {
            env.json("cluster --n 3");
        }
        let (store, before) = (env.store(), snapshot(&env.store()));
        let line = "cluster --n 3 --output p.json --playlists lists --json";
        let Some(output) = run_read_only(&env, &[&store], line) else { return };
        assert_eq!((output.status, output.stderr.lines().count()), (0, 1), "{output:?}");
        assert!(
            output.stderr.starts_with("warning: ") && output.stderr.contains("not remembered"),
            "{output:?}"
        );
        assert_eq!(output.json()["tracks"], 18);
        assert!(env.path("p.json").exists());
        assert_eq!(snapshot(&env.path("lists")).len(), 3);
        assert!(before == snapshot(&store));
        for line in ["status", "errors"] {
            assert_eq!(run_read_only(&env, &[&store], line).unwrap().status, 0, "{line}");
        }
    }
    figure("T10", 1, "read-only store", "clustered, with one warning");
}

#[test]
fn a_read_only_store_is_not_scanned_into() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    let Some(output) = run_read_only(&env, &[&env.store()], "scan --json") else { return };
    assert_eq!((output.status, output.stderr.lines().count()), (1, 1), "{output:?}");
    assert_eq!(output.json()["error"]["kind"], "store");
    assert!(output.stderr.contains("cannot write") && output.stderr.contains("--store"), "{output:?}");
}

#[test]
fn a_store_that_needs_repair_and_may_not_be_written_says_so() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    // As a killed writer leaves it: held open, and copied meanwhile.
    let library = WritableStore::open(&env.store()).unwrap();
    fs::copy(env.store().join("library.redb"), env.path("torn")).unwrap();
    drop(library);
    fs::rename(env.path("torn"), env.store().join("library.redb")).unwrap();
    let Some(output) = run_read_only(&env, &[&env.store()], "status --json") else { return };
    assert_eq!((output.status, output.stderr.lines().count()), (1, 1), "{output:?}");
    assert!(output.stderr.contains("needs a repair"), "{output:?}");
    assert_eq!(env.json("status")["tracks"], 18, "whoever may write repairs it in passing");
    assert_eq!(run_read_only(&env, &[&env.store()], "status").unwrap().status, 0);
}

#[test]
fn a_target_that_cannot_be_written_is_refused() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    let target = env.path("target");
    fs::create_dir(&target).unwrap();
    for flag in ["--output target/p.json", "--playlists target", "--playlists target/lists"] {
        let Some(output) = run_read_only(&env, &[&target], &format!("cluster --n 3 {flag}")) else { return };
        assert_eq!((output.status, output.stderr.lines().count()), (1, 1), "{output:?}");
        assert!(output.stderr.contains("target"), "{output:?}");
    }
}
