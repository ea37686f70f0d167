//! What cannot be done is refused in one line that says what to do, and leaves everything as it was.

use std::fs;

use crate::support::{
    environment::{TestEnv, counts},
    recordings::tone,
    refusal::refuses,
};

const USAGE: i32 = 2;
const FAILED: i32 = 1;

/// A command line that is refused: exit code, kind of the JSON, a word of the message.
struct Case {
    line: &'static str,
    status: i32,
    kind: &'static str,
    word: &'static str,
}

const fn case(line: &'static str, status: i32, kind: &'static str, word: &'static str) -> Case {
    Case { line, status, kind, word }
}

/// In a home with an indexed library.
const CASES: &[Case] = &[
    case("cluster --n 19", FAILED, "failed", "choose at most 18"),
    case("errors --kind odd", USAGE, "usage", "choose from empty, not-audio"),
    case("cluster --n 3 --genre Polka", FAILED, "failed", "there are Acoustic (6), Ambient (6)"),
    case("scan music/nope", FAILED, "folder", "music/nope (check that the folder exists"),
    case("scan music/nope --dry-run", FAILED, "folder", "music/nope (check that the folder exists"),
    case("watch music/nope", FAILED, "folder", "music/nope (check that the folder exists"),
    case("run --path music/nope", FAILED, "folder", "music/nope (check that the folder exists"),
    case("cluster --n 3 --algorithm dbscan", USAGE, "usage", "leave --n out"),
    case("run --path music --n 3 --algorithm hdbscan", USAGE, "usage", "leave --n out"),
    case("service print --config dbscan.toml --n 3", USAGE, "usage", "leave --n out"),
    case("cluster --config few.toml --algorithm ward", FAILED, "failed", "cluster.ward.max_tracks"),
    case("cluster --config few.toml --algorithm dbscan", FAILED, "failed", "cluster.dbscan.tolerance"),
    case(
        "cluster --config size.toml --algorithm kmeans",
        USAGE,
        "usage",
        "cluster.hdbscan.min_cluster_size = 1",
    ),
    case("cluster --config misspelt.toml", USAGE, "config", "did you mean `components`?"),
    case("cluster --n 3 --method mfc", USAGE, "usage", "choose from mfcc"),
    case("cluster --n 3 --method mfcc,mfcc", USAGE, "usage", "one method"),
    case("scan --method cnn15", USAGE, "usage", "choose from mfcc"),
    case("run --path music --n 3 --method none", USAGE, "usage", "one method"),
    case("cluster --n 3 --algorithm k-means", USAGE, "usage", "choose from kmeans"),
    case("cluster --n 3 --playlists lists --format m3u9", USAGE, "usage", "choose from m3u8"),
    case("cluster --n 3 --order flaw", USAGE, "usage", "choose from center, flow, title, random"),
    case("cluster --n 3 --path-map music", USAGE, "usage", "FROM=TO"),
    case("cluster --n 3 --path-map =/srv", USAGE, "usage", "FROM=TO"),
    case("cluster --n 3 --path-map music=/srv", USAGE, "usage", "FROM=TO"),
    case("run --path music --n 3 --path-map a=", USAGE, "usage", "FROM=TO"),
    case("cluster --n 3 --path-map /a=/b --path-map /a=/c", USAGE, "usage", "sends /a to two places"),
    case("cluster --n 3 --config map.toml", USAGE, "usage", "FROM=TO"),
    case("config check --config map.toml", USAGE, "usage", "FROM=TO"),
    case("cluster --n 3 --learn-from label", USAGE, "usage", "choose from artist, album, none"),
    case("cluster --preset report --learn-from artist", USAGE, "usage", "leave --learn-from out"),
    case("eval -n 2..19", FAILED, "failed", "choose at most 18"),
    case("eval --method musicnn", FAILED, "failed", "indexer model import"),
    case("eval --method mfc", USAGE, "usage", "choose from mfcc"),
    case("eval --algorithm dbscan", USAGE, "usage", "use --algorithm kmeans"),
    case("eval --labels nowhere.csv", FAILED, "failed", "cannot read the labels nowhere.csv"),
    case("eval --labels wrong.toml", FAILED, "failed", "not valid in line 1"),
    case("eval --labels theirs.csv", FAILED, "failed", "name no song of the library: the first is a.mp3"),
    case("eval --labels empty.csv", FAILED, "failed", "are empty"),
    case("eval --path nowhere", FAILED, "folder", "check that the folder exists"),
    case("eval --plot music", USAGE, "usage", "is a folder"),
    case("eval --plot nowhere/eval.html", USAGE, "usage", "its folder is not there"),
    case("eval --plot theirs.json", USAGE, "usage", "--force"),
    case("scan nowhere", FAILED, "folder", "check that the folder exists"),
    case("library remove nowhere", FAILED, "folder", "`indexer library list` shows them"),
    case("library remove music/live", FAILED, "folder", "ignore = [\"/live/\"]"),
    case("scan --config bins.toml", USAGE, "config", "`discarded` takes names of folders"),
    case("run --path nowhere --n 3", FAILED, "folder", "check that the folder exists"),
    case("scan music/ambient_01.mp3", FAILED, "folder", "is not a folder"),
    case("cluster --n 3 --path nowhere", FAILED, "folder", "check that the folder exists"),
    case("cluster --n 3 --playlists no/lists", FAILED, "failed", "no/lists"),
    case("cluster --n 3 --playlists theirs.json", FAILED, "failed", "theirs.json"),
    case("cluster --n 3 --output theirs.json", FAILED, "failed", "--force"),
    case("cluster --n 3 --output nowhere/p.json", FAILED, "failed", "nowhere/p.json"),
    case("cluster --n 3 --output music", FAILED, "failed", "music"),
    case("cluster --n 3 --output music --force", FAILED, "failed", "is a folder or a device"),
    case("cluster --n 3 --output /dev/null --force", FAILED, "failed", "is a folder or a device"),
    case("status --config wrong.toml", USAGE, "config", "did you mean `jobs`?"),
    case("scan --config nowhere.toml", USAGE, "config", "nowhere.toml"),
    case("cluster --config broken.toml --n 3", USAGE, "config", "is not valid"),
    case("cluster --config starts.toml --n 3", USAGE, "usage", "cluster.kmeans.starts = 0"),
];

fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env.json("cluster --n 3 --output p.json");
    fs::write(env.path("theirs.json"), r#"{"playlists": []}"#).unwrap();
    fs::write(env.path("theirs.csv"), "a.mp3,x\n").unwrap();
    fs::write(env.path("empty.csv"), "").unwrap();
    fs::write(env.path("wrong.toml"), "job = 2\n").unwrap();
    fs::write(env.path("map.toml"), "[cluster]\npath_map = [\"/music\"]\n").unwrap();
    fs::write(env.path("bins.toml"), "[library]\ndiscarded = [\"a/b\"]\n").unwrap();
    fs::write(env.path("broken.toml"), "jobs = \n").unwrap();
    fs::write(env.path("dbscan.toml"), "[cluster]\nalgorithm = \"dbscan\"\n").unwrap();
    let few = "[cluster.ward]\nmax_tracks = 3\n[cluster.dbscan]\nmin_points = 19\n";
    fs::write(env.path("few.toml"), few).unwrap();
    fs::write(env.path("size.toml"), "[cluster.hdbscan]\nmin_cluster_size = 1\n").unwrap();
    fs::write(env.path("misspelt.toml"), "[cluster.gmm]\ncomponent = 8\n").unwrap();
    fs::write(env.path("starts.toml"), "[cluster.kmeans]\nstarts = 0\n").unwrap();
    env
}

#[test]
fn what_makes_no_sense_is_refused_in_one_line_and_changes_nothing() {
    let env = home();
    for Case { line, status, kind, word } in CASES {
        refuses(&env, line, *status, kind, word);
    }
    let clustered = env.json("cluster --n 3 --output p.json");
    for list in clustered["playlists"].as_array().unwrap() {
        assert_eq!(counts(list, ["added", "removed", "kept"]), [0, 0, 6], "nothing was remembered either");
    }
}

#[test]
fn a_run_with_fewer_tracks_than_playlists_says_so_and_writes_none() {
    let env = home();
    let before = fs::read(env.path("p.json")).unwrap();
    let run = env.run("run --path music --n 19 --output p.json --playlists lists --json");
    assert_eq!(
        (run.status, run.stdout.lines().count(), run.stderr.lines().count()),
        (FAILED, 1, 1),
        "{run:?}"
    );
    assert!(run.stderr.contains("choose at most 18"), "{run:?}");
    assert!(!env.path("lists").exists() && before == fs::read(env.path("p.json")).unwrap());
}

#[test]
fn nonsense_in_the_environment_is_refused() {
    for (name, value, word) in [
        ("INDEXER_WORKER_STALL_SECONDS", "soon", "INDEXER_WORKER_STALL_SECONDS=soon"),
        ("INDEXER_CLUSTER_KMEANS_STARTS", "-1.5", "INDEXER_CLUSTER_KMEANS_STARTS=-1.5"),
        ("INDEXER_CLUSTER_N", "many", "a whole number or `auto` is expected"),
        ("INDEXER_LIBRARY_HIDDEN", "perhaps", "true or false is expected"),
    ] {
        let mut env = home();
        env.set(name, value);
        refuses(&env, "cluster --n 3", USAGE, "config", word);
    }
}

#[test]
fn the_word_for_a_number_that_is_found_out_is_taken_everywhere() {
    let mut env = home();
    let flag = env.json("cluster --n auto");
    fs::write(env.path("auto.toml"), "[cluster]\nn = \"auto\"\n").unwrap();
    assert_eq!(env.json("cluster --config auto.toml")["n"], flag["n"]);
    env.set("INDEXER_CLUSTER_N", "auto");
    assert_eq!(env.json("cluster")["n"], flag["n"]);
    env.set("INDEXER_CLUSTER_N", "4");
    assert_eq!(env.json("cluster --config auto.toml")["n"], 4);
}

#[test]
fn what_the_parser_refuses_is_usage_too() {
    let mut env = TestEnv::with_clips();
    for line in ["", "sing", "scan --loud", "cluster --n many", "cluster --n 3 --preset mine", "config"] {
        let output = env.run(line);
        assert_eq!((output.status, output.stdout.as_str()), (USAGE, ""), "{line}: {output:?}");
        let json = env.run(&format!("{line} --json"));
        assert_eq!((json.status, json.stdout.lines().count()), (USAGE, 1), "{line}: {json:?}");
        assert_eq!(json.json()["error"]["kind"], "usage", "{line}");
    }
    env.set("INDEXER_JOBS", "two");
    let output = env.run("scan music --json");
    assert_eq!((output.status, &output.json()["error"]["kind"]), (USAGE, &"usage".into()), "{output:?}");
    assert!(!env.store().exists());
}

#[test]
fn playlists_and_the_object_of_json_do_not_share_stdout() {
    let env = home();
    for line in ["cluster -o -", "run --path music --output -", "runs restore latest -o -"] {
        let refused = env.run(&format!("{line} --json"));
        assert_eq!((refused.status, refused.stdout.lines().count()), (USAGE, 1), "{line}: {refused:?}");
        let message = refused.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("both write to stdout"), "{message}");
        assert_eq!(refused.stderr.lines().count(), 1, "{refused:?}");
    }
    assert!(!env.path("-").exists());
}

#[test]
fn a_folder_that_was_indexed_and_is_gone_is_no_mistake() {
    let env = home();
    fs::create_dir(env.path("music/album")).unwrap();
    fs::write(env.path("music/album/tone.wav"), tone(1, 1.2)).unwrap();
    env.json("scan music/album");
    fs::remove_dir_all(env.path("music/album")).unwrap();
    for (line, missing) in [("scan music/album --accept-missing", 1), ("scan music/album", 1)] {
        assert_eq!(counts(&env.json(line), ["found", "missing"]), [0, missing], "{line}");
    }
    assert_eq!(counts(&env.json("status"), ["missing"]), [1]);
}

#[test]
fn a_home_that_is_not_there_is_not_made_and_no_store_is_put_elsewhere() {
    for is_absolute in [false, true] {
        let mut env = TestEnv::new();
        let home = if is_absolute { env.path("nobody") } else { "nobody".into() };
        env.set("HOME", home.to_str().unwrap());
        env.set("XDG_DATA_HOME", "");
        for line in ["status", "scan music", "watch music", "model list", "service install"] {
            refuses(&env, line, USAGE, "config", "--store FOLDER");
        }
        assert_eq!(env.json("scan music --store here")["found"], 0, "{home:?}");
        env.set("XDG_DATA_HOME", env.path("data").to_str().unwrap());
        assert_eq!(env.json("scan music")["found"], 0, "{home:?}");
        assert!(!env.path("nobody").exists());
    }
}
