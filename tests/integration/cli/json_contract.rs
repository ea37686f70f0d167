//! `--json` of every command: one object, on the last line of stdout, with the keys of the specification.

use std::collections::BTreeSet;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{
    assignments::assign,
    commands::commands,
    daemon::Daemon,
    environment::{Output, TestEnv, checkpoint},
    miniature_model::describe_mini,
    service_manager::give_manager,
    snapshots::{assert_as_before, portable},
};

const PASS: &str = "roots found unchanged opened renamed decoded stored failed failed_known partial missing links broken seconds";
const CLUSTER: &str = "set run method learn_from algorithm n n_curve tracks filtered coverage noise inertia silhouette seconds playlists \
                       gone regroup_gain regrouped folder output dry_run";
const EVAL: &str =
    "songs grouped algorithm learn_from labels artists albums methods recommended plot seconds";
const FOUND: &str = "name method seeds unwanted songs file format";
const MAP: &str = "page png songs listed playlists set run method layout start known nearest seconds";
const EXPORT: &str = "folder format files tracks others vectors playlists runs";
const IMPORT: &str = "rows new known files roots spaces conflicting foreign";
const SHARD: &str = "to was_there files tracks failed vectors bytes seconds";
const LIST: &str = "id name was file size added removed kept";

const LISTED: &str = "id name size pinned pinned_songs files";
const SHOWN: &str = "set run made method algorithm n tracks inertia settings playlists";

const STATUS: &str = "store schema roots tracks audio_seconds paths missing failures partial damaged spaces playlists engine daemon";

const MODEL: &str = "name state reason file dimension classes window max_windows licence size pending";

const COMPARED: &str = "songs left_out first_failure models cosine neighbours classes engine";

/// Every command with a line that it takes and the keys of its object.
const COMMANDS: &[(&str, &str, &str)] = &[
    ("scan", "scan music", PASS),
    ("watch", "watch music", PASS),
    ("scan", "scan music --dry-run", "found unchanged open renamed missing failed_known closed links"),
    ("run", "run --path music --n 3 --playlists run-lists", PASS),
    ("cluster", "cluster --n 3 --playlists lists", CLUSTER),
    ("cluster", "cluster --n 3 --playlists lists --dry-run", CLUSTER),
    ("cluster", "cluster --n 3 --explain", "explain"),
    ("eval", "eval -n 2..4 -m mfcc --plot eval.html", EVAL),
    ("similar", "similar music/ambient_01.mp3 -n 3 --not music/acoustic_01.mp3", FOUND),
    ("path", "path music/ambient_01.mp3 music/acoustic_01.mp3 --steps 4", FOUND),
    ("map", "map -o map.html --png map.png --set library", MAP),
    ("export", "export -o tables", EXPORT),
    ("import", "import tables/tracks.parquet", IMPORT),
    ("import", "import --assignment groups.csv --set imported", CLUSTER),
    ("embed", "embed --files-from list --to shard.parquet --method mfcc", SHARD),
    ("status", "status", STATUS),
    ("errors", "errors", "failures kinds partial"),
    ("errors", "errors --kind empty", "failures kinds partial"),
    ("playlists list", "playlists list", "sets"),
    ("playlists show", "playlists show 0", "set run playlist songs"),
    ("playlists export", "playlists export 0 -o exported.m3u8", "name file format songs"),
    ("playlists sets", "playlists sets", "sets"),
    ("playlists forget", "playlists forget gone", "set removed left"),
    ("playlists rename", "playlists rename 0 mine", "set playlist"),
    ("playlists pin", "playlists pin 0", "set playlist"),
    ("playlists unpin", "playlists unpin 0", "set playlist"),
    ("runs list", "runs list --set library", "set runs"),
    ("runs show", "runs show --set library", SHOWN),
    (
        "runs diff",
        "runs diff latest latest --set library",
        "set from to moved added removed playlists gone songs",
    ),
    ("runs restore", "runs restore latest --set library", CLUSTER),
    ("model list", "model list", "folder models engine"),
    ("model show", "model show mini", "model path text"),
    ("model new", "model new fresh", "name path"),
    ("model fetch", "model fetch mini", "model"),
    ("model import", "model import mini.pth --as mini", "model"),
    ("model verify", "model verify", "models"),
    ("model compare", "model compare mini mini --on music --limit 9", COMPARED),
    ("model remove", "model remove gone", "removed sharing description"),
    ("library list", "library list", "roots"),
    ("library remove", "library remove gone", "path files elsewhere kept configured"),
    ("store check", "store check", "databases"),
    ("store backup", "store backup backup", "folder files bytes"),
    ("store compact", "store compact", "databases"),
    ("store prune", "store prune", "files tracks spaces"),
    ("config show", "config show", "config"),
    ("config path", "config path", "path"),
    ("config check", "config check", "path valid"),
    ("completions", "completions bash", "shell text"),
    ("man", "man", "text"),
    ("man", "man pages", "written"),
    ("service print", "service print --n 3 --playlists lists", "units"),
    ("service install", "service install --n 3 --playlists lists", "written started sandbox"),
    ("service uninstall", "service uninstall", "removed"),
];

/// A song with all that its tags may say.
const SONG: &str = "number path artist artists title album album_artist composers genres date track track_total disc disc_total bpm \
                    key track_gain album_gain seconds missing";

/// What lies inside of the objects of a command or a line: a pointer to an object, and its keys.
const INSIDE: &[(&str, &str, &str)] = &[
    ("run", "/cluster", CLUSTER),
    ("run", "/cluster/playlists/0", LIST),
    ("cluster", "/playlists/2", LIST),
    ("eval", "/methods/0", "method coverage n groupings label_votes artist_hits learned"),
    (
        "eval",
        "/methods/0/groupings/0",
        "n silhouette davies_bouldin calinski_harabasz stability nmi ari purity",
    ),
    ("eval", "/methods/0/label_votes", "share error songs"),
    ("eval", "/recommended", "method n by learn_from"),
    ("eval", "/labels", "file songs labels"),
    ("similar", "/songs/0", "path artist title album seconds distance"),
    ("similar", "/unwanted/0", "path artist title album seconds"),
    ("path", "/seeds/1", "path artist title album seconds"),
    ("export", "/files/0", "path size"),
    ("import tables/tracks.parquet", "/spaces/mfcc", "stored equal conflicts broken"),
    ("library list", "/roots/0", "path state reason files missing songs scanned clustered"),
    ("status", "/roots/0", "path state reason files missing scanned"),
    ("status", "/playlists/0", "set playlists songs folders changed added moved removed"),
    ("status", "/spaces/0", "name fingerprint dimension stored wanted rate eta"),
    ("store compact", "/databases/0", "path before after"),
    ("store check", "/databases/0", "path whole lost broken set_aside"),
    ("playlists list", "/sets/0", "set run made playlists"),
    ("playlists list", "/sets/0/playlists/0", LISTED),
    ("playlists sets", "/sets/0", "set method made playlists songs folders"),
    ("playlists show", "/playlist", LISTED),
    ("playlists show", "/songs/0", SONG),
    ("playlists rename", "/playlist", LISTED),
    ("playlists pin", "/playlist", LISTED),
    ("playlists unpin", "/playlist", LISTED),
    ("runs list", "/runs/0", "run made algorithm n tracks inertia moved added removed"),
    ("runs show", "/playlists/0", "id name size missing songs"),
    ("runs diff", "/playlists/0", "id name was state added removed kept"),
    ("runs restore", "/playlists/0", LIST),
    ("model list", "/models/0", MODEL),
    ("model fetch", "/model", MODEL),
    ("model import", "/model", MODEL),
    ("model verify", "/models/0", "name ok reason"),
    ("model compare", "/models/1", "name file size dimension cpu_seconds songs_a_minute"),
    ("model compare", "/cosine", "mean least"),
    ("service print", "/units/0", "name path text"),
    ("errors", "/kinds/0", "kind files meaning advice"),
    ("errors", "/failures/0", "path spaces kind reason first last tries final"),
];

fn assert_keys(value: &Value, keys: &str, what: &str) {
    let object = value.as_object().unwrap_or_else(|| panic!("{what}: {value}"));
    let missing: Vec<_> = keys.split_whitespace().filter(|key| !object.contains_key(*key)).collect();
    assert!(missing.is_empty(), "{what} lacks {missing:?}: {value}");
}

fn home() -> TestEnv {
    let mut env = TestEnv::with_clips();
    give_manager(&mut env);
    std::fs::write(env.path("music/empty.mp3"), b"").unwrap();
    assert_eq!(env.run("scan music").status, 3);
    std::fs::copy(checkpoint("zip"), env.path("mini.pth")).unwrap();
    describe_mini(&env, "http://127.0.0.1:9/");
    assign(&env, |name| Some(if name.starts_with("ambient") { "0" } else { "1" }));
    std::fs::write(env.path("list"), "music/ambient_01.mp3\nmusic/empty.mp3\n").unwrap();
    assert_eq!(env.run("model import mini.pth --as mini").status, 0);
    env
}

/// Runs a line that takes something away after putting it there, or one that does not end by itself.
fn again(env: &TestEnv, line: &str) -> Output {
    if line.starts_with("watch") {
        return Daemon::start(env, line).end(Signal::TERM);
    }
    if line.starts_with("model remove gone") {
        assert_eq!(env.run("model import mini.pth --as gone --unverified").status, 0);
    }
    if line.starts_with("library remove gone") {
        drop(std::fs::create_dir(env.path("gone")));
        assert_eq!(env.run("scan gone").status, 0);
    }
    if line.starts_with("model new fresh") {
        drop(std::fs::remove_file(env.store().join("models/fresh.toml")));
    }
    if line.starts_with("playlists forget gone") {
        assert_eq!(env.run("cluster --n 2 --set gone").status, 0);
    }
    env.run(line)
}

#[test]
fn every_command_ends_with_one_object_of_its_keys() {
    let env = home();
    let known: BTreeSet<_> = COMMANDS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(commands(&env), known, "a new command needs a row here");
    for (name, line, keys) in COMMANDS {
        for silent in ["", " --silent"] {
            let output = again(&env, &format!("{line} --json{silent}"));
            assert_eq!((output.status, output.stdout.lines().count()), (0, 1), "{line}: {output:?}");
            assert_keys(&output.json(), keys, line);
            for (inside, pointer, keys) in INSIDE.iter().filter(|row| [name, line].contains(&&row.0)) {
                let whole = output.json();
                let part = whole.pointer(pointer).unwrap_or_else(|| panic!("{inside} {pointer}: {whole}"));
                assert_keys(part, keys, line);
            }
        }
        let plain = again(&env, line);
        assert!(serde_json::from_str::<Value>(&plain.stdout).is_err(), "{line} is for people without --json");
    }
}

#[test]
fn every_object_is_as_it_was() {
    let env = home();
    for (name, line, _) in COMMANDS {
        // How far a daemon comes before it is ended is not always the same; the help texts show what shells and pages say.
        if !["watch", "completions", "man"].contains(name) {
            let output = again(&env, &format!("{line} --json"));
            let flags = if line.contains("--dry-run") { "-dry-run" } else { "" };
            let flags = if line.contains("--explain") { "-explain" } else { flags };
            let flags = if line.contains("--assignment") { "-assignment" } else { flags };
            let flags = if line.contains("--kind") { "-kind" } else { flags };
            let name = format!("json-{}{flags}", name.replace(' ', "-"));
            let mut object = output.json();
            if name == "json-status" {
                // The set that was changed last comes first, and two are changed in one second or in two.
                let sets = object["playlists"].as_array_mut().unwrap();
                sets.sort_by_key(|list| list["set"].to_string());
            }
            if name == "json-export" {
                // Times and the name of this home are packed in.
                let files = object["files"].as_array_mut().unwrap();
                files.iter_mut().for_each(|file| file["size"] = "[size]".into());
            }
            assert_as_before(&name, &portable(&env, object));
        }
    }
}

#[test]
fn a_setting_asks_for_objects_as_the_flag_does() {
    for in_file in [true, false] {
        let mut env = home();
        if in_file {
            std::fs::create_dir_all(env.path("config/indexer")).unwrap();
            std::fs::write(env.path("config/indexer/config.toml"), "json = true\n").unwrap();
        } else {
            env.set("INDEXER_JSON", "1");
        }
        for (_, line, keys) in COMMANDS {
            assert_keys(&again(&env, line).json(), keys, line);
        }
        for (line, status, kind) in
            [("cluster --algorithm k-means", 2, "usage"), ("scan nowhere", 1, "folder")]
        {
            let refused = env.run(line);
            assert_eq!(
                (refused.status, &refused.json()["error"]["kind"]),
                (status, &kind.into()),
                "{refused:?}"
            );
        }
    }
}
