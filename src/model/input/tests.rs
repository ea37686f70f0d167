//! The options of front ends against librosa and NumPy (`tests/golden/make_front_end.py`).

use serde_json::Value;

use super::*;
use crate::audio::Tensor;
use crate::model::golden::noise;
use crate::model::spec::{FrameCount, PadShort, Window};

/// The signal of `make_front_end.py`: a noise that swells by 120 dB, and a tone.
fn signal() -> Vec<f32> {
    let at = |(i, noise): (usize, f64)| {
        let t = i as f64 / 16_000.0;
        let tone = if t > 0.25 { 0.02 * (std::f64::consts::TAU * 440.0 * t).sin() } else { 0.0 };
        (noise * 10.0_f64.powf(-6.0 + 12.0 * t) + tone) as f32
    };
    noise(8_000).into_iter().enumerate().map(at).collect()
}

fn goldens(of: &str) -> Vec<(String, Value)> {
    let all: Value = serde_json::from_str(include_str!("../../../tests/golden/front_end.json")).unwrap();
    all[of].as_object().unwrap().clone().into_iter().collect()
}

/// A model with the front end of a golden, for windows of 96 frames.
fn spec(golden: &Value) -> ModelSpec {
    let window = Window::Frames(FrameCount { frames: 96, hop: None });
    let cnn14 = ModelSpec::built_in("cnn14").unwrap();
    let front_end = serde_json::from_value(golden["front_end"].clone()).unwrap();
    ModelSpec { rate: 16_000, window, trim: false, front_end, ..cnn14 }
}

/// Every 13th value within a thousandth: levels are sums in single precision of numbers that span 120 dB.
fn assert_golden(name: &str, input: &Tensor, golden: &Value) {
    let shape: Vec<usize> = serde_json::from_value(golden["shape"].clone()).unwrap();
    assert_eq!(input.shape[2..], shape, "{name}");
    let wanted: Vec<f32> = serde_json::from_value(golden["values"].clone()).unwrap();
    let found: Vec<f32> = input.values.iter().copied().step_by(13).collect();
    assert_eq!(found.len(), wanted.len(), "{name}");
    for (i, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!((found - wanted).abs() <= 1e-3, "{name}, value {i}: {found} is not {wanted}");
    }
}

#[test]
fn every_option_of_a_front_end_is_what_librosa_computes() {
    let (signal, goldens) = (signal(), goldens("cases"));
    assert_eq!(goldens.len(), 6);
    for (name, golden) in goldens {
        assert_golden(&name, &FrontEnd::new(&spec(&golden)).input(&signal), &golden);
    }
}

#[test]
fn a_short_track_is_filled_up_to_the_window_by_zeros_or_by_itself() {
    for (how, golden) in goldens("fill") {
        let pad_short = Some(if how == "zeros" { PadShort::Zeros } else { PadShort::Repeat });
        let spec = ModelSpec { pad_short, shortest: 8_000, ..spec(&golden) };
        assert_eq!((spec.window_samples(), spec.shortest_input()), (24_832, 24_832));
        let (mut inputs, mut windows) = (Inputs::new(&spec), Vec::new());
        let mut emit = |produced| match produced {
            Produced::Window(input) => windows.push(input),
            Produced::Vector(_) => unreachable!("a model's inputs are windows"),
        };
        signal().chunks(777).for_each(|block| inputs.push(block, &mut emit));
        assert_eq!(inputs.finish(&mut emit), Ok(Finish::Done));
        assert_eq!(windows.len(), 1);
        assert_golden(&how, &windows[0], &golden);
    }
}

#[test]
fn windows_in_frames_have_so_many_and_start_a_hop_apart() {
    let (_, golden) = goldens("cases").into_iter().find(|(name, _)| name == "tensorflow").unwrap();
    let window = Window::Frames(FrameCount { frames: 96, hop: Some(48) });
    let spec = ModelSpec { window, shortest: 15_600, max_windows: 0, ..spec(&golden) };
    assert_eq!((spec.window_samples(), spec.window_hop()), (15_600, 7_680));
    let (mut inputs, mut shapes) = (Inputs::new(&spec), Vec::new());
    let mut emit = |produced| match produced {
        Produced::Window(input) => shapes.push(input.shape),
        Produced::Vector(_) => unreachable!("a model's inputs are windows"),
    };
    // Two whole hops after the first window, and a part of one.
    inputs.push(&vec![0.5; 15_600 + 2 * 7_680 + 100], &mut emit);
    assert_eq!(inputs.finish(&mut emit), Ok(Finish::Done));
    assert_eq!(shapes, vec![vec![1, 1, 96, 64]; 4]);
}

#[test]
fn a_track_that_is_too_short_says_what_to_do() {
    let (_, golden) = goldens("fill").remove(0);
    let mut inputs = Inputs::new(&ModelSpec { shortest: 24_832, ..spec(&golden) });
    inputs.push(&[0.5; 8_000], &mut |_| {});
    let failure = inputs.finish(&mut |_| {}).unwrap_err();
    let reason = "0.50 s of sound, under the 1.55 s of cnn14; `pad_short` in cnn14.toml would fill it up";
    assert_eq!(failure.reason, reason);
}
