//! On tract; on ONNX Runtime when `INDEXER_TEST_ONNXRUNTIME` is the path of its library.

use std::{env, fs, path::PathBuf};

use super::*;
use crate::model::convert::seeded_bundle::{musicnn, wheel};
use crate::model::install::first_run::Trial;
use crate::model::install::import::import_file;
use crate::model::run::backend::{InferenceBackend, LocalBackend};
use crate::model::run::{
    engine::Engine, session::ModelSession, settings::EngineChoice, settings::InferenceSettings,
};

fn settings() -> InferenceSettings {
    let library = env::var_os("INDEXER_TEST_ONNXRUNTIME").map(PathBuf::from);
    let engine = if library.is_some() { EngineChoice::OnnxRuntime } else { EngineChoice::Tract };
    InferenceSettings { engine, runtime: library.unwrap_or_default(), threads: 2, ..Default::default() }
}

fn engine() -> &'static Engine {
    Engine::start(&settings(), &[]).unwrap()
}

/// In this process.
fn trial() -> Trial {
    let mut backend = LocalBackend::new(settings(), engine());
    let engine = backend.engine().unwrap();
    let run = move |model: &Installed, input: &Tensor| {
        backend.run(model, input, &mut Vec::new()).map_err(|fault| fault.reason)
    };
    Trial { engine, run: Box::new(run) }
}

#[test]
fn a_network_with_other_weights_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seeded.whl");
    fs::write(&file, wheel(&musicnn())).unwrap();
    let spec = ModelSpec::built_in("musicnn").unwrap();
    let model = import_file(&file, &spec, "seeded", folder.path(), true, None).unwrap();
    let reason = self_check(&model, &mut trial().run).unwrap_err();
    assert!(reason.starts_with("its embedding is ") && reason.ends_with(" off"), "{reason}");
}

#[test]
#[ignore = "needs musicnn's wheel, which INDEXER_TEST_MUSICNN names"]
fn the_published_network_gives_what_its_authors_program_gives() {
    let wheel = PathBuf::from(env::var_os("INDEXER_TEST_MUSICNN").expect("INDEXER_TEST_MUSICNN"));
    let folder = tempfile::tempdir().unwrap();
    let spec = ModelSpec::built_in("musicnn").unwrap();
    // The import checks the embedding and the scores itself.
    let import = |spec: &ModelSpec, name: &str| {
        import_file(&wheel, spec, name, folder.path(), false, Some(trial())).unwrap()
    };
    import(&spec, "musicnn");
    // The third output, as another model's embedding.
    let text = include_str!("../../../../models/musicnn.toml")
        .replace("embedding = \"embedding\"", "embedding = \"pooled\"")
        .replace("dimension = 200", "dimension = 1506");
    let spec = ModelSpec::parse("musicnn", &text).unwrap();
    let pooled = import(&spec, "pooled");
    let mut session = ModelSession::open(&pooled, &settings(), engine()).unwrap();
    let golden = |what: &str| {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/musicnn");
        numbers(&fs::read(folder.join(format!("tavern_{what}_pool.npy"))).unwrap())
    };
    let (most, mean, input) = (golden("max"), golden("mean"), numbers(INPUT));
    for window in 0..SHAPE[0] {
        let input = Tensor { shape: vec![1, 1, SHAPE[1], SHAPE[2]], values: part(&input, window).to_vec() };
        let found = session.run(&input).unwrap().embedding;
        let (most, mean) = (part(&most, window), part(&mean, window));
        for (i, found) in found.into_iter().enumerate() {
            let wanted = if i % 2 == 0 { most[i / 2] } else { mean[i / 2] };
            // The greatest are near 100.
            assert!(
                (found - wanted).abs() < 1e-4 * wanted.abs().max(1.0),
                "{window} {i}: {found} for {wanted}"
            );
        }
    }
}
