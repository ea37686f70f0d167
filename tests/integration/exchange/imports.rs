//! What an import brings, and what it leaves.

use std::{collections::BTreeMap, fs, thread::sleep, time::Duration, time::Instant};

use indexer::testing::OpenStore;

use super::invented;
use crate::support::{
    environment::{TestEnv, counts},
    recordings::tones,
    store_contents::vectors,
};

fn open(env: &TestEnv, name: &str) -> OpenStore {
    OpenStore::open(&env.path(name)).unwrap().expect("there is a store")
}

fn invented_vectors(env: &TestEnv, name: &str) -> BTreeMap<String, Vec<f32>> {
    open(env, name).invented_vectors("cnn14").unwrap()
}

#[test]
fn an_empty_store_becomes_the_same_and_makes_the_same_playlists() {
    let env = TestEnv::with_clips();
    fs::write(env.path("music/empty.mp3"), b"").unwrap();
    // A recording at two paths is one row.
    fs::copy(env.path("music/ambient_01.mp3"), env.path("music/again.mp3")).unwrap();
    assert_eq!(env.run("scan music").status, 3);
    env.json("cluster --n 3 --output here.json");
    let exported = env.json("export -o out");
    assert_eq!(counts(&exported, ["tracks", "others", "playlists", "runs"]), [18, 1, 3, 1]);

    let imported = env.json("import out/tracks.parquet --store other");
    assert_eq!(counts(&imported, ["rows", "new", "known", "files"]), [19, 18, 0, 20]);
    assert_eq!(imported["spaces"]["mfcc"]["stored"], 18);
    assert_eq!(imported["roots"].as_array().unwrap().len(), 1);
    let (here, other) = (env.view(), open(&env, "other"));
    assert_eq!(vectors(&other).unwrap(), vectors(&here).unwrap());
    assert_eq!(format!("{:?}", other.files().unwrap()), format!("{:?}", here.files().unwrap()));
    assert_eq!(env.json("errors --store other"), env.json("errors"));

    env.json("cluster --n 3 --output there.json --store other");
    assert_eq!(fs::read(env.path("there.json")).unwrap(), fs::read(env.path("here.json")).unwrap());
    let scanned = env.run("scan --store other --json").json();
    assert_eq!(counts(&scanned, ["found", "unchanged", "opened", "decoded"]), [20, 20, 0, 0], "{scanned}");
    // Nothing is new a second time.
    let again = env.json("import out/tracks.parquet --store other");
    assert_eq!(counts(&again, ["new", "known", "files"]), [0, 18, 0]);
    assert_eq!(
        (&again["spaces"]["mfcc"]["equal"], &again["spaces"]["mfcc"]["stored"]),
        (&18.into(), &0.into())
    );
}

#[test]
fn songs_that_lie_elsewhere_here_are_not_decoded() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    let truth = vectors(&env.view()).unwrap();
    env.json("export -o out");
    fs::rename(env.path("music"), env.path("songs")).unwrap();
    let imported = env.json("import out/tracks.parquet --store other");
    assert_eq!(counts(&imported, ["new", "files"]), [18, 0]);
    let scanned = env.json("scan songs --store other");
    assert_eq!(counts(&scanned, ["found", "opened", "decoded"]), [18, 18, 0], "{scanned}");
    assert_eq!(vectors(&open(&env, "other")).unwrap(), truth);
    assert_eq!(env.json("cluster --n 3 --store other")["tracks"], 18);
}

#[test]
fn what_two_machines_have_analysed_comes_into_one_store() {
    let env = TestEnv::new();
    for (folder, range) in [("music/a", 0..4), ("music/b", 2..6)] {
        fs::create_dir(env.path(folder)).unwrap();
        tones(&env.path(folder), "tone", range);
    }
    for name in ["a", "b"] {
        env.json(&format!("scan music/{name} --store {name}"));
        env.json(&format!("export -o out-{name} --store {name}"));
    }
    let imported = env.json("import out-a/tracks.parquet out-b/tracks.parquet --store both");
    assert_eq!(counts(&imported, ["rows", "new", "known", "files"]), [8, 6, 2, 8]);
    let space = &imported["spaces"]["mfcc"];
    assert_eq!(counts(space, ["stored", "equal", "conflicts"]), [6, 2, 0]);
    let mut truth = vectors(&open(&env, "a")).unwrap();
    truth.extend(vectors(&open(&env, "b")).unwrap());
    assert_eq!(vectors(&open(&env, "both")).unwrap(), truth);
}

#[test]
fn where_both_have_a_vector_the_own_one_stays() {
    let env = TestEnv::new();
    invented(&env, "ours", 0..20, |number| number as f32);
    invented(&env, "theirs", 10..30, |number| if number < 17 { -1.0 } else { number as f32 });
    let ours = invented_vectors(&env, "ours");
    env.json("export -o out --store theirs");
    let imported = env.json("import out/tracks.parquet --store ours");
    assert_eq!(counts(&imported["spaces"]["cnn14"], ["stored", "equal", "conflicts"]), [10, 3, 7]);
    assert_eq!(imported["conflicting"][0], "/invented/00010.mp3");
    assert_eq!(imported["conflicting"].as_array().unwrap().len(), 5);
    let after = invented_vectors(&env, "ours");
    assert_eq!(after.len(), 30);
    assert!(ours.iter().all(|(content, vector)| after[content] == *vector));
    let output = env.run("import out/tracks.parquet --store ours");
    assert!(output.stdout.contains("7 other than those here, which stay"), "{output:?}");
}

#[test]
fn an_import_that_is_killed_is_completed_by_a_second_one() {
    let env = TestEnv::new();
    invented(&env, "theirs", 0..30_000, |number| number as f32 / 30_000.0);
    invented(&env, "before", 0..1, |_| 0.0);
    let truth = invented_vectors(&env, "theirs");
    env.json("export -o out --store theirs");
    let mut torn = 0;
    for pause in [0, 60, 120, 240, 480] {
        drop(fs::remove_dir_all(env.path("ours")));
        fs::create_dir(env.path("ours")).unwrap();
        fs::copy(env.path("before/library.redb"), env.path("ours/library.redb")).unwrap();
        let mut import = env.start("import out/tracks.parquet --store ours");
        sleep(Duration::from_millis(pause));
        import.kill().unwrap();
        import.wait().unwrap();
        let found = invented_vectors(&env, "ours");
        assert!(found.iter().all(|(content, vector)| truth[content] == *vector));
        torn += usize::from((2..30_000).contains(&found.len()));
        let begin = Instant::now();
        env.json("import out/tracks.parquet --store ours");
        assert!(begin.elapsed() < Duration::from_secs(120));
        assert!(invented_vectors(&env, "ours") == truth, "after {pause} ms");
    }
    assert!(torn > 0, "none was killed on its way");
}
