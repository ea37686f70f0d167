//! The main job: a folder of music becomes playlists of songs that sound alike.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value;

use crate::support::environment::{TestEnv, clips, counts, snapshot};

const RUN: &str = "run --path music --n 3 --output p.json --playlists lists";

/// The songs of each playlist, by the style that their files are named after.
fn styles(json: &Value) -> BTreeSet<BTreeSet<String>> {
    partition(json, |name| name.split('_').next().unwrap_or_default().to_owned())
}

/// The playlists as sets of what `label` makes of file names.
fn partition(json: &Value, label: impl Fn(&str) -> String) -> BTreeSet<BTreeSet<String>> {
    let songs = |list: &Value| {
        let names = list["songs"].as_array().unwrap().iter().map(|song| Path::new(song.as_str().unwrap()));
        names.map(|path| label(path.file_name().unwrap().to_str().unwrap())).collect()
    };
    json["playlists"].as_array().unwrap().iter().map(songs).collect()
}

fn read(env: &TestEnv, name: &str) -> Value {
    serde_json::from_slice(&fs::read(env.path(name)).unwrap()).unwrap()
}

#[test]
fn three_styles_become_three_playlists() {
    let env = TestEnv::with_clips();
    let summary = env.json(RUN);
    assert_eq!(counts(&summary, ["found", "opened", "decoded", "failed"]), [18, 18, 18, 0]);
    assert_eq!(summary["stored"]["mfcc"], 18);
    let json = read(&env, "p.json");
    let one = |style: &str| BTreeSet::from([style.to_owned()]);
    assert_eq!(styles(&json), BTreeSet::from([one("acoustic"), one("ambient"), one("electronic")]));
    let sizes =
        json["playlists"].as_array().unwrap().iter().map(|list| list["songs"].as_array().unwrap().len());
    assert_eq!(sizes.collect::<Vec<_>>(), [6, 6, 6]);
    assert_eq!(snapshot(&env.path("lists")).len(), 3);
}

#[test]
fn playlist_files_lead_to_the_same_songs_as_the_json() {
    let env = TestEnv::with_clips();
    env.json(RUN);
    for list in read(&env, "p.json")["playlists"].as_array().unwrap() {
        let file = env.path(format!("lists/{}.m3u8", list["name"].as_str().unwrap()));
        let text = fs::read_to_string(file).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let real = |line: &str| env.path("lists").join(line).canonicalize().unwrap();
        let songs: Vec<_> = lines.map(|line| real(line).display().to_string()).collect();
        assert_eq!(&songs, list["songs"].as_array().unwrap());
        assert_eq!(text.lines().filter(|line| line.starts_with("#EXTINF:")).count(), songs.len());
    }
}

#[test]
fn a_second_run_opens_nothing_and_rewrites_nothing() {
    let env = TestEnv::with_clips();
    let first = env.json(RUN);
    let before =
        (snapshot(&env.path("lists")), fs::metadata(env.path("p.json")).unwrap().modified().unwrap());
    let bytes = fs::read(env.path("p.json")).unwrap();
    let second = env.json(RUN);
    assert_eq!(counts(&second, ["found", "unchanged", "opened", "decoded"]), [18, 18, 0, 0]);
    let after = (snapshot(&env.path("lists")), fs::metadata(env.path("p.json")).unwrap().modified().unwrap());
    assert_eq!((before, bytes), (after, fs::read(env.path("p.json")).unwrap()));
    assert_eq!(first["cluster"]["run"], second["cluster"]["run"]);
    for list in second["cluster"]["playlists"].as_array().unwrap() {
        assert_eq!(counts(list, ["added", "removed", "kept"]), [0, 0, 6]);
    }
}

#[test]
fn the_clusters_are_those_of_scikit_learn() {
    let golden: Value = serde_json::from_str(include_str!("../../golden/kmeans.json")).unwrap();
    let env = TestEnv::with_clips();
    for (line, columns) in [(RUN.to_owned(), "default"), (format!("{RUN} --preset report"), "report")] {
        let summary = env.json(&line);
        let mut expected: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
        let labels = golden[columns]["labels"].as_array().unwrap();
        for (file, label) in golden["files"].as_array().unwrap().iter().zip(labels) {
            expected.entry(label.as_u64().unwrap()).or_default().insert(file.as_str().unwrap().to_owned());
        }
        let found = partition(&read(&env, "p.json"), str::to_owned);
        assert_eq!(found, expected.into_values().collect(), "{columns}");
        // Features differ from librosa's by up to 2 % of their spread, so inertia does by a few.
        let ratio =
            summary["cluster"]["inertia"].as_f64().unwrap() / golden[columns]["inertia"].as_f64().unwrap();
        assert!((0.95..1.05).contains(&ratio), "{columns}: {ratio}");
    }
    assert_eq!(golden["files"].as_array().unwrap().len(), clips().len());
}
