//! A library that is large enough for reduced vectors.

use std::path::PathBuf;

use indexer::testing::{Neighbourhood, WritableStore, neighbours};

use super::{distances, names};
use crate::support::{environment::TestEnv, recordings::Dice};

const SONGS: u32 = 3000;
const COLUMNS: usize = 160;

fn path(number: u32) -> PathBuf {
    format!("/music/artist {:03}/album/{number:05}.mp3", number % 300).into()
}

/// Songs that differ along directions of falling weight, as real embeddings do, in the reduced space of an invented `cnn14`.
fn home() -> TestEnv {
    let env = TestEnv::new();
    let mut dice = Dice(7);
    let mut uniform = move || (dice.roll() >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
    let directions: Vec<Vec<f32>> = (0..96).map(|_| (0..COLUMNS).map(|_| uniform()).collect()).collect();
    let mut vector = |_| {
        let mut row = vec![0.3; COLUMNS];
        for (place, direction) in directions.iter().enumerate() {
            let weight = 2.0 * uniform() / (place as f32 + 1.0).powf(0.7);
            row.iter_mut().zip(direction).for_each(|(value, along)| *value += weight * along);
        }
        row
    };
    let store = WritableStore::open(&env.store()).unwrap();
    store.add_root("/music".as_ref()).unwrap();
    store.add_songs("cnn14", 0..SONGS, path, &mut vector, |_| vec![], false).unwrap();
    store.reduce("cnn14").unwrap();
    env
}

#[test]
fn the_ten_nearest_are_those_that_brute_force_finds() {
    let env = home();
    let songs: Vec<_> = (0..40).map(|number| path(number * 71)).collect();
    for scaled in [false, true] {
        let found = |brute_force| {
            let how = Neighbourhood { n: 10, brute_force, scaled };
            neighbours(&env.store(), "cnn14", &songs, how).unwrap()
        };
        let (found, all) = (found(false), found(true));
        let both = found.iter().zip(&all);
        let hits = both.flat_map(|(found, all)| all.iter().filter(|song| found.contains(song))).count();
        assert!(hits >= 392, "{hits} of 400");
    }
}

#[test]
fn steps_of_a_way_are_even_and_lead_on() {
    let env = home();
    for (from, to) in [(0, 1), (17, 999), (40, 2500)] {
        let (from, to) = (format!("{from:05}.mp3"), format!("{to:05}.mp3"));
        let found = env.json(&format!("path {from} {to} --steps 12 -m cnn14"));
        let steps = distances(&found)[1..].to_owned();
        let mean = steps.iter().sum::<f64>() / steps.len() as f64;
        let uneven = steps.iter().map(|step| (step - mean).abs()).fold(0.0, f64::max) / mean;
        assert!(uneven < 0.4, "{steps:?}");
        let direct = env.json(&format!("path {from} {to} --steps 2 -m cnn14"));
        assert!(mean < 0.8 * distances(&direct)[1], "{steps:?} {direct}");
        let artists: Vec<_> = names(&found);
        assert_eq!((artists.first(), artists.last()), (Some(&from), Some(&to)));
    }
}
