use super::*;
use crate::model::{
    golden::{self, tiny},
    spec::Weights,
};

fn cnn14() -> ModelSpec {
    ModelSpec::built_in("cnn14").unwrap()
}

fn mini() -> PathBuf {
    golden::path("cnn14_mini_legacy.pth")
}

/// An error with what is behind it.
fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or(error.to_string(), |source| format!("{error}: {}", chain(source)))
}

/// The names of all files in a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn both_formats_become_the_same_bytes() {
    let imported = ["legacy", "zip"].map(|format| {
        let folder = tempfile::tempdir().unwrap();
        let file = golden::path(&format!("cnn14_mini_{format}.pth"));
        let model = import_file(&file, &cnn14(), "cnn14-mini", folder.path(), true, None).unwrap();
        model.verify().unwrap();
        assert_eq!(files(folder.path()), ["cnn14-mini.onnx", "cnn14-mini.onnx.data", "cnn14-mini.toml"]);
        (
            fs::read(&model.onnx).unwrap(),
            fs::read(model.onnx.with_extension("onnx.data")).unwrap(),
            model.spec,
        )
    });
    assert_eq!(imported[0], imported[1]);
    // Installed models know their files by this hash.
    let hash = "9e22f8a9a7d4d129a3f8296ea082db07c31c6d3db71b6ace513792714bf45853";
    assert_eq!(imported[0].2.weights.blake3.as_deref(), Some(hash));
    let signature = Signature::read(io::Cursor::new(&imported[0].0)).unwrap();
    let infos: Vec<_> = signature.inputs.iter().chain(&signature.outputs).map(ToString::to_string).collect();
    let logmel = "logmel float32 (batch, 1, frames, 64)";
    assert_eq!(infos, [logmel, "embedding float32 (batch, 32)", "scores float32 (batch, 527)"]);
    assert!(signature.has_external_data);
}

#[test]
fn a_file_that_is_not_the_published_one_needs_unverified() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = cnn14();
    let refused = |spec: &ModelSpec| {
        let error = import_file(&mini(), spec, "cnn14", folder.path(), false, None).unwrap_err().to_string();
        assert_eq!(files(folder.path()), [""; 0]);
        error
    };
    let size = refused(&spec);
    assert!(size.contains("has 318549 bytes, and the published cnn14 has 327428481"), "{size}");
    spec.weights.size = Some(318_549);
    let hash = refused(&spec);
    assert!(hash.contains("has sha256 ") && hash.contains("0dc499e4"), "{hash}");
    let nothing = refused(&ModelSpec { weights: Weights::default(), ..spec.clone() });
    assert!(nothing.contains("add --unverified"), "{nothing}");
    // The published file must have the described widths.
    let found = hash.split_whitespace().skip_while(|word| *word != "sha256").nth(1).unwrap();
    spec.weights.sha256 = Some(found.trim_end_matches(',').to_owned());
    let width = refused(&spec);
    assert!(width.contains("has 32 values and 527 classes where cnn14 needs 2048 values"), "{width}");
    spec.output.dimension = 32;
    let model = import_file(&mini(), &spec, "cnn14", folder.path(), false, None).unwrap();
    assert!(model.spec.weights.verified);
}

#[test]
fn the_published_file_may_follow_one_that_was_not_verified() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = import_file(&mini(), &cnn14(), "cnn14", folder.path(), true, None).unwrap().spec;
    assert_eq!(spec.output.dimension, 32);
    spec.output.dimension = 64;
    spec.weights.size = Some(318_549);
    spec.weights.sha256 = Some(sha256(&mini()).unwrap());
    let model = import_file(&mini(), &spec, "cnn14", folder.path(), false, None).unwrap();
    assert_eq!((model.spec.output.dimension, model.spec.weights.verified), (32, true));
}

#[test]
fn every_model_that_is_only_imported_accepts_its_onnx_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    for name in ["clap", "openl3", "wav2vec2"] {
        fs::write(&file, tiny(name)).unwrap();
        let spec = ModelSpec::built_in(name).unwrap();
        let model = import_file(&file, &spec, name, &folder.path().join("models"), true, None).unwrap();
        model.verify().unwrap();
        assert_eq!(fs::read(model.onnx).unwrap(), tiny(name));
        let error = import_file(&file, &cnn14(), "other", folder.path(), true, None).unwrap_err().to_string();
        assert!(error.contains("where cnn14 needs") || error.contains("where other needs"), "{error}");
        assert!(
            error.ends_with("logmel float32 (batch, 1, frames, 64): it belongs to another model"),
            "{error}"
        );
        let error = import_file(&mini(), &spec, name, folder.path(), true, None).unwrap_err().to_string();
        assert!(error.contains("is imported from ONNX"), "{error}");
    }
}

#[test]
fn onnx_in_place_of_a_checkpoint_leaves_no_weights_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    import_file(&mini(), &cnn14(), "clap", folder.path(), true, None).unwrap();
    let file = folder.path().join("file");
    fs::write(&file, tiny("clap")).unwrap();
    let clap = ModelSpec::built_in("clap").unwrap();
    import_file(&file, &clap, "clap", folder.path(), true, None).unwrap().verify().unwrap();
    assert_eq!(files(folder.path()), ["clap.onnx", "clap.toml", "file"]);
}

#[test]
fn what_is_no_model_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (file, models) = (folder.path().join("file"), folder.path().join("models"));
    let whole = fs::read(mini()).unwrap();
    for bytes in [&b""[..], b"PK", b"\x80", b"\x80\x02}.", b"RIFF....WAVEfmt ", &whole[..whole.len() / 2]] {
        fs::write(&file, bytes).unwrap();
        let error = chain(&import_file(&file, &cnn14(), "cnn14", &models, true, None).unwrap_err());
        assert!(
            !error.contains('\n')
                && error.contains("get the file again") | error.contains("download it again"),
            "{error}"
        );
        assert!(files(&models).is_empty());
    }
    fs::write(&file, &whole).unwrap();
    assert!(matches!(import_file(&file, &cnn14(), "../x", &models, true, None), Err(ImportError::Name(_))));
    let invalid = ModelSpec { rate: 0, ..cnn14() };
    assert!(import_file(&file, &invalid, "cnn14", &models, true, None).is_err() && files(&models).is_empty());
    assert!(matches!(
        import_file(&models, &cnn14(), "x", &models, true, None),
        Err(ImportError::Read { .. })
    ));
}
