//! Ways from one song to another.

use std::collections::BTreeSet;
use std::fs;

use super::{ask, distances, home, names, style};
use crate::support::{environment::TestEnv, recordings::tone, tagged_songs::titled};

#[test]
fn a_way_leads_from_one_end_to_the_other_without_a_song_twice() {
    let env = home();
    for steps in [2, 3, 7, 18] {
        let line = format!("path music/acoustic_01.mp3 music/electronic_01.mp3 --steps {steps}");
        let found = env.json(&line);
        let names = names(&found);
        assert_eq!(names.len(), steps);
        assert_eq!((names[0].as_str(), names[steps - 1].as_str()), ("acoustic_01.mp3", "electronic_01.mp3"));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), steps, "{names:?}");
        assert_eq!(found, env.json(&line));
        assert!(distances(&found)[0] == 0.0 && distances(&found)[1..].iter().all(|step| *step > 0.0));
    }
}

#[test]
fn a_way_begins_in_one_style_and_ends_in_the_other() {
    let env = home();
    let found = env.json("path music/acoustic_01.mp3 music/electronic_01.mp3 --steps 8");
    let names = names(&found);
    assert_eq!((style(&names[1]), style(&names[6])), ("acoustic", "electronic"), "{names:?}");
    let changes = names.windows(2).filter(|pair| style(&pair[0]) != style(&pair[1])).count();
    assert!(changes <= 2, "{names:?}");
}

#[test]
fn no_artist_comes_twice_in_a_row() {
    let env = home();
    for (from, to) in [("sparrow", "tide"), ("gate", "clock"), ("clock", "cellar")] {
        let found = ask(&env, "path --steps 7", &[from, to]);
        let artists: Vec<_> =
            found["songs"].as_array().unwrap().iter().map(|song| song["artist"].as_str().unwrap()).collect();
        assert!(artists.windows(2).all(|pair| pair[0] != pair[1]), "{artists:?}");
    }
}

#[test]
fn a_song_that_is_there_in_two_recordings_comes_once() {
    let env = TestEnv::new();
    for seed in 0..8 {
        // Two recordings of each song.
        for (copy, length) in [("a", 1.5), ("b", 1.6)] {
            let song = titled(&tone(seed, length), &format!("Artist {seed}"), &format!("Song {seed}"));
            fs::write(env.path(format!("music/{seed}{copy}.wav")), song).unwrap();
        }
    }
    env.json("scan music");
    let found = env.json("path music/0a.wav music/7a.wav --steps 8");
    let titles: BTreeSet<_> =
        found["songs"].as_array().unwrap().iter().map(|song| song["title"].to_string()).collect();
    assert_eq!(titles.len(), 8, "{found}");
}
