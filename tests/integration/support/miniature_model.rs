//! The miniature CNN14, installed in a test's home, and what it heard there.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use super::environment::{TestEnv, checkpoint};

/// Installs it under `name`, described as the built-in model is.
pub(crate) fn install(env: &TestEnv, name: &str) {
    let line = format!("model import {} --as {name} --unverified", checkpoint("legacy").display());
    let output = env.run(&line);
    assert_eq!(output.status, 0, "{output:?}");
}

pub(crate) fn models(env: &TestEnv) -> std::path::PathBuf {
    env.store().join("models")
}

/// Changes one line of an installed model's description.
pub(crate) fn describe(env: &TestEnv, name: &str, old: &str, new: &str) {
    let path = models(env).join(format!("{name}.toml"));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{text}");
    fs::write(path, text.replace(old, new)).unwrap();
}

/// A vector, and class and score of the best classes.
pub(crate) type Heard = (Vec<f32>, Vec<(u16, f32)>);

/// By file name: what the model heard in each track, as its space is filled now.
pub(crate) fn heard(env: &TestEnv, method: &str) -> BTreeMap<String, Heard> {
    let view = env.view();
    let (mut vectors, mut scores) = (view.vectors(method).unwrap(), view.scores(method).unwrap());
    let mut heard = BTreeMap::new();
    for (path, file) in view.files().unwrap() {
        let content = file.content.unwrap();
        if let Some(vector) = vectors.remove(&content) {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            heard.insert(name, (vector, scores.remove(&content).unwrap_or_default()));
        }
    }
    assert_eq!(view.damaged(), 0);
    heard
}

/// What its import leaves in the models' folder.
pub(crate) const INSTALLED: [&str; 3] = ["mini.onnx", "mini.onnx.data", "mini.toml"];

/// Describes the miniature as a model that is published at `url`, in its zip format.
pub(crate) fn describe_mini(env: &TestEnv, url: &str) {
    let text = include_str!("../../../models/cnn14.toml").replace("name = \"cnn14\"", "name = \"mini\"");
    let text = text.replace("dimension = 2048", "dimension = 32");
    let (before, _) = text.split_once("url = ").unwrap();
    let sha256 = "1177a5f295d0ca0e2bf566c1a958fe0b9c11e80fc74ad7423346c7c50f65a627";
    let folder = env.store().join("models");
    fs::create_dir_all(&folder).unwrap();
    let end = format!("url = \"{url}\"\nsize = 331130\nsha256 = \"{sha256}\"\n");
    fs::write(folder.join("mini.toml"), format!("{before}{end}")).unwrap();
}

/// One row of the list.
pub(crate) fn listed(env: &TestEnv, name: &str) -> Value {
    let list = env.json("model list");
    let row = list["models"].as_array().unwrap().iter().find(|row| row["name"] == name);
    row.unwrap_or_else(|| panic!("{name} in {list}")).clone()
}

/// The names of what lies in the models' folder.
pub(crate) fn files(env: &TestEnv) -> Vec<String> {
    let entries = fs::read_dir(env.store().join("models")).into_iter().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
