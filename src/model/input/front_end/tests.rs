use super::*;
use crate::model::{
    golden::{SIGNALS, numbers},
    spec::{Log, Padding},
};

fn cnn14() -> ModelSpec {
    ModelSpec::built_in("cnn14").unwrap()
}

#[test]
fn log_mel_is_what_pytorch_computes() {
    let mut front_end = FrontEnd::new(&cnn14());
    for signal in SIGNALS {
        let wave = numbers(signal, "wave");
        let golden = numbers(signal, "logmel");
        let Tensor { shape, values } = front_end.input(&wave);
        assert_eq!(shape, [1, 1, wave.len() / 320 + 1, 64]);
        assert_eq!(values.len(), golden.len());
        for (value, golden) in values.iter().zip(golden) {
            // Both sum in single precision, in another order.
            assert!((value - golden).abs() <= 1e-3, "{signal}: {value} is not {golden}");
        }
    }
}

#[test]
fn silence_is_exactly_at_the_floor() {
    let silence = FrontEnd::new(&cnn14()).input(&[0.0; 32_000]);
    assert!(silence.values.iter().all(|&level| level == -100.0));
}

#[test]
fn the_shortest_track_of_cnn14_has_32_frames() {
    let frames = |samples: usize| FrontEnd::new(&cnn14()).input(&vec![0.5; samples]).shape[2];
    assert_eq!([frames(9_919), frames(9_920)], [31, 32]);
}

#[test]
fn any_length_and_padding_is_accepted() {
    for padding in [Padding::Reflect, Padding::Zeros, Padding::None] {
        let mut spec = cnn14();
        let FrontEndSpec::LogMel(mel) = &mut spec.front_end else { panic!("cnn14 has a log-mel front end") };
        (mel.padding, mel.log) = (padding, Log::Ln);
        let shortest = mel.shortest();
        for samples in [0, 1, 2, 511, 512, 513, 1023, 1024, 1025, 5_000] {
            let frames = FrontEnd::new(&spec).input(&vec![0.1; samples]).shape[2];
            assert!(samples < shortest || frames > 0, "{padding:?} {samples}");
        }
    }
}

#[test]
fn axes_come_in_the_order_of_the_spec() {
    let wave = numbers("music_a", "wave");
    let rows = FrontEnd::new(&cnn14()).input(&wave);
    let mut spec = cnn14();
    spec.input.axes = vec![Axis::Batch, Axis::Bands, Axis::Frames, Axis::Channel];
    let columns = FrontEnd::new(&spec).input(&wave);
    assert_eq!(columns.shape, [1, 64, 301, 1]);
    for (frame, band) in [(0, 0), (7, 3), (300, 63)] {
        assert_eq!(columns.values[band * 301 + frame], rows.values[frame * 64 + band]);
    }
}

#[test]
fn raw_samples_are_unchanged_or_brought_to_mean_0_and_variance_1() {
    let wave: Vec<f32> = (0..1000).map(|i| 3.0 + (i as f32).sin()).collect();
    let raw = FrontEnd::new(&ModelSpec::built_in("openl3").unwrap()).input(&wave);
    assert_eq!((raw.shape, raw.values), (vec![1, 1000, 1], wave.clone()));
    let normal = FrontEnd::new(&ModelSpec::built_in("wav2vec2").unwrap()).input(&wave);
    let mean = normal.values.iter().sum::<f32>() / 1000.0;
    let variance = normal.values.iter().map(|value| value * value).sum::<f32>() / 1000.0;
    assert!(normal.shape == [1, 1000] && mean.abs() < 1e-4 && (variance - 1.0).abs() < 1e-4);
}
