use std::fs;

use super::{super::settings::Provider, *};

fn reason(selected: Result<SelectedEngine, EngineError>) -> Option<String> {
    match selected.unwrap() {
        SelectedEngine::Tract(reason) => reason,
        SelectedEngine::OnnxRuntime(runtime) => panic!("{} was found", runtime.library.display()),
    }
}

#[test]
#[cfg(feature = "tract")]
fn without_onnx_runtime_tract_computes_and_says_how_to_install_one() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("onnxruntime").display().to_string();
    let mut search = Search { data: vec![data.path().to_owned()], ..Search::default() };
    let how_to_install =
        format!("`python3 -m venv {folder} && {folder}/bin/pip install onnxruntime` gets one");
    let wanted = format!("no ONNX Runtime found: {how_to_install}, several times as fast");
    assert_eq!(reason(select(EngineChoice::Auto, &search)), Some(wanted));
    search.setting = data.path().join("libonnxruntime.so");
    fs::write(&search.setting, "text").unwrap();
    let text = reason(select(EngineChoice::Auto, &search)).unwrap();
    let start =
        format!("no ONNX Runtime found: inference.runtime = {0}: {0} cannot be", search.setting.display());
    assert!(text.starts_with(&start) && text.contains(&format!("; {how_to_install}")), "{text}");
    assert_eq!(reason(select(EngineChoice::Tract, &search)), None);
    let nowhere = reason(select(EngineChoice::Auto, &Search::default())).unwrap();
    assert!(nowhere.starts_with("no ONNX Runtime found: set inference.runtime to its library"), "{nowhere}");
}

#[test]
fn onnx_runtime_that_is_demanded_and_missing_is_an_error_that_names_every_place() {
    let data = tempfile::tempdir().unwrap();
    let search = Search {
        setting: data.path().join("x.so"),
        program: data.path().join("bin"),
        data: vec![data.path().to_owned()],
        ..Search::default()
    };
    let error = select(EngineChoice::OnnxRuntime, &search).err().unwrap().to_string();
    let here = data.path().display();
    let places =
        format!("inference.runtime = {here}/x.so: no {here}/x.so; none in {here}/bin; none in {here}");
    assert!(error.starts_with(&format!("no ONNX Runtime was found: {places}; `python3 ")), "{error}");
    assert!(!error.contains('\n'));
}

#[test]
fn settings_are_written_as_the_configuration_says_them() {
    let text = "engine = \"onnxruntime\"\nproviders = [\"cuda\", \"openvino\", \"coreml\", \"cpu\"]";
    let settings: InferenceSettings = toml::from_str(text).unwrap();
    let providers = [Provider::Cuda, Provider::OpenVino, Provider::CoreMl, Provider::Cpu];
    let wanted = InferenceSettings {
        engine: EngineChoice::OnnxRuntime,
        providers: providers.to_vec(),
        ..Default::default()
    };
    assert_eq!(settings, wanted);
    for text in ["engine = \"torch\"", "providers = [\"gpu\"]", "runtimes = \"\""] {
        assert!(toml::from_str::<InferenceSettings>(text).is_err(), "{text}");
    }
}
