//! `import --assignment`: groups that another program has found become playlists, as those of `cluster` do.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use crate::support::assignments::{assign, ids};
use crate::support::clustered::rename;
use crate::support::environment::{TestEnv, counts};
use crate::support::recordings::tones;
use crate::support::refusal::refuses;

/// A library of 18 clips of three kinds.
fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env
}

/// Spark's numbers of the three kinds.
fn kinds(name: &str) -> Option<&'static str> {
    Some(match name.split('_').next()? {
        "acoustic" => "10",
        "ambient" => "9",
        _ => "7",
    })
}

const IMPORT: &str = "import --assignment groups.csv --output p.json --playlists lists";

/// The kind of most songs of each playlist in `p.json` with its id, name and number of songs.
fn lists(env: &TestEnv) -> Vec<(String, u64, String, usize)> {
    let document: Value = serde_json::from_slice(&fs::read(env.path("p.json")).unwrap()).unwrap();
    let list = |list: &Value| {
        let songs = list["songs"].as_array().unwrap();
        let mut kinds: Vec<_> = songs
            .iter()
            .map(|song| song.as_str().unwrap().rsplit('/').next().unwrap().split('_').next().unwrap())
            .collect();
        kinds.sort_unstable();
        let name = list["name"].as_str().unwrap().to_owned();
        (kinds[kinds.len() / 2].to_owned(), list["id"].as_u64().unwrap(), name, songs.len())
    };
    document["playlists"].as_array().unwrap().iter().map(list).collect()
}

fn ids_by_kind(env: &TestEnv) -> BTreeMap<String, u64> {
    lists(env).into_iter().map(|(kind, id, ..)| (kind, id)).collect()
}

#[test]
fn an_assignment_becomes_a_run_with_names_and_files() {
    let env = home();
    assign(&env, kinds);
    let dry = env.json(&format!("{IMPORT} --dry-run"));
    assert_eq!((&dry["dry_run"], env.path("p.json").exists()), (&true.into(), false));
    let summary = env.json(IMPORT);
    assert_eq!(counts(&summary, ["n", "tracks", "noise"]), [3, 18, 0], "{summary}");
    assert_eq!((&summary["algorithm"], &summary["method"]), (&"imported".into(), &"mfcc".into()));
    let found = lists(&env);
    // The ids of a new set are in the order of the groups.
    assert_eq!(found.iter().map(|list| (list.1, list.3)).collect::<Vec<_>>(), [(0, 6), (1, 6), (2, 6)]);
    assert_eq!((found[1].0.as_str(), found[2].0.as_str()), ("ambient", "acoustic"));
    assert_eq!(
        fs::read_dir(env.path("lists"))
            .unwrap()
            .filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|end| end == "m3u8"))
            .count(),
        3
    );
    let shown = env.json("runs show");
    assert_eq!(shown["algorithm"], "imported");
    let settings = shown["settings"].as_str().unwrap();
    assert!(settings.starts_with("algorithm=imported assignment="), "{settings}");
    assert!(!settings.contains("seed=") && !settings.contains("kmeans"), "{settings}");
    let document: Value = serde_json::from_slice(&fs::read(env.path("p.json")).unwrap()).unwrap();
    assert!(document.to_string().contains("\"imported\""), "{document}");

    // The same partition again is the same run, in whatever order it is written.
    let before = fs::read(env.path("p.json")).unwrap();
    let text = fs::read_to_string(env.path("groups.csv")).unwrap();
    let (header, lines) = text.split_once('\n').unwrap();
    let mut lines: Vec<_> = lines.lines().collect();
    lines.reverse();
    fs::write(env.path("groups.csv"), format!("{header}\n{}", lines.join("\n"))).unwrap();
    assert_eq!(env.json(IMPORT)["run"], summary["run"]);
    assert_eq!(env.json("runs list")["runs"].as_array().unwrap().len(), 1);
    assert_eq!(fs::read(env.path("p.json")).unwrap(), before);
}

#[test]
fn playlists_keep_ids_and_names_when_labels_move() {
    let env = home();
    env.json("cluster --n 3 --output p.json --playlists lists");
    let before = ids_by_kind(&env);
    rename(&env, "1", "Mine");
    let mine = lists(&env).into_iter().find(|list| list.1 == 1).unwrap().0;
    // A first assignment continues what `cluster` has made; a second one calls its groups otherwise, and moves a song.
    assign(&env, kinds);
    env.json(IMPORT);
    assert_eq!(ids_by_kind(&env), before);
    assign(&env, |name| match (name, kinds(name)?) {
        ("ambient_01", _) | (_, "10") => Some("ambient?"),
        (_, "9") => Some("1"),
        _ => Some("0"),
    });
    let summary = env.json(IMPORT);
    assert_eq!(ids_by_kind(&env), before);
    let found = lists(&env);
    assert!(
        found.iter().any(|list| (list.0.as_str(), list.1, list.2.as_str()) == (&mine, 1, "Mine")),
        "{found:?}"
    );
    let moved: u64 =
        summary["playlists"].as_array().unwrap().iter().map(|list| list["added"].as_u64().unwrap()).sum();
    assert_eq!(moved, 1, "{summary}");
    // And back to an algorithm.
    env.json("cluster --n 3 --output p.json --playlists lists");
    assert_eq!(ids_by_kind(&env), before);
}

#[test]
fn songs_that_came_later_join_the_nearest_and_others_stay() {
    let env = home();
    let is_later = |name: &str| name.ends_with("_02");
    assign(&env, |name| if is_later(name) { None } else { kinds(name) });
    let output = env.run(IMPORT);
    assert!(
        output.stderr.contains("groups.csv lacks 3 songs: each joins the group whose centre is nearest"),
        "{output:?}"
    );
    let kinds_of = lists(&env);
    assert_eq!(kinds_of.iter().map(|list| list.3).collect::<Vec<_>>(), [6, 6, 6], "{kinds_of:?}");
    let document =
        |env: &TestEnv| -> Value { serde_json::from_slice(&fs::read(env.path("p.json")).unwrap()).unwrap() };
    let mixed = document(&env)["playlists"].as_array().unwrap().iter().any(|list| {
        let kind = |song: &Value| {
            song.as_str().unwrap().rsplit('/').next().unwrap().split('_').next().unwrap().to_owned()
        };
        let songs = list["songs"].as_array().unwrap();
        songs.iter().any(|song| kind(song) != kind(&songs[0]))
    });
    assert!(!mixed, "songs join their kind");

    // The same file goes on with a song that is new.
    tones(&env.path("music"), "tone", 0..1);
    env.json("scan music");
    let summary = env.json(IMPORT);
    assert_eq!(counts(&summary, ["n", "tracks"]), [3, 19]);
    let changes =
        summary["playlists"].as_array().unwrap().iter().map(|list| counts(list, ["added", "removed"]));
    assert_eq!(changes.fold([0, 0], |sum, change| [sum[0] + change[0], sum[1] + change[1]]), [1, 0]);
}

#[test]
fn songs_that_the_library_does_not_know_are_counted() {
    let env = home();
    assign(&env, kinds);
    let mut text = fs::read_to_string(env.path("groups.csv")).unwrap();
    text += &format!("03{},9\n03{},77\n", "ab".repeat(32), "cd".repeat(32));
    fs::write(env.path("groups.csv"), &text).unwrap();
    let output = env.run(&format!("{IMPORT} --json"));
    assert!(output.stderr.contains("2 of the 20 songs in groups.csv are not in the library"), "{output:?}");
    assert_eq!(counts(&output.json(), ["n", "tracks"]), [3, 18]);
}

#[test]
fn a_part_of_the_library_is_grouped_with_filters_and_sets_of_its_own() {
    let env = home();
    assign(&env, kinds);
    fs::create_dir(env.path("music/part")).unwrap();
    fs::rename(env.path("music/ambient_01.mp3"), env.path("music/part/ambient_01.mp3")).unwrap();
    env.json("scan music");
    let summary = env.json("import --assignment groups.csv --set spark --exclude acoustic_*");
    assert_eq!(
        (counts(&summary, ["n", "tracks", "filtered"]), &summary["set"]),
        ([2, 12, 6], &"spark".into())
    );
    let summary = env.json("import --assignment groups.csv --path music/part");
    assert_eq!(counts(&summary, ["n", "tracks"]), [1, 1]);
    let summary = env.json("import --assignment groups.csv --set large --min-size 7");
    assert!(summary["n"].as_u64().unwrap() < 3, "{summary}");
    // Nothing of what is pinned moves.
    env.json("import --assignment groups.csv");
    env.json("playlists pin 0 --set library");
    assign(&env, |_| Some("all"));
    let summary = env.json("import --assignment groups.csv");
    assert_eq!(counts(&summary, ["n", "tracks"]), [2, 18]);
    assert_eq!(counts(&summary["playlists"][0], ["id", "size", "kept"]), [0, 6, 6]);
}

#[test]
fn what_is_no_assignment_of_this_library_changes_nothing() {
    let env = home();
    env.json("cluster --n 3 --output p.json --playlists lists");
    env.json("export -o out");
    let id = ids(&env).into_values().next().unwrap();
    let refused = |text: &[u8], word: &str| {
        fs::write(env.path("groups.csv"), text).unwrap();
        refuses(&env, IMPORT, 1, "failed", word);
    };
    refused(b"", "groups.csv assigns no song");
    refused(format!("{id},1\n").as_bytes(), "groups.csv, line 1: there is no column content_id");
    refused(
        format!("content_id,group\n{id},1\n{id},2\n").as_bytes(),
        "groups.csv, line 3: this song is in another group in line 2",
    );
    refused(b"content_id,group\nabc,1\n", "groups.csv, line 2: \"abc\" is no content_id");
    refused(&fs::read(env.path("out/tracks.parquet")).unwrap(), "groups.csv, line 1: ");
    let strange = format!("content_id,group\n03{},1\n", "ab".repeat(32));
    refused(strange.as_bytes(), "groups.csv names no song of the library");
    refuses(&env, "import --assignment out", 1, "failed", "out is a folder without part-*.csv");
    refuses(&env, "import --assignment none.csv", 1, "failed", "cannot read none.csv");

    // Of the library, but not of what is grouped.
    assign(&env, |name| kinds(name).filter(|kind| *kind == "10"));
    let line = format!("{IMPORT} --exclude acoustic_*");
    refuses(&env, &line, 1, "failed", "groups.csv names no song that is to be grouped");
    refuses(&env, "import --assignment groups.csv --store elsewhere", 1, "store", "scan");
}

#[test]
fn flags_that_do_not_belong_together_are_refused() {
    let mut env = home();
    assign(&env, kinds);
    env.json("export -o out");
    let refused = |line: &str, word: &str| {
        let output = env.run(line);
        assert_eq!((output.status, output.stderr.contains(word)), (2, true), "{line}: {output:?}");
        let output = env.run(&format!("{line} --json"));
        assert_eq!((output.status, &output.json()["error"]["kind"]), (2, &"usage".into()), "{output:?}");
    };
    refused("import", "FILE");
    refused("import out/tracks.parquet --assignment groups.csv", "cannot be used with");
    refused("import out/tracks.parquet --dry-run", "--dry-run is about playlists");
    refused("import out/tracks.parquet -m mfcc", "--method is about playlists");
    refused("import --assignment groups.csv --n 3", "--n");
    refused("import --assignment groups.csv --algorithm ward", "--algorithm");
    refused("import --assignment groups.csv --output - --json", "--output -");
    // A setting of the environment is no flag of this call.
    env.set("INDEXER_METHOD", "mfcc");
    assert_eq!(env.json("import out/tracks.parquet --store other")["new"], 18);
    assert_eq!(env.json("import --assignment groups.csv")["method"], "mfcc");
}
