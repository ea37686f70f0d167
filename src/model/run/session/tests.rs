//! On tract; on ONNX Runtime when `INDEXER_TEST_ONNXRUNTIME` is the path of its library (a process has one engine).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::model::{
    golden::{self, SIGNALS, noise, numbers, tiny},
    input::front_end::FrontEnd,
    install::import::import_file,
    run::settings::EngineChoice,
    spec::TensorNames,
};

mod outputs;

fn settings() -> InferenceSettings {
    let library = env::var_os("INDEXER_TEST_ONNXRUNTIME").map(PathBuf::from);
    let engine = if library.is_some() { EngineChoice::OnnxRuntime } else { EngineChoice::Tract };
    InferenceSettings { engine, runtime: library.unwrap_or_default(), threads: 2, ..Default::default() }
}

/// The engine that the environment names, and no other.
fn engine() -> &'static Engine {
    let (settings, engine) = (settings(), Engine::start(&settings(), &[]).unwrap());
    match settings.engine {
        EngineChoice::OnnxRuntime => {
            assert_eq!(engine.library, Some(settings.runtime.canonicalize().unwrap()));
            assert!(engine.to_string().starts_with("ONNX Runtime 1."), "{engine}");
        }
        _ => assert!(engine.to_string().starts_with("tract 0.") && engine.library.is_none(), "{engine}"),
    }
    engine
}

fn open(model: &Installed) -> ModelSession {
    ModelSession::open(model, &settings(), engine()).unwrap()
}

fn mini(format: &str, folder: &Path) -> Installed {
    let file = golden::path(&format!("cnn14_mini_{format}.pth"));
    import_file(&file, &ModelSpec::built_in("cnn14").unwrap(), "cnn14-mini", folder, true, None).unwrap()
}

/// Within 1e-3 of the greatest value, and of the same direction.
fn assert_close(found: &[f32], wanted: &[f32], what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    let greatest = wanted.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    let off = found.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(off <= 1e-3 * greatest, "{what}: {off} off where the greatest is {greatest}");
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let cosine = dot(found, wanted) / (dot(found, found) * dot(wanted, wanted)).sqrt();
    assert!(cosine >= 0.99999, "{what}: cosine {cosine}");
}

#[test]
fn both_checkpoint_formats_give_what_pytorch_gives() {
    for format in ["legacy", "zip"] {
        let folder = tempfile::tempdir().unwrap();
        let model = mini(format, folder.path());
        let (mut front_end, mut session) = (FrontEnd::new(&model.spec), open(&model));
        for signal in SIGNALS {
            let prediction = session.run(&front_end.input(&numbers(signal, "wave"))).unwrap();
            let what = |output| format!("{format} {signal} {output}");
            assert_close(&prediction.embedding, &numbers(signal, "embedding"), &what("embedding"));
            assert_close(&prediction.scores, &numbers(signal, "scores"), &what("scores"));
        }
        assert_eq!(session.take_warning(), None);
    }
}

#[test]
fn networks_that_are_only_imported_give_what_is_computed_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["clap", "openl3", "wav2vec2"] {
        let (file, spec) = (folder.path().join("file"), ModelSpec::built_in(name).unwrap());
        fs::write(&file, tiny(name)).unwrap();
        let model = import_file(&file, &spec, name, folder.path(), true, None).unwrap();
        let samples: Vec<f32> = (0..spec.window_samples()).map(|i| (i as f32 * 0.01).sin()).collect();
        let input = FrontEnd::new(&spec).input(&samples);
        let value = |i: usize| f64::from(input.values[i]);
        let wanted: Vec<f64> = match name {
            // The mean of each band, times the weights.
            "clap" => {
                let frames = input.values.len() / 64;
                let mean =
                    |band| (0..frames).map(|frame| value(64 * frame + band)).sum::<f64>() / frames as f64;
                let (means, weights) = ((0..64).map(mean).collect::<Vec<_>>(), noise(64 * 512));
                (0..512).map(|to| (0..64).map(|band| means[band] * weights[512 * band + to]).sum()).collect()
            }
            // The greatest sample, times the weights.
            "openl3" => {
                let greatest = (0..input.values.len()).map(value).fold(f64::MIN, f64::max);
                noise(6144).into_iter().map(|weight| weight * greatest).collect()
            }
            // The mean over the frames of one convolution is that of the mean frame; all is scaled by `one`.
            _ => {
                let frames = (input.values.len() - 400) / 320 + 1;
                let mean = |at| (0..frames).map(|frame| value(320 * frame + at)).sum::<f64>() / frames as f64;
                let (frame, weights) = ((0..400).map(mean).collect::<Vec<_>>(), noise(768 * 400 + 1));
                let dot = |to: usize| (0..400).map(|at| frame[at] * weights[400 * to + at]).sum::<f64>();
                (0..768).map(|to| dot(to) * weights[768 * 400]).collect()
            }
        };
        let prediction = open(&model).run(&input).unwrap();
        assert_close(
            &prediction.embedding,
            &wanted.iter().map(|value| *value as f32).collect::<Vec<_>>(),
            name,
        );
        assert!(prediction.scores.is_empty());
    }
}

#[test]
fn a_window_that_is_too_short_never_reaches_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let model = mini("zip", folder.path());
    let (mut front_end, mut session) = (FrontEnd::new(&model.spec), open(&model));
    assert_eq!(session.run(&front_end.input(&[0.1; 9_920])).unwrap().embedding.len(), 32);
    let error = session.run(&front_end.input(&[0.1; 9_919])).unwrap_err().to_string();
    assert_eq!(error, "a window of 31 frames is too short for cnn14-mini, which needs 32");
}

#[test]
fn files_that_were_changed_are_refused_before_use() {
    let folder = tempfile::tempdir().unwrap();
    let model = mini("zip", folder.path());
    for file in [model.onnx.clone(), model.onnx.with_extension("onnx.data")] {
        let whole = fs::read(&file).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        for bytes in [&flipped[..], &whole[..whole.len() - 1], b""] {
            fs::write(&file, bytes).unwrap();
            let error = ModelSession::open(&model, &settings(), engine()).err().unwrap().to_string();
            assert!(
                error.contains("was changed after it was installed: fetch or import cnn14-mini again"),
                "{error}"
            );
        }
        fs::write(&file, whole).unwrap();
    }
    open(&model);
}

#[test]
fn a_description_that_does_not_fit_the_network_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let model = mini("zip", folder.path());
    let input = FrontEnd::new(&model.spec).input(&numbers("music_a", "wave"));
    let refused = |change: &dyn Fn(&mut ModelSpec)| {
        let mut model = model.clone();
        change(&mut model.spec);
        open(&model).run(&input).unwrap_err()
    };
    let error = refused(&|spec| spec.output.dimension = 2048).to_string();
    let wanted =
        "cnn14-mini gives [1, 32] as embedding where 2048 numbers are needed: it belongs to another model";
    assert_eq!(error, wanted);
    let error = refused(&|spec| spec.output.embedding = TensorNames::One("x".to_owned())).to_string();
    assert!(error.starts_with("cnn14-mini gives nothing as x"), "{error}");
    let error = refused(&|spec| spec.input.name = "x".to_owned());
    assert!(matches!(error, SessionError::Run { .. }), "{error}");
}

#[test]
fn a_provider_that_the_engine_does_not_support_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let model = mini("zip", folder.path());
    let settings = InferenceSettings { providers: vec![Provider::Cpu, Provider::CoreMl], ..settings() };
    let error = ModelSession::open(&model, &settings, engine()).err().unwrap().to_string();
    assert!(error.starts_with(&format!("{} does not support coreml: remove it", engine())), "{error}");
}

#[test]
fn what_a_provider_fails_to_compute_the_cpu_computes_with_one_warning() {
    let folder = tempfile::tempdir().unwrap();
    let (model, other) = (mini("zip", folder.path()), folder.path().join("other.onnx"));
    fs::write(&other, tiny("clap")).unwrap();
    let mut session = open(&model);
    // In place of a device that fails: a network that does not take this input.
    let broken = Installed { spec: model.spec.clone(), onnx: other };
    session.inner = load(&broken, &settings(), engine(), &[]).unwrap();
    session.settings.providers = vec![Provider::OpenVino];
    session.accelerated = true;
    let input = FrontEnd::new(&model.spec).input(&numbers("music_a", "wave"));
    let prediction = session.run(&input).unwrap();
    assert_close(&prediction.embedding, &numbers("music_a", "embedding"), "embedding");
    let warning = session.take_warning().unwrap();
    assert!(warning.starts_with("inference.providers = openvino: failed, and the CPU computes"), "{warning}");
    assert!(session.run(&input).is_ok() && session.take_warning().is_none());
}
