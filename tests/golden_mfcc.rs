//! The built-in vector and the resampler against librosa 0.11: `golden/make_dsp.py` made the numbers.

#[path = "golden_mfcc/timbre.rs"]
mod timbre;

use std::f64::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};

use indexer::testing::{mfcc_columns, mfcc_of_file, mfcc_of_samples, resample};
use serde_json::Value;

/// librosa computes in 32 bits and transforms in 64, this in 32 throughout: what differs is rounding.
const OF_SAMPLES: f64 = 0.001;
/// The whole path, in spreads. 44 100 Hz meets soxr's filter; other ratios go through several stages there.
const OF_44100: f64 = 0.012;
const OF_OTHER_RATES: f64 = 0.04;
/// Flatness, a geometric mean, hears how deep the stop band is. No other column and not the timbre vector does.
const FLATNESS: &str = "flatness_mean";
const OF_FLATNESS: f64 = 0.03;
/// The seventh contrast band is the resampler's stop band: how empty an empty band is.
const STOP_BAND: [&str; 2] = ["contrast_mean_6", "contrast_std_6"];

#[test]
fn vectors_of_samples_are_librosas() {
    let golden = golden();
    let spread = numbers(&golden["spread"]);
    for (name, signal) in signals() {
        let vector = vector_of(&signal, 5000);
        let expected = numbers(&golden["vectors"][name]);
        for (i, column) in mfcc_columns().iter().enumerate() {
            let off = (f64::from(vector[i]) - expected[i]).abs();
            let allowed = OF_SAMPLES * spread[i].max(expected[i].abs());
            assert!(off <= allowed, "{name}: {column} is {}, librosa's {}", vector[i], expected[i]);
        }
    }
}

#[test]
fn the_length_of_blocks_changes_no_bit() {
    let signal = &signals()[1].1;
    let whole = vector_of(signal, usize::MAX);
    for length in [1, 511, 2048, 44_100] {
        assert_eq!(vector_of(signal, length), whole);
    }
}

#[test]
fn resampling_is_soxrs_in_length_and_place_whatever_the_blocks() {
    for case in golden()["resampled"].as_array().expect("a list") {
        let rate = |key: &str| case[key].as_u64().expect("a rate") as u32;
        let (from, to) = (rate("from"), rate("to"));
        let noise = noise(from as usize / 2 + 1);
        let whole = resample(from, to, &noise, usize::MAX);
        assert_eq!(whole.len() as u64, case["length"].as_u64().expect("a length"), "{from} to {to}");
        // soxr's stages do not agree on what lies before the first sample.
        for (i, expected) in numbers(&case["samples"]).into_iter().enumerate().skip(1) {
            let off = (f64::from(whole[211 * i]) - expected).abs();
            assert!(
                off < 0.001,
                "{from} to {to}: sample {} is {}, soxr's {expected}",
                211 * i,
                whole[211 * i]
            );
        }
        assert_eq!(resample(from, to, &noise, 777), whole);
    }
}

#[test]
#[ignore = "needs the audio files that INDEXER_TEST_AUDIO names"]
fn whole_files_are_within_a_few_hundredths_of_a_spread() {
    let audio = audio();
    let reference = reference(&audio);
    let mut checked = 0;
    for (name, song) in reference["files"].as_object().expect("a map") {
        check_file(&audio.join(name), &of_song(song));
        checked += 1;
    }
    assert!(checked >= 51, "only {checked} files");
}

#[test]
fn the_clips_are_within_a_few_hundredths_of_a_spread() {
    let golden: Value = serde_json::from_str(include_str!("golden/librosa.json")).expect("JSON");
    let clips = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clips");
    let songs = golden["files"].as_object().expect("a map");
    assert_eq!(songs.len(), 18);
    songs.iter().for_each(|(name, song)| check_file(&clips.join(name), &of_song(song)));
}

#[test]
#[ignore = "needs the audio files that INDEXER_TEST_AUDIO names"]
fn tempo_is_right_at_least_as_often_as_librosas() {
    let audio = audio();
    let reference = reference(&audio);
    let [mut ours, mut librosas] = [0, 0];
    for (file, bpm) in truths() {
        let tempo = vector_of_file(&audio.join("tempo").join(&file)).1[66];
        ours += u32::from(tempo_is_right(tempo.into(), bpm));
        let theirs = &reference["files"][format!("tempo/{file}")]["tempo"];
        librosas += u32::from(tempo_is_right(theirs.as_f64().expect("a tempo"), bpm));
    }
    println!("tempo right: {ours} of 30, librosa's {librosas}");
    assert!(ours >= librosas && librosas > 0, "{ours} right, librosa {librosas}");
}

/// The whole path of one file, against librosa's values in the order of the columns.
fn check_file(path: &Path, expected: &[f64]) {
    let spread = numbers(&golden()["spread"]);
    let (rate, vector) = vector_of_file(path);
    let tolerance = if rate == 44_100 { OF_44100 } else { OF_OTHER_RATES };
    for (i, column) in
        mfcc_columns().iter().enumerate().filter(|(_, column)| !STOP_BAND.contains(&column.as_str()))
    {
        let off = (f64::from(vector[i]) - expected[i]).abs() / spread[i];
        let tolerance = if column == FLATNESS { tolerance.max(OF_FLATNESS) } else { tolerance };
        let name = path.display();
        assert!(off <= tolerance, "{name}: {column} is {}, librosa's {}", vector[i], expected[i]);
    }
}

/// The pieces whose tempo is notated, with it (beats per minute).
fn truths() -> Vec<(String, f64)> {
    let text = fs::read_to_string(audio().join("tempo/tempo_truth.csv")).expect("the truth");
    let rows = text.lines().skip(1).filter_map(|line| line.split_once(','));
    rows.map(|(file, bpm)| (file.to_owned(), bpm.parse().expect("a tempo"))).collect()
}

/// Half, double and triple count as right, as tempo estimators are judged.
fn tempo_is_right(tempo: f64, bpm: f64) -> bool {
    [1.0 / 3.0, 0.5, 1.0, 2.0, 3.0].iter().any(|k| (tempo / (bpm * k) - 1.0).abs() <= 0.04)
}

/// The folder of real music and its reference.
fn audio() -> PathBuf {
    std::env::var_os("INDEXER_TEST_AUDIO").expect("INDEXER_TEST_AUDIO").into()
}

fn reference(audio: &Path) -> Value {
    let text = fs::read_to_string(audio.join("reference/librosa.json")).expect("the reference");
    serde_json::from_str(&text).expect("JSON")
}

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/dsp.json")).expect("JSON")
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().expect("a list").iter().map(|value| value.as_f64().expect("a number")).collect()
}

/// One song of librosa.json in the order of the columns.
fn of_song(song: &Value) -> Vec<f64> {
    let mut vector = Vec::new();
    for key in ["mfcc_mean", "mfcc_std", "delta_std", "contrast_mean", "contrast_std"] {
        vector.extend(numbers(&song[key]));
    }
    for (which, list) in ["shape_mean", "shape_std"].into_iter().enumerate() {
        let shapes = ["centroid", "bandwidth", "flatness", "rolloff", "zcr"];
        match &song[list] {
            Value::Null => vector.extend(shapes.map(|shape| numbers(&song["shape"][shape])[which])),
            values => vector.extend(numbers(values)),
        }
    }
    vector.extend(numbers(&song["onset"]));
    vector.push(song["tempo"].as_f64().expect("a number"));
    vector
}

fn vector_of(samples: &[f32], block: usize) -> Vec<f32> {
    mfcc_of_samples(samples, block).expect("a vector")
}

/// The rate (Hz) of a file, and its vector.
fn vector_of_file(path: &Path) -> (u32, Vec<f32>) {
    let (decoded, vector) = mfcc_of_file(path).expect("a vector");
    assert_eq!(decoded.partial, None);
    (decoded.rate, vector)
}

fn noise(length: usize) -> Vec<f32> {
    let next = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(((f64::from(*state >> 8) / f64::from(1 << 24)) - 0.5) as f32)
    };
    std::iter::repeat_n((), length).scan(1, |state, ()| next(state)).collect()
}

/// The three signals of the script, 6 s at 22 050 Hz.
fn signals() -> [(&'static str, Vec<f32>); 3] {
    let hiss = noise(6 * 22_050);
    let make = |sample: &dyn Fn(f64, f64) -> f64| {
        hiss.iter()
            .enumerate()
            .map(|(i, &hiss)| sample(i as f64 / 22_050.0, f64::from(hiss)) as f32)
            .collect()
    };
    let since = |t: f64| (t * 2.0) % 1.0 / 2.0;
    let tones =
        |t: f64| [1.0, 2.0, 3.0, 5.0, 8.0, 13.0].map(|k| (TAU * 220.0 * k * t).sin() / k).iter().sum::<f64>();
    [
        ("hiss", make(&|_, hiss| 0.2 * hiss)),
        (
            "plucked",
            make(&|t, hiss| {
                0.1 * (-8.0 * since(t)).exp() * tones(t) + 0.02 * hiss * (-40.0 * since(t)).exp()
            }),
        ),
        (
            "fade",
            make(&|t, hiss| {
                hiss * 10_f64.powf(-5.0 + 5.0 * t / 6.0) + 0.05 * (TAU * 3000.0 * t * t / 6.0).sin()
            }),
        ),
    ]
}
