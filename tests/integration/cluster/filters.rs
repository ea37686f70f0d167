//! Filters of what comes into playlists: none of them decodes anything, and what they leave out comes back.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    time::{Duration, SystemTime},
};

use serde_json::Value;

use crate::support::{
    environment::TestEnv,
    recordings::{Dice, RATE, tone, tones, wav},
    refusal::refuses,
    tagged_songs::{dated, home},
};

/// The file names in all playlists of one call, and its summary.
fn listed(env: &TestEnv, flags: &str) -> (BTreeSet<String>, Value) {
    let summary = env.json(&format!("cluster --n 1 --output p.json {flags}"));
    let json: Value = serde_json::from_slice(&fs::read(env.path("p.json")).unwrap()).unwrap();
    let songs =
        json["playlists"].as_array().unwrap().iter().filter_map(|list| list["songs"].as_array()).flatten();
    let name = |song: &Value| song.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    (songs.map(name).collect(), summary)
}

#[test]
fn each_filter_leaves_out_what_it_says_and_counts_it() {
    let env = home("Hip-Hop/Rap", "Rock");
    fs::write(env.path("music/long.wav"), tone(9, 3.0)).unwrap();
    fs::create_dir(env.path("music/Live")).unwrap();
    fs::write(env.path("music/Live/live.wav"), tone(10, 1.5)).unwrap();
    let old = SystemTime::now() - Duration::from_secs(60 * 86_400);
    File::open(env.path("music/long.wav")).unwrap().set_modified(old).unwrap();
    env.json("scan");
    for (flags, size) in [
        ("", 12),
        ("--min-duration 2", 1),
        ("--max-duration 0m2s", 11),
        ("--genre hip_hop", 5),
        ("--genre ROCK", 5),
        ("--genre rock --genre rap", 10),
        ("--exclude *.wav --exclude !tone_*.wav", 5),
        ("--exclude Live/", 11),
        ("--exclude /tone_*", 7),
        ("--since 30d", 11),
        ("--since 90d", 12),
        ("--since 2001-09-09", 12),
        ("--max-size 3", 3),
        ("--max-per-artist 1", 4),
        ("--genre rock --max-size 2", 2),
    ] {
        let (songs, summary) = listed(&env, flags);
        assert_eq!((songs.len(), &summary["filtered"]), (size, &(12 - size).into()), "{flags}: {songs:?}");
    }
    let said = env.run("cluster --n 1 --genre rock").stdout;
    assert!(said.contains("5 tracks in 1 playlist, 7 filtered out,"), "{said}");
}

#[test]
fn a_tempo_is_a_range_with_an_open_end_if_need_be() {
    let env = TestEnv::new();
    for bpm in [70, 100, 150] {
        fs::write(env.path(format!("music/{bpm}.wav")), clicks(bpm)).unwrap();
    }
    env.json("scan music");
    for (range, wanted) in [
        ("90..110", vec!["100.wav"]),
        ("90..", vec!["100.wav", "150.wav"]),
        ("..110", vec!["100.wav", "70.wav"]),
        ("0..1000", vec!["100.wav", "150.wav", "70.wav"]),
    ] {
        let songs: Vec<_> = listed(&env, &format!("--tempo {range}")).0.into_iter().collect();
        assert_eq!(songs, wanted, "{range}");
    }
    let line = "cluster --n 1 --tempo 90..110 --explain music/70.wav";
    refuses(&env, line, 1, "failed", "because the filters leave it out (--tempo 90..110)");
}

#[test]
fn years_are_those_of_the_tags() {
    let env = TestEnv::new();
    for (seed, date) in [(0, "1989-12-31"), (1, "1990"), (2, "1994-05-06"), (3, "soon")] {
        fs::write(env.path(format!("music/{seed}.wav")), dated(&tone(seed, 1.2), "Ann", date)).unwrap();
    }
    env.json("scan music");
    for (years, wanted) in
        [("1990..1999", vec!["1.wav", "2.wav"]), ("1994", vec!["2.wav"]), ("..1990", vec!["0.wav", "1.wav"])]
    {
        let songs: Vec<_> = listed(&env, &format!("--year {years}")).0.into_iter().collect();
        assert_eq!(songs, wanted, "{years}");
    }
    let line = "cluster --n 1 --year 1990.. --explain music/3.wav";
    refuses(&env, line, 1, "failed", "because the filters leave it out (--year 1990..)");
    let said = env.run("cluster --n 1 --year 1994 --explain music/2.wav").stdout;
    assert!(said.contains("tags        1994-05-06"), "{said}");
    let song = env.json("playlists show 0")["songs"][0].clone();
    assert_eq!((&song["date"], &song["artists"][0]), (&"1994-05-06".into(), &"Ann".into()), "{song}");
}

/// Twelve seconds of short beats of noise.
fn clicks(bpm: usize) -> Vec<u8> {
    let mut dice = Dice(bpm as u64);
    let period = RATE as usize * 60 / bpm;
    let sample = |n: usize| {
        let loudness = (1.0 - (n % period) as f32 / 2000.0).max(0.0);
        ((dice.below(20_000) as f32 - 10_000.0) * loudness) as i16
    };
    wav(&(0..12 * RATE as usize).map(sample).collect::<Vec<_>>())
}

#[test]
fn what_was_filtered_out_returns_to_its_playlist() {
    let env = home("Jazz", "Rock");
    let lists = || fs::read_to_string(env.path("p.json")).unwrap();
    let first = env.json("cluster --n 2 --output p.json");
    let all = lists();
    for flags in ["--max-size 2", "--exclude tone_1.wav --exclude noise_1.wav"] {
        let fewer = env.json(&format!("cluster --n 2 --output p.json {flags}"));
        assert_ne!(fewer["run"], first["run"], "{flags}");
        assert_ne!(lists(), all, "{flags}");
        let again = env.json("cluster --n 2 --output p.json");
        assert_eq!((&again["run"], lists()), (&first["run"], all.clone()), "{flags}");
    }
}

#[test]
fn a_limit_on_lists_moves_no_centre() {
    let env = home("Jazz", "Rock");
    let inertia = |flags: &str| env.json(&format!("cluster --n 2 {flags}"))["inertia"].as_f64().unwrap();
    assert_eq!(inertia(""), inertia("--max-size 1 --max-per-artist 1"));
    assert_ne!(inertia(""), inertia("--exclude tone_1.wav"));
}

#[test]
fn filters_of_the_configuration_and_the_environment_hold_until_a_flag_says_otherwise() {
    let mut env = home("Jazz", "Rock");
    fs::write(env.path("c.toml"), "[cluster]\ngenre = [\"jazz\"]\nmax_size = 3\n").unwrap();
    assert_eq!(listed(&env, "--config c.toml").0.len(), 3);
    assert_eq!(listed(&env, "--config c.toml --max-size 0").0.len(), 5);
    assert_eq!(listed(&env, "--config c.toml --max-size 0 --genre jazz --genre rock").0.len(), 10);
    env.set("INDEXER_CLUSTER_EXCLUDE", "noise_*,tone_0.wav");
    assert_eq!(listed(&env, "").0.len(), 4);
}

#[test]
fn filters_that_make_no_sense_are_refused_before_anything_runs() {
    let env = TestEnv::new();
    for (flags, line) in [
        ("--min-duration soon", "--min-duration soon is no length: give seconds, or as in 2m30s"),
        ("--max-duration -1", "unexpected argument"),
        ("--min-duration 5m --max-duration 3m", "--min-duration 5m is more than --max-duration 3m"),
        (
            "--tempo 120",
            "--tempo 120 is no range of beats per minute: give one such as 90..120, ..100 or 120..",
        ),
        ("--tempo ..", "--tempo .. is no range of beats per minute"),
        ("--tempo 120..90", "--tempo 120..90 is no range of beats per minute"),
        ("--genre ???", "--genre ??? names no genre"),
        (
            "--year 90s",
            "--year 90s is no year or range of years: give one such as 1994, 1990..1999, ..1979 or 2000..",
        ),
        ("--year 1999..1990", "--year 1999..1990 is no year or range of years"),
        ("--exclude a{b", "--exclude a{b: "),
        (
            "--since yesterday",
            "--since yesterday is no time: give a date as in 2026-01-31, or 30d for days ago",
        ),
        ("--max-size many", "invalid value 'many'"),
    ] {
        let refused = env.run(&format!("cluster --n 1 {flags}"));
        assert_eq!(refused.status, 2, "{flags}: {refused:?}");
        assert!(refused.stderr.contains(line), "{flags}: {refused:?}");
        assert!(!env.store().exists(), "{flags}");
    }
    let env = home("Jazz", "Rock");
    let refused = env.run("cluster --n 1 --min-duration 1h");
    assert_eq!(refused.stderr, "indexer: the filters leave no track of mfcc: ask for less\n");
    let refused = env.run("cluster --n 1 --genre polka --output p.json");
    assert_eq!(
        (refused.status, refused.stderr.as_str()),
        (1, "indexer: no song is of the genre polka: there are Jazz (5), Rock (5)\n")
    );
}

#[test]
fn a_recording_that_is_there_twice_is_listed_once() {
    let env = TestEnv::new();
    tones(&env.path("music"), "other", 1..4);
    let song = tone(0, 2.0);
    fs::write(env.path("music/a.wav"), &song).unwrap();
    // Another recording by name, and the same to hear.
    let mut rounded = song.clone();
    let last = rounded.len() - 2;
    rounded[last] ^= 1;
    fs::write(env.path("music/b.wav"), &rounded).unwrap();
    fs::write(env.path("music/longer.wav"), tone(0, 2.5)).unwrap();
    env.json("scan music");
    let (all, _) = listed(&env, "");
    let (songs, summary) = listed(&env, "--dedupe");
    let gone: Vec<_> = all.difference(&songs).cloned().collect();
    assert!(gone == ["a.wav"] || gone == ["b.wav"], "{songs:?}");
    assert_eq!(summary["filtered"], 1);
    assert_eq!(listed(&env, "--dedupe").0, songs, "the same one goes each time");
}

#[test]
fn too_few_that_are_left_are_told_beside_all() {
    let env = home("Jazz", "Rock");
    let refused = env.run("cluster --n 6 --genre rock").stderr;
    let line = "--n 6, but the filters leave 5 of 10 tracks of mfcc: choose at most 5, or filter less";
    assert!(refused.contains(line), "{refused}");
    let said = env.run("cluster --n 1 --exclude * --exclude !tone_1.wav").stdout;
    assert!(said.contains("1 track in 1 playlist, 9 filtered out,"), "{said}");
}

#[test]
fn a_genre_that_no_song_is_of_is_told_with_those_that_there_are() {
    let env = home("Hip-Hop/Rap", "Rock");
    fs::remove_file(env.path("music/noise_0.wav")).unwrap();
    env.json("scan --accept-missing");
    refuses(
        &env,
        "cluster --n 1 --genre Polka --output p.json",
        1,
        "failed",
        "no song is of the genre polka: there are Hip hop (5), Rap (5), Rock (4)",
    );
    let mixed = env.run("cluster --n 1 --genre Polka --genre rock");
    assert_eq!(mixed.status, 0, "{mixed:?}");
    assert!(mixed.stdout.contains("4 tracks in 1 playlist"), "{mixed:?}");
    assert!(mixed.stderr.contains("warning: no song is of the genre polka"), "{mixed:?}");
}
