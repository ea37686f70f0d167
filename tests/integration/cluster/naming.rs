//! Names from tags, from what a model heard, and from the sound; and why songs are where they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::Range,
};

use serde_json::Value;

use crate::support::{
    environment::{Output, TestEnv},
    miniature_model::install,
    recordings::tone,
    refusal::refuses,
    tagged_songs::{home, noise, tagged},
};

fn names(summary: &Value) -> BTreeSet<String> {
    let lists = summary["playlists"].as_array().unwrap().iter();
    lists.map(|list| list["name"].as_str().unwrap().to_owned()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn genres_of_the_tags_name_playlists_and_their_files() {
    let env = home("(17)", "Hip-Hop");
    let summary = env.json("cluster --n 2 --playlists lists");
    // Those noises that are called Rock are also the slower ones.
    assert_eq!(names(&summary), set(&["Hip hop", "Rock, slow"]));
    let files: BTreeSet<_> = fs::read_dir(env.path("lists"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, set(&["Hip hop.m3u8", "Rock, slow.m3u8"]));
}

/// Puts noises of a genre over the first ones, or beside them.
fn put(env: &TestEnv, seeds: Range<u64>, genre: &str) {
    for seed in seeds {
        fs::write(env.path(format!("music/noise_{seed}.wav")), tagged(&noise(seed), "Ann", genre)).unwrap();
    }
    env.json("scan");
}

/// What each playlist of a summary was called before.
fn former(summary: &Value) -> BTreeMap<String, Value> {
    let lists = summary["playlists"].as_array().unwrap().iter();
    lists.map(|list| (list["name"].as_str().unwrap().to_owned(), list["was"].clone())).collect()
}

#[test]
fn a_name_is_kept_while_it_is_true() {
    let env = home("Jazz", "Rock");
    let first = env.json("cluster --n 2 --playlists lists");
    assert_eq!(former(&first)["Rock"], Value::Null);
    // Two of five are still Rock, though Punk would be chosen now.
    put(&env, 0..3, "Punk");
    let kept = env.json("cluster --n 2 --playlists lists");
    assert_eq!(names(&kept), set(&["Jazz", "Rock"]));
    assert_eq!(former(&kept)["Rock"], Value::Null);
    put(&env, 0..5, "Punk");
    let said = text(env.run("cluster --n 2"));
    assert!(said.contains("Punk") && said.contains("unchanged  was \"Rock\""), "{said}");
    assert!(env.path("lists/Rock.m3u8").exists(), "no folder was named");
    let renamed = env.json("cluster --n 2 --playlists lists");
    assert_eq!(names(&renamed), set(&["Jazz", "Punk"]));
    assert_eq!(renamed["run"], first["run"], "the playlists are the same");
    assert!(env.path("lists/Punk.m3u8").exists() && !env.path("lists/Rock.m3u8").exists());
}

#[test]
fn a_new_name_is_said_once_and_can_be_asked_for() {
    let env = home("Jazz", "Rock");
    env.json("cluster --n 2");
    put(&env, 0..3, "Punk");
    let renamed = env.json("cluster --n 2 --rename");
    let new = names(&renamed).into_iter().find(|name| name.starts_with("Punk")).expect("Punk");
    assert_eq!((&former(&renamed)[&new], &former(&renamed)["Jazz"]), (&"Rock".into(), &Value::Null));
    assert_eq!(former(&env.json("cluster --n 2"))[&new], Value::Null);
}

#[test]
fn a_name_that_the_user_gave_stays_whatever_the_songs_are() {
    let env = home("Jazz", "Rock");
    env.json("cluster --n 2");
    text(env.run("playlists rename Rock Metal"));
    put(&env, 0..5, "Polka");
    for flags in ["", " --rename"] {
        let summary = env.json(&format!("cluster --n 2{flags}"));
        assert_eq!(names(&summary), set(&["Jazz", "Metal"]));
        assert_eq!(former(&summary)["Metal"], Value::Null);
    }
}

#[test]
fn junk_in_tags_names_nothing() {
    for junk in ["www.example.com", "Downloaded from example.org", "Other", "255", "Unknown Genre", "Music"] {
        let env = home(junk, "Rock");
        // Where all that is known of the others is junk, nothing would be known of them at all.
        fs::write(env.path("music/tone_0.wav"), tagged(&tone(0, 1.2), "Ann", "Polka")).unwrap();
        env.json("scan");
        let names = names(&env.json("cluster --n 2"));
        assert!(names.contains("Rock") && names.len() == 2, "{names:?}");
        let other = names.iter().find(|name| *name != "Rock").unwrap();
        assert!(!junk.to_lowercase().contains(&other.to_lowercase()), "{names:?}");
        assert!(other.contains(" and ") || other.ends_with(" music"), "how it sounds: {names:?}");
    }
}

#[test]
fn hostile_tags_name_files_inside_of_the_folder() {
    let long = "x".repeat(300);
    for tag in ["../../escape", "a\nb\u{1b}[2J", &long, "🎵", "\u{202e}kcor", "/etc/passwd", "CON"] {
        let env = home(tag, "Rock");
        let here = || -> BTreeSet<String> {
            let files = fs::read_dir(env.path("")).unwrap().map(|entry| entry.unwrap().file_name());
            files.map(|name| name.into_string().unwrap()).collect()
        };
        let before = here();
        let summary = env.json("cluster --n 2 --playlists lists --format m3u8,xspf --output p.json");
        for name in names(&summary) {
            assert!(name.len() <= 100 && !name.chars().any(char::is_control), "{tag:?}: {name:?}");
        }
        let files: Vec<_> =
            fs::read_dir(env.path("lists")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(files.len(), 4, "{files:?}");
        let mut after = here();
        assert!(after.remove("lists") && after.remove("p.json"));
        assert_eq!(after, before, "{tag:?}");
    }
}

#[test]
fn a_models_classes_count_whatever_space_is_clustered() {
    let env = TestEnv::with_clips();
    install(&env, "mini");
    env.json("scan music");
    let json = env.json("cluster --n 3 --explain");
    let said = |song: &Value| song["said"].as_array().unwrap().len();
    let songs: Vec<_> = json["explain"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|list| list["songs"].as_array())
        .flatten()
        .collect();
    assert_eq!(songs.len(), 18);
    assert!(songs.iter().all(|song| said(song) > 0), "{json}");
}

#[test]
fn the_number_of_threads_and_a_second_run_change_no_name() {
    let mut env = home("Jazz", "Rock");
    env.json("cluster --n 4 --output p.json");
    let first = fs::read(env.path("p.json")).unwrap();
    for threads in ["1", "2", "8"] {
        env.set("RAYON_NUM_THREADS", threads);
        env.json("cluster --n 4 --output p.json --fresh");
        assert_eq!(fs::read(env.path("p.json")).unwrap(), first, "{threads} threads");
    }
    let names: Vec<Value> = env.json("cluster --n 4")["playlists"].as_array().unwrap().clone();
    let names: BTreeSet<_> = names.iter().map(|list| list["name"].to_string()).collect();
    assert_eq!(names.len(), 4, "no two are alike: {names:?}");
}

fn text(output: Output) -> String {
    assert_eq!(output.status, 0, "{output:?}");
    output.stdout
}

#[test]
fn reasons_are_given_when_they_are_asked_for() {
    let env = home("Jazz", "Rock");
    assert!(env.json("cluster --n 2").get("explain").is_none());
    let all = text(env.run("cluster --n 2 --explain"));
    for line in ["apart by    Jazz 100 % (elsewhere 0 %)", "typical", "borderline", "from here"] {
        assert!(all.contains(line), "{line}: {all}");
    }
    let json = env.json("cluster --n 2 --explain");
    for list in json["explain"].as_array().unwrap() {
        let songs = list["songs"].as_array().unwrap();
        let number = |song: &Value, key: &str| song[key].as_f64().unwrap();
        assert_eq!(songs.len(), 5);
        assert!(songs.is_sorted_by(|a, b| number(a, "distance") <= number(b, "distance")));
        for song in songs {
            assert!(number(song, "margin") > 0.0, "a song lies next to its own centre: {song}");
            assert_eq!(song["nearest"].as_array().unwrap().len(), 1);
            assert_eq!(song["said"][0]["name"], list["name"]);
        }
    }
}

#[test]
fn one_song_can_be_explained() {
    let env = home("Jazz", "Rock");
    let one = text(env.run("cluster --n 2 --explain=music/tone_3.wav"));
    for line in [
        "music/tone_3.wav",
        "tags        Jazz",
        "in          Jazz, as number",
        "next        Rock (",
        "said of it  Jazz 100 %",
    ] {
        assert!(one.contains(line), "{line}: {one}");
    }
    let json = env.json("cluster --n 2 --explain=music/tone_3.wav");
    assert_eq!(
        (json["explain"].as_array().unwrap().len(), json["explain"][0]["songs"].as_array().unwrap().len()),
        (1, 1)
    );
    let songs: BTreeSet<_> = (0..5).map(|n| format!("music/tone_{n}.wav")).collect();
    let none = |song: &&String| {
        let said = text(env.run(&format!("cluster --n 2 --max-size 1 --set few --explain={song}")));
        said.contains(&format!("{song} is in no playlist: it is like Jazz, but beyond --max-size"))
    };
    assert_eq!(songs.iter().filter(none).count(), 4, "one of five is listed");
    std::os::unix::fs::symlink("music", env.path("linked")).unwrap();
    let linked = text(env.run("cluster --n 2 --silent --explain=linked/tone_3.wav"));
    assert!(linked.contains("in          Jazz, as number"), "{linked}");
    assert!(!linked.contains("tracks in"), "reasons alone are printed: {linked}");
    let refused = env.run("cluster --n 2 --set other --output p.json --explain=music/nobody.wav");
    assert_eq!((refused.status, refused.stderr.lines().count()), (1, 1), "{refused:?}");
    let why = "music/nobody.wav is in no playlist because there is no such file";
    assert!(refused.stderr.contains(why), "{refused:?}");
    assert!(!env.path("p.json").exists(), "nothing is written then");
}

#[test]
fn a_song_that_is_in_no_playlist_is_told_why() {
    let env = home("Jazz", "Rock");
    env.json("cluster --n 2");
    fs::write(env.path("music/empty.mp3"), "").unwrap();
    fs::write(env.path("music/late.wav"), tagged(&noise(99), "Ann", "Rock")).unwrap();
    assert_eq!(env.run("scan music").status, 3);
    fs::remove_file(env.path("music/late.wav")).unwrap();
    fs::write(env.path("other.wav"), noise(98)).unwrap();
    env.run("scan music --method none");
    fs::create_dir(env.path("music/sub")).unwrap();
    fs::write(env.path("music/sub/deep.wav"), noise(97)).unwrap();
    fs::write(env.path("music/named.wav"), noise(96)).unwrap();
    env.run("scan music/sub");
    env.run("scan music --method none");
    for (line, why) in [
        ("music/empty.mp3", "because it failed (empty: "),
        ("music/late.wav", "because the file is missing since 20"),
        ("other.wav", "because the library does not know it: `indexer scan` its folder"),
        ("nowhere.wav", "because there is no such file"),
        ("music/named.wav", "because it is not in mfcc yet: `indexer scan --method mfcc` adds it"),
        ("music/tone_1.wav --path music/sub", "because it is not under "),
        ("music/tone_1.wav --genre rock --min-duration 1", "because the filters leave it out (--genre rock)"),
        ("music/tone_1.wav --exclude tone_1*", "because the filters leave it out (--exclude tone_1*)"),
    ] {
        let n = if line.contains("--path") { 1 } else { 2 };
        let before = env.json("runs list --set library").to_string().len();
        refuses(&env, &format!("cluster --n {n} --set library --explain {line}"), 1, "failed", why);
        assert_eq!(env.json("runs list --set library").to_string().len(), before, "{line}");
    }
}

#[test]
fn explain_takes_the_next_word_unless_that_is_a_flag() {
    let env = home("Jazz", "Rock");
    for line in ["--explain music/tone_3.wav --n 2", "--n 2 --explain=music/tone_3.wav"] {
        let one = env.json(&format!("cluster {line}"));
        assert_eq!(one["explain"][0]["songs"].as_array().unwrap().len(), 1, "{line}");
    }
    for line in ["cluster --explain --n 2", "cluster --n 2 --explain"] {
        assert_eq!(env.json(line)["explain"].as_array().unwrap().len(), 2, "{line}");
    }
    let run = env.json("run --explain --path music --n 2");
    assert_eq!(run["cluster"]["explain"].as_array().unwrap().len(), 2);
    let run = env.json("run --explain music/tone_3.wav --path music --n 2");
    assert_eq!(run["cluster"]["explain"].as_array().unwrap().len(), 1);
}
