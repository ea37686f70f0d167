//! Tempo, Gaussian and rhythm against librosa and numpy: `golden/make_timbre.py` made the numbers.

use std::path::Path;

use indexer::testing::{decode, mfcc_of_file_without_gate, resample};
use serde_json::Value;

use super::{audio, numbers, signals, tempo_is_right, truths, vector_of};

/// Columns of a vector: librosa's, the tempo, the Gaussian, the rhythm.
const TEMPO: usize = 67;
const TIMBRE: usize = 68;
const RHYTHM: usize = 68 + 378;
const END: usize = 68 + 401;

/// In parts of a value's spread over songs, or of the value. Of samples only rounding differs: in 32 bits it fills valleys
/// that lie 100 dB deep, as in the fade.
const OF_SAMPLES: f64 = 0.001;
const OF_A_FADE: f64 = 0.003;
/// The whole path, where librosa's resampler is another one, from 44 100 Hz and from other rates.
const OF_44100: f64 = 0.02;
const OF_OTHER_RATES: f64 = 0.06;

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/timbre.json")).expect("JSON")
}

/// The reference of real music.
fn reference() -> Value {
    let text = std::fs::read_to_string(audio().join("reference/timbre.json")).expect("the reference");
    serde_json::from_str(&text).expect("JSON")
}

/// The signals of the script.
fn more_signals() -> Vec<(&'static str, Vec<f32>)> {
    let [hiss, plucked, fade] = signals();
    let gap = [plucked.1.as_slice(), &vec![0.0; 3 * 22_050], &hiss.1].concat();
    let short = plucked.1[..6 * 22_050 / 5].to_vec();
    vec![hiss, plucked, fade, ("gap", gap), ("short", short)]
}

#[test]
fn timbre_of_samples_is_the_references() {
    let golden = golden();
    let spread = numbers(&golden["spread"]);
    for (name, signal) in more_signals() {
        let vector = vector_of(&signal, 5000);
        assert_eq!(vector.len(), END);
        let expected = numbers(&golden["vectors"][name]);
        let tempo = f64::from(vector[TEMPO]);
        assert!((tempo / expected[0] - 1.0).abs() < 1e-3, "{name}: tempo {tempo}, not {}", expected[0]);
        for (i, expected) in expected[1..].iter().enumerate() {
            let off = (f64::from(vector[TIMBRE + i]) - expected).abs();
            let allowed = if name == "fade" { OF_A_FADE } else { OF_SAMPLES };
            let allowed = allowed * spread[i].max(expected.abs());
            assert!(off <= allowed, "{name}: value {i} is {}, not {expected}", vector[TIMBRE + i]);
        }
    }
}

#[test]
#[ignore = "needs the audio files that INDEXER_TEST_AUDIO names"]
fn timbre_of_whole_files_is_within_hundredths_of_a_spread() {
    let golden = golden();
    let spread = numbers(&golden["spread"]);
    let (mut checked, mut worst, mut within) = (0, [0.0_f64; 2], 0);
    for (name, song) in reference().as_object().expect("a map") {
        let reference =
            if golden["files"][name].is_null() { &song["timbre"] } else { &golden["files"][name] };
        if reference.is_null() {
            continue;
        }
        let (decoded, vector) = mfcc_of_file_without_gate(&audio().join(name)).expect("a vector");
        let is_other = decoded.rate != 44_100;
        let allowed = if is_other { OF_OTHER_RATES } else { OF_44100 };
        for (i, expected) in numbers(reference).into_iter().enumerate() {
            let off = (f64::from(vector[TIMBRE + i]) - expected).abs() / spread[i];
            assert!(off <= allowed, "{name}: value {i} is {off:.4} spreads off {expected}");
            worst[usize::from(is_other)] = worst[usize::from(is_other)].max(off);
            within += u32::from(off <= 0.01);
        }
        checked += 401;
    }
    println!("{within} of {checked} values within 1 %, the worst {worst:.4?} (44 100 Hz, other rates)");
    assert!(checked >= 20 * 401);
}

#[test]
#[ignore = "needs the audio files that INDEXER_TEST_AUDIO names"]
fn tempo_of_the_comb_is_the_references_and_right_on_28_of_30_pieces() {
    let reference = reference();
    let mut right = 0;
    for (file, bpm) in truths() {
        let path = format!("tempo/{file}");
        let (_, vector) = mfcc_of_file_without_gate(&audio().join(&path)).expect("a vector");
        let (tempo, expected) =
            (f64::from(vector[TEMPO]), reference[&path]["tempo"].as_f64().expect("a tempo"));
        assert!((tempo / expected - 1.0).abs() < 0.006, "{path}: {tempo}, the reference has {expected}");
        right += u32::from(tempo_is_right(tempo, bpm));
    }
    println!("tempo right: {right} of 30");
    assert!(right >= 28, "{right} right");
}

/// The samples of a file at 22 050 Hz.
fn samples(path: &Path) -> Vec<f32> {
    let mut samples = Vec::new();
    let decoded = decode(path, &mut |block| samples.extend_from_slice(block)).expect("audio");
    resample(decoded.rate, 22_050, &samples, 4096)
}

#[test]
#[ignore = "needs the audio files that INDEXER_TEST_AUDIO names"]
fn silence_at_the_end_or_in_the_middle_leaves_a_song_where_it_was() {
    let silence = vec![0.0; 20 * 22_050];
    let songs: Vec<_> = reference()
        .as_object()
        .expect("a map")
        .iter()
        .filter(|(_, song)| !song["timbre"].is_null())
        .map(|(name, _)| samples(&audio().join(name)))
        .collect();
    let vectors: Vec<_> = songs.iter().map(|song| vector_of(song, 5000)).collect();
    let distance = |a: &[f32], b: &[f32]| {
        a[TIMBRE..RHYTHM].iter().zip(&b[TIMBRE..RHYTHM]).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
    };
    for (i, song) in songs.iter().enumerate() {
        let nearest = (0..songs.len())
            .filter(|&j| j != i)
            .map(|j| distance(&vectors[i], &vectors[j]))
            .fold(f32::INFINITY, f32::min);
        let (before, after) = song.split_at(song.len() / 2);
        for changed in [[song.as_slice(), &silence].concat(), [before, &silence, after].concat()] {
            let moved = distance(&vectors[i], &vector_of(&changed, 5000));
            assert!(moved < nearest / 3.0, "song {i} moved by {moved}, the nearest other is {nearest} away");
        }
    }
}
