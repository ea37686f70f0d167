//! Which songs are named, and in which order.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::{ask, distances, file_name, home, names, style};
use crate::support::{
    environment::{TestEnv, snapshot},
    recordings::tone,
    tagged_songs::{noise, titled},
};

#[test]
fn the_songs_of_its_style_are_nearest_to_each_song() {
    let env = home();
    for clip in crate::support::environment::clips() {
        let name = clip.file_name().unwrap().to_str().unwrap();
        let found = env.json(&format!("similar music/{name} -n 5"));
        assert!(names(&found).iter().all(|other| style(other) == style(name)), "{name}: {found}");
        let distances = distances(&found);
        assert!(distances.is_sorted() && distances[0] > 0.0, "{distances:?}");
        assert_eq!(file_name(found["seeds"][0]["path"].as_str().unwrap()), name);
    }
}

#[test]
fn a_distance_is_the_same_from_both_sides() {
    let env = home();
    let mut between: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    for clip in crate::support::environment::clips() {
        let name = clip.file_name().unwrap().to_str().unwrap().to_owned();
        let found = env.json(&format!("similar music/{name} -n 99"));
        assert_eq!(found["songs"].as_array().unwrap().len(), 17, "all but itself");
        for (other, distance) in names(&found).into_iter().zip(distances(&found)) {
            let pair = (name.clone().min(other.clone()), name.clone().max(other));
            between.entry(pair).or_default().push(distance);
        }
    }
    assert!(between.values().all(|both| (both[0] - both[1]).abs() < 2e-4), "{between:?}");
}

#[test]
fn an_answer_is_the_same_each_time_and_nothing_is_written() {
    let env = home();
    let before = snapshot(&env.path("music"));
    let line = "similar music/ambient_01.mp3 --not music/electronic_01.mp3";
    assert_eq!(env.json(line), env.json(line));
    assert!(before == snapshot(&env.path("music")));
    let counts = env.json("status");
    assert_eq!((&counts["tracks"], counts["playlists"].as_array().unwrap().len()), (&18.into(), 0));
}

#[test]
fn a_song_is_found_by_part_of_its_name_in_any_spelling() {
    let env = home();
    for typed in
        ["kitchen waltz", "Ada Fenn – Kitchen Waltz", "ADA FENN kitchen", "itchen-walt", "nachtförde tide"]
    {
        let found = ask(&env, "similar", &[typed]);
        let title = found["seeds"][0]["title"].as_str().unwrap();
        assert_eq!(title, if typed.starts_with('n') { "Tide" } else { "Kitchen Waltz" }, "{typed}");
    }
    let text = env.run("similar sparrow -n 2").stdout;
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "Like The Porch Trio – Sparrow  mfcc");
    assert!(lines[1].starts_with("   1  ") && lines[1].contains(" – ") && lines.len() == 3, "{text}");
}

#[test]
fn a_whole_name_is_meant_before_part_of_another_and_files_without_tags_are_called_by_their_names() {
    let env = TestEnv::new();
    for (seed, (file, artist, title)) in
        [("a", "Ann", "Rain"), ("b", "Ann", "Rain Again"), ("c", "Ann", "Sun"), ("d", "Rainer", "Song")]
            .into_iter()
            .enumerate()
    {
        let song = titled(&tone(seed as u64, 1.5), artist, title);
        fs::write(env.path(format!("music/{file}.wav")), song).unwrap();
    }
    fs::write(env.path("music/no tags.wav"), noise(1)).unwrap();
    env.json("scan music");
    for (typed, file) in
        [("rain", "a.wav"), ("ann rain", "a.wav"), ("again", "b.wav"), ("no tags", "no tags.wav")]
    {
        let found = ask(&env, "similar", &[typed]);
        assert_eq!(file_name(found["seeds"][0]["path"].as_str().unwrap()), file, "{typed}");
    }
}

#[test]
fn several_songs_are_asked_by_their_mean_and_unwanted_ones_push_away() {
    let env = home();
    let (one, other) = ("music/acoustic_01.mp3", "music/ambient_01.mp3");
    let both = env.json(&format!("similar {one} {other} -n 8"));
    let of = |found: &Value, kind: &str| names(found).iter().filter(|name| style(name) == kind).count();
    assert!(of(&both, "acoustic") > 1 && of(&both, "ambient") > 1, "{both}");
    assert!(names(&both).iter().all(|name| !one.ends_with(name) && !other.ends_with(name)));
    let position = |found: &Value| {
        let places = names(found).into_iter().enumerate().filter(|(_, name)| style(name) == "ambient");
        places.map(|(place, _)| place).sum::<usize>()
    };
    let alone = env.json("similar music/electronic_01.mp3 -n 99");
    let without = env.json(&format!("similar music/electronic_01.mp3 --not {other} -n 99"));
    assert!(position(&without) + 1 >= position(&alone), "{without}");
    assert_eq!(of(&without, "electronic"), 5);
    assert!(names(&without)[..5].iter().all(|name| style(name) == "electronic"), "{without}");
    assert_eq!(without["unwanted"].as_array().unwrap().len(), 1);
}

#[test]
fn limits_and_filters_hold() {
    let env = home();
    let line = "similar music/acoustic_01.mp3";
    let all = env.json(&format!("{line} -n 99"));
    let found = env.json(&format!("{line} --max-per-artist 1"));
    let artists: Vec<_> =
        found["songs"].as_array().unwrap().iter().map(|song| song["artist"].as_str().unwrap()).collect();
    assert!(artists.iter().all(|artist| artists.iter().filter(|other| other == &artist).count() == 1));
    assert!(artists.len() > 3, "{artists:?}");
    let least = distances(&all)[3];
    let found = env.json(&format!("{line} -n 99 --min-distance {least}"));
    assert!(distances(&found)[0] >= least && names(&found).len() < 17);
    let found = env.json(&format!("{line} -n 99 --exclude *.flac --max-duration 7"));
    assert!(names(&found).iter().all(|name| !name.ends_with(".flac")) && names(&found).len() < 14);
    for song in found["songs"].as_array().unwrap() {
        assert!(song["seconds"].as_f64().unwrap() <= 7.0);
    }
}

#[test]
fn what_is_missing_is_not_named_but_may_be_asked_for() {
    let env = home();
    let line = "similar music/acoustic_01.mp3 -n 99";
    assert_eq!(names(&env.json(line)).len(), 17);
    for name in ["acoustic_01.mp3", "acoustic_02.flac"] {
        fs::remove_file(env.path(format!("music/{name}"))).unwrap();
    }
    env.json("scan");
    let found = env.json(line);
    assert_eq!(names(&found).len(), 16, "{found}");
    assert!(!names(&found).contains(&"acoustic_02.flac".to_owned()));
}

#[test]
fn a_combination_of_methods_compares_as_well() {
    let env = TestEnv::with_clips();
    crate::support::miniature_model::install(&env, "mini");
    env.json("scan music --method all");
    for method in ["mini", "mfcc+mini", "mfcc:2+mini"] {
        let found = env.json(&format!("similar music/ambient_01.mp3 -n 99 -m {method}"));
        assert_eq!((&found["method"], names(&found).len()), (&method.into(), 17));
        assert!(distances(&found).is_sorted());
    }
}
