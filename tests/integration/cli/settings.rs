//! Short flags, and the environment: what is in force, and that commands do what is shown.

use std::fs;

use crate::support::environment::TestEnv;

/// The line of `config show` for a key of a table.
fn shown(env: &TestEnv, table: &str, key: &str) -> String {
    let all = env.json("config show")["config"].clone();
    let table = if table.is_empty() { &all } else { &all[table] };
    table[key].to_string()
}

#[test]
fn config_show_tells_what_the_environment_sets_for_commands() {
    for (name, value, table, key, in_force) in [
        ("INDEXER_N", "5", "cluster", "n", "5"),
        ("INDEXER_METHOD", "cnn14", "cluster", "method", "\"cnn14\""),
        ("INDEXER_METHOD", "cnn14", "scan", "method", "\"cnn14\""),
        ("INDEXER_ALGORITHM", "ward", "cluster", "algorithm", "\"ward\""),
        ("INDEXER_LEARN_FROM", "artist", "cluster", "learn_from", "\"artist\""),
        ("INDEXER_CLUSTER_LEARN_FROM", "album", "cluster", "learn_from", "\"album\""),
        ("INDEXER_HOURS", "01:00-07:00", "watch", "hours", "\"01:00-07:00\""),
        ("INDEXER_RETRY_FAILED", "1", "scan", "retry_failed", "true"),
        ("INDEXER_PLAYLISTS", "lists", "cluster", "playlists", "\"lists\""),
        ("INDEXER_PATH_MAP", "/a=/b", "cluster", "path_map", "[\"/a=/b\"]"),
        ("INDEXER_GENRE", "Jazz", "cluster", "genre", "[\"Jazz\"]"),
        ("INDEXER_MAX_SIZE", "30", "cluster", "max_size", "30"),
        ("INDEXER_WATCH_WALK_MINUTES", "7", "watch", "walk_minutes", "7"),
        ("INDEXER_JOBS", "3", "", "jobs", "3"),
    ] {
        let mut env = TestEnv::new();
        let before = shown(&env, table, key);
        env.set(name, value);
        assert_ne!(before, in_force, "{name}");
        assert_eq!(shown(&env, table, key), in_force, "{name}={value}");
    }
    let mut env = TestEnv::new();
    env.set("INDEXER_CLUSTER_KMEANS_STARTS", "3");
    assert_eq!(env.json("config show")["config"]["cluster"]["kmeans"]["starts"], 3);
    env.set("INDEXER_N", "many");
    let refused = env.run("config show");
    assert_eq!((refused.status, refused.stderr.lines().count()), (2, 1), "{refused:?}");
}

#[test]
fn a_command_does_what_config_show_tells() {
    let mut env = TestEnv::with_clips();
    fs::write(env.path("few.toml"), "[cluster]\nn = 4\n").unwrap();
    env.json("scan music");
    assert_eq!(env.json("cluster --config few.toml")["n"], 4);
    env.set("INDEXER_N", "5");
    assert_eq!(env.json("config show --config few.toml")["config"]["cluster"]["n"], 5);
    assert_eq!(env.json("cluster --config few.toml")["n"], 5);
    env.set("INDEXER_ALGORITHM", "k-means");
    assert_eq!(env.run("config check").status, 2, "what commands would be given is checked too");
}

#[test]
fn nothing_and_auto_leave_the_number_open_in_flags_and_files() {
    let mut env = TestEnv::with_clips();
    env.json("scan music");
    let found = env.json("cluster --n auto --fresh")["n"].clone();
    fs::write(env.path("open.toml"), "[cluster]\nn = 0\n").unwrap();
    fs::write(env.path("dbscan.toml"), "[cluster]\nalgorithm = \"dbscan\"\n").unwrap();
    for line in ["cluster --n 0", "cluster -n 0", "cluster --config open.toml"] {
        assert_eq!(env.json(line)["n"], found, "{line}");
    }
    assert_eq!(env.run("cluster -n 0 --config dbscan.toml").status, 0, "finds the number itself");
    env.set("INDEXER_N", "0");
    assert_eq!(env.json("cluster")["n"], found);
}

#[test]
fn short_flags_are_the_long_ones() {
    let env = TestEnv::with_clips();
    let scan = env.run("scan music -m mfcc -j 1 -q");
    assert_eq!((scan.status, scan.stdout.as_str(), scan.stderr.as_str()), (0, "", ""), "{scan:?}");
    let quiet = env.run("scan --quiet");
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""), "{quiet:?}");
    for flag in ["-v", "--verbose", "--debug"] {
        let scan = env.run(&format!("scan music -m none {flag} --store store{flag}"));
        assert!(scan.stderr.contains("files to be opened"), "{flag}: {scan:?}");
    }
    assert_eq!(env.json("cluster -n 3 -m mfcc -o p.json")["n"], 3);
    assert!(env.path("p.json").exists());
    assert_eq!(env.json("config show -j 2")["config"]["jobs"], 2);
    assert!(env.run("-V").stdout.starts_with("indexer "));
}

#[test]
fn a_method_of_the_environment_is_one_for_scans_as_well() {
    for method in ["best", "mfcc"] {
        let mut env = TestEnv::with_clips();
        env.set("INDEXER_METHOD", method);
        assert_eq!(env.json("scan music")["stored"]["mfcc"], 18, "{method}");
        assert_eq!(env.json("cluster --n 3")["method"], "mfcc", "{method}");
    }
    let mut env = TestEnv::with_clips();
    env.set("INDEXER_METHOD", "mfcc+mfcc");
    assert!(env.run("scan music").stderr.contains("names a method twice"));
}
