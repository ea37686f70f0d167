use std::{fs, path::Path, sync::mpsc};

use super::*;
use crate::{
    app::scan::{
        protocol::{Reply, RequestedOutput},
        worker::analyse,
    },
    audio::Decoding,
    extract::Method,
    model::{
        Engine, ModelSpec,
        golden::{logarithm, path, tiny},
        install::import::import_file,
        run::backend::LocalBackend,
    },
};

/// The engine that the tests run on: that of the machine only where it is asked for.
fn inference() -> Inference {
    let settings = match std::env::var_os("INDEXER_TEST_ONNXRUNTIME") {
        Some(library) => InferenceSettings { runtime: library.into(), ..InferenceSettings::default() },
        None => serde_json::from_str(r#"{"engine": "tract"}"#).unwrap(),
    };
    let engine = Engine::start(&settings, &[]).unwrap();
    let backend = move |_| LocalBackend::new(settings.clone(), engine);
    Inference::on(&Arc::new(backend), crate::priority::Priority::Equal).unwrap()
}

fn install(file: &Path, spec: &str, name: &str, folder: &Path) -> Arc<Installed> {
    Arc::new(import_file(file, &ModelSpec::built_in(spec).unwrap(), name, folder, true, None).unwrap())
}

/// Twelve seconds of a sine of 440 Hz, in 16 bits and 48 000 Hz.
fn sine(amplitude: f64, folder: &Path) -> PathBuf {
    let at = |n: u32| amplitude * (std::f64::consts::TAU * 440.0 * f64::from(n) / 48_000.0).sin();
    let samples = (0..12 * 48_000).flat_map(|n| ((at(n) * 32_767.0).round() as i16).to_le_bytes());
    let data: Vec<u8> = samples.collect();
    let [length, riff] = [data.len() as u32, data.len() as u32 + 36].map(u32::to_le_bytes);
    let format = [16_u32.to_le_bytes(), [1, 0, 1, 0], 48_000_u32.to_le_bytes(), 96_000_u32.to_le_bytes()];
    let header: [&[u8]; 6] = [b"RIFF", &riff, b"WAVEfmt ", format.as_flattened(), &[2, 0, 16, 0], b"data"];
    let path = folder.join(format!("{amplitude}.wav"));
    fs::write(&path, [&header.concat(), &length[..], &data].concat()).unwrap();
    path
}

/// Decodes a file: what the models predict for it.
fn predict(inference: &Inference, models: &[Arc<Installed>], file: &Path) -> TrackPredictions {
    let stop = AtomicBool::new(false);
    let outputs: Vec<_> =
        models.iter().map(|model| RequestedOutput::of(&Method::Model(Box::new((**model).clone())))).collect();
    let mut track = inference.track(&[]);
    let analysis = analyse(file, None, &Decoding::default(), &outputs, &mut |reply| {
        if let Reply::Window(name, input) = reply {
            let model = models.iter().find(|model| model.spec.name == name).unwrap();
            assert!(track.push(model, input, &stop));
        }
    });
    assert_eq!(analysis.unwrap().vectors, []);
    let (answer, predictions) = mpsc::channel();
    track.close(move |track| answer.send(track).unwrap(), &stop);
    predictions.recv().unwrap()
}

#[test]
fn models_that_are_only_imported_see_what_their_front_ends_promise() {
    let folder = tempfile::tempdir().unwrap();
    let [loud, soft] = [0.5, 0.05].map(|amplitude| sine(amplitude, folder.path()));
    let inference = inference();
    for (name, dimension) in [("clap", 512), ("openl3", 6144), ("wav2vec2", 768)] {
        let file = folder.path().join(format!("{name}.onnx"));
        fs::write(&file, tiny(name)).unwrap();
        let model = install(&file, name, name, &folder.path().join("models"));
        let values = |file: &Path| {
            let predictions = predict(&inference, &[Arc::clone(&model)], file);
            assert_eq!(predictions.warnings, [] as [&str; 0]);
            let [(_, Ok(features))] = <[_; 1]>::try_from(predictions.results).unwrap() else {
                panic!("it failed")
            };
            assert_eq!((features.values.len(), features.scores.len()), (dimension, 0));
            features.values
        };
        let (loud, soft) = (values(&loud), values(&soft));
        let gaps: Vec<f32> = loud.iter().zip(&soft).map(|(loud, soft)| loud - soft).collect();
        match name {
            // Decibels: a tenth of the amplitude takes the same away from every mel band above the rounding.
            "clap" => assert!(gaps.iter().any(|gap| gap.abs() > 1.0)),
            // The largest sample.
            "openl3" => {
                let wrong = loud.iter().zip(&soft).find(|(loud, soft)| (*loud - 10.0 * *soft).abs() > 1e-3);
                assert_eq!(wrong, None);
            }
            // To mean 0 and variance 1: loudness is nothing.
            _ => assert!(gaps.iter().all(|gap| gap.abs() < 2e-2), "{gaps:?}"),
        }
    }
}

#[test]
fn a_model_that_cannot_be_run_is_reported_once_and_stops_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["good", "bad"];
    let models =
        names.map(|name| install(&path("cnn14_mini_zip.pth"), "cnn14", name, &folder.path().join("models")));
    fs::write(folder.path().join("models/bad.onnx"), "no network").unwrap();
    let (inference, file) = (inference(), sine(0.5, folder.path()));
    let first = predict(&inference, &models, &file);
    let second = predict(&inference, &models, &file);
    for predictions in [&first, &second] {
        let names: Vec<_> = predictions.results.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["good"]);
    }
    assert_eq!(first.results, second.results);
    assert_eq!((first.warnings.len(), second.warnings.len()), (1, 0));
    assert!(first.warnings[0].starts_with("bad cannot be run, the rest goes on: "), "{first:?}");
    assert!(first.warnings[0].contains("was changed after it was installed"), "{first:?}");
    assert_eq!(inference.broken().into_keys().collect::<Vec<_>>(), ["bad"]);
}

#[test]
fn tracks_on_several_threads_are_what_each_is_alone() {
    let folder = tempfile::tempdir().unwrap();
    let model = install(&path("cnn14_mini_zip.pth"), "cnn14", "mini", &folder.path().join("models"));
    let (inference, stop) = (inference(), AtomicBool::new(false));
    let is_tract = std::env::var_os("INDEXER_TEST_ONNXRUNTIME").is_none();
    let cores = InferenceSettings::default().threads();
    assert_eq!(inference.threads.len(), if is_tract && cores > 1 { 2 } else { 1 });
    inference.load(&model, &stop);
    let input = |track: usize, window: usize| {
        let value = |at: usize| ((at * (track + 2)) % (31 + window)) as f32 - 40.0;
        Tensor { shape: vec![1, 1, 101, 64], values: (0..101 * 64).map(value).collect() }
    };
    let run = |at_once: usize| {
        let mut results = Vec::new();
        for first in (0..6).step_by(at_once) {
            let mut tracks: Vec<_> = (0..at_once).map(|_| inference.track(&[&model])).collect();
            for window in 0..3 {
                for (track, windows) in tracks.iter_mut().enumerate() {
                    assert!(windows.push(&model, input(first + track, window), &stop));
                }
            }
            let close = |windows: TrackWindows<'_>| {
                let (answer, predictions) = mpsc::channel();
                windows.close(move |track| answer.send(track.results).unwrap(), &stop);
                predictions
            };
            let answers: Vec<_> = tracks.into_iter().map(close).collect();
            results.extend(answers.into_iter().map(|predictions| predictions.recv().unwrap()));
        }
        results
    };
    let alone = run(1);
    assert!(alone.iter().all(|track| matches!(&track[..], [(_, Ok(_))])) && alone[0] != alone[1]);
    assert_eq!(alone, run(6));
}

#[test]
fn what_is_abandoned_is_never_answered() {
    let folder = tempfile::tempdir().unwrap();
    let model = install(&path("cnn14_mini_zip.pth"), "cnn14", "mini", &folder.path().join("models"));
    let (inference, stop) = (inference(), AtomicBool::new(false));
    let input = Tensor { shape: vec![1, 1, 1001, 64], values: vec![0.0; 64_064] };
    inference.abandon(true);
    let mut track = inference.track(&[]);
    assert!((0..2 * QUEUE).all(|_| track.push(&model, input.clone(), &stop)));
    let (answer, predictions) = mpsc::channel();
    track.close(move |track| answer.send(track).unwrap(), &stop);
    assert!(predictions.recv().is_err(), "the answer is dropped");
    inference.abandon(false);
    assert_eq!(predict(&inference, &[model], &sine(0.5, folder.path())).results.len(), 1);
}

#[test]
fn what_a_model_cannot_compute_is_the_files_failure_until_it_is_every_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("openl3.onnx");
    fs::write(&file, tiny("openl3")).unwrap();
    let model = install(&file, "openl3", "openl3", &folder.path().join("models"));
    let (inference, stop) = (inference(), AtomicBool::new(false));
    let run = |samples: usize| {
        let mut track = inference.track(&[]);
        let input = Tensor { shape: vec![1, samples, 1], values: vec![0.5; samples] };
        assert!(track.push(&model, input, &stop));
        let (answer, predictions) = mpsc::channel();
        track.close(move |track| answer.send(track).unwrap(), &stop);
        predictions.recv().unwrap().results
    };
    // The network takes 48 000 samples.
    for _ in 0..4 {
        assert!(matches!(&run(50_000)[..], [(_, Err(failure))] if !failure.is_final));
    }
    assert!(matches!(&run(48_000)[..], [(_, Ok(_))]));
    assert!((0..4).all(|_| run(50_000)[0].1.is_err()) && inference.broken().is_empty());
    assert_eq!(run(50_000), []);
    assert_eq!(inference.broken().into_keys().collect::<Vec<_>>(), ["openl3"]);
}

#[test]
fn a_model_that_gives_no_numbers_is_blamed_and_no_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("logarithm.onnx");
    fs::write(&file, logarithm()).unwrap();
    let text = "name = \"logarithm\"\nrate = 16000\nwindow = 1.0\nmax_windows = 0\nshortest = 1\ntrim = false\npooling = \"mean\"\n\
                [front_end]\nkind = \"raw\"\n[input]\nname = \"x\"\naxes = [\"batch\", \"samples\"]\n\
                [output]\nembedding = \"log\"\ndimension = 1\n[weights]\nlicence = \"\"\n";
    let spec = ModelSpec::parse("logarithm", text).unwrap();
    let model = import_file(&file, &spec, "logarithm", &folder.path().join("models"), true, None).unwrap();
    let (model, stop) = (Arc::new(model), AtomicBool::new(false));
    let run = |inference: &Inference, value: f32| {
        let mut track = inference.track(&[]);
        let input = Tensor { shape: vec![1, 100], values: vec![value; 100] };
        assert!(track.push(&model, input, &stop));
        let (answer, predictions) = mpsc::channel();
        track.close(move |track| answer.send(track).unwrap(), &stop);
        predictions.recv().unwrap()
    };
    // It has never worked: it is not run again, and one line says so.
    let never = inference();
    let lines: Vec<_> = (0..3)
        .map(|_| run(&never, -0.5))
        .flat_map(|track| {
            assert_eq!(track.results, []);
            track.warnings
        })
        .collect();
    let reason = "logarithm gives values that are not numbers (NaN) as log: its file or its description, logarithm.toml, is \
                  wrong";
    let lines: Vec<_> = lines.iter().filter(|line| !line.contains("built in and slow")).collect();
    assert_eq!(lines, [&format!("logarithm cannot be run, the rest goes on: {reason}")]);
    assert_eq!(never.broken()["logarithm"], reason);
    // It works for others: those go on, and one line says that some are left out.
    let often = inference();
    assert!(matches!(&run(&often, 0.5).results[..], [(_, Ok(_))]));
    let without = [run(&often, -0.5), run(&often, -0.5)];
    assert!(without.iter().all(|track| track.results.is_empty()), "{without:?}");
    assert_eq!(without[0].warnings, [format!("{reason}; files for which it does are left out")]);
    assert_eq!(without[1].warnings, [] as [&str; 0]);
    assert!(matches!(&run(&often, 0.5).results[..], [(_, Ok(_))]) && often.broken().is_empty());
    // Five in a row are enough.
    (0..5).for_each(|_| assert_eq!(run(&often, -0.5).results, []));
    assert_eq!(often.broken()["logarithm"], reason);
}
