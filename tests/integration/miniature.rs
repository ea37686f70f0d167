//! The miniature CNN14, installed in a test's home, and what it heard there.

use std::{collections::BTreeMap, fs, path::Path};

use indexer::{
    extract::Method,
    model::{ModelSpec, install::import::import_file},
    space::Score,
};

use crate::environment::TestEnv;

/// Installs it under `name`, described as the built-in model is.
pub fn install(env: &TestEnv, name: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/cnn14/cnn14_mini_legacy.pth");
    let spec = ModelSpec::built_in("cnn14").unwrap();
    import_file(&file, &spec, name, &models(env), true).unwrap();
}

pub fn models(env: &TestEnv) -> std::path::PathBuf {
    env.store().join("models")
}

/// Changes one line of an installed model's description.
pub fn describe(env: &TestEnv, name: &str, old: &str, new: &str) {
    let path = models(env).join(format!("{name}.toml"));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{text}");
    fs::write(path, text.replace(old, new)).unwrap();
}

/// By file name: the vector and the best scores of a track in the space of `method`, as it is filled now.
pub fn heard(env: &TestEnv, method: &str) -> BTreeMap<String, (Vec<f32>, Vec<Score>)> {
    let space = Method::find(method, &models(env)).unwrap().space();
    let view = env.view();
    let (mut vectors, mut scores) = (view.vectors(&space).unwrap(), view.scores(&space).unwrap());
    let mut heard = BTreeMap::new();
    view.files(|path, record| {
        let track = record.track.unwrap();
        if let Some(vector) = vectors.remove(&track) {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            heard.insert(name, (vector, scores.remove(&track).unwrap_or_default()));
        }
    })
    .unwrap();
    assert_eq!(view.damaged(), 0);
    heard
}
