//! What cannot be exported or imported is refused in one line, and leaves everything as it was.

use std::fs;

use super::invented;
use crate::support::{daemon::Daemon, environment::TestEnv, refusal::refuses, store_contents::vectors};

#[test]
fn a_file_that_is_no_whole_export_of_tracks_is_not_imported() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env.json("cluster --n 3");
    env.json("export -o out");
    env.json("export -o csv --format csv");
    let whole = fs::read(env.path("out/tracks.parquet")).unwrap();
    fs::write(env.path("half.parquet"), &whole[..whole.len() / 2]).unwrap();
    // The last four bytes are a mark of the format.
    fs::write(env.path("most.parquet"), &whole[..whole.len() - 100]).unwrap();
    fs::write(env.path("empty.parquet"), b"").unwrap();
    let import =
        |files: &str, word| refuses(&env, &format!("import {files} --store other"), 1, "failed", word);
    import("half.parquet", "half.parquet is no whole Parquet file");
    import("out/tracks.parquet most.parquet", "most.parquet is no whole Parquet file");
    import("empty.parquet", "copy it again, or export again");
    import("out/playlists.parquet", "out/playlists.parquet holds playlists, and only tracks can be imported");
    import("csv/tracks.csv", "csv/tracks.csv is no whole Parquet file");
    import("nowhere.parquet", "cannot read nowhere.parquet");
    import("out", "cannot read out");
    assert!(!env.path("other").exists());
}

#[test]
fn vectors_of_another_recipe_stay_outside() {
    let env = TestEnv::with_clips();
    invented(&env, "theirs", 0..5, |number| number as f32);
    env.json("export -o invented --store theirs");
    let word = "holds no vectors that this program can compare with its own (cnn14 ";
    refuses(&env, "import invented/tracks.parquet --store other", 1, "failed", word);
    assert!(!env.path("other").exists());

    // Beside others that are known, they are left out, and told of.
    env.json("scan music --store theirs");
    env.json("export -o both --store theirs");
    let imported = env.json("import both/tracks.parquet --store other");
    assert_eq!(imported["foreign"][0]["name"], "cnn14");
    assert_eq!(imported["spaces"].as_object().unwrap().keys().collect::<Vec<_>>(), ["mfcc"]);
    let [theirs, other] =
        ["theirs", "other"].map(|name| indexer::testing::OpenStore::open(&env.path(name)).unwrap().unwrap());
    assert_eq!(other.spaces().unwrap(), ["mfcc"]);
    assert_eq!(vectors(&other).unwrap(), vectors(&theirs).unwrap());
    let output = env.run("import both/tracks.parquet --store other");
    assert!(output.stdout.contains("left out: vectors of cnn14 "), "{output:?}");
}

#[test]
fn only_exports_of_ours_are_replaced() {
    let env = TestEnv::with_clips();
    refuses(&env, "export -o out", 1, "store", "scan");
    env.json("scan music");
    fs::create_dir(env.path("mine")).unwrap();
    fs::write(env.path("mine/tracks.parquet"), "mine").unwrap();
    refuses(&env, "export -o mine", 2, "usage", "--force");
    refuses(&env, "export -o music/ambient_01.mp3", 2, "usage", "name a folder");
    refuses(&env, "export -o none/out", 1, "failed", "none/out");
    refuses(&env, "export -o out --format odd", 2, "usage", "parquet, npy, csv");
    refuses(&env, "export -o out --method cnn14", 2, "usage", "it has those of mfcc");
    assert!(!env.path("out").exists());
    assert_eq!(fs::read(env.path("mine/tracks.parquet")).unwrap(), b"mine");
    env.json("export -o mine --force");
    env.json("export -o mine");
}

#[test]
fn nothing_is_imported_beside_a_daemon() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env.json("export -o out");
    let daemon = Daemon::start(&env, "watch music");
    let output = env.run("import out/tracks.parquet");
    assert_eq!(output.status, 1, "{output:?}");
    assert!(output.stderr.contains("the daemon (process "), "{output:?}");
    drop(daemon);
}
