use crate::testing::figure;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::model::{golden, install::import::import_file};

fn cnn14() -> ModelSpec {
    ModelSpec::built_in("cnn14").unwrap()
}

fn mini() -> PathBuf {
    golden::path("cnn14_mini_legacy.pth")
}

#[test]
fn what_is_installed_says_what_the_file_really_has() {
    let folder = tempfile::tempdir().unwrap();
    let model = import_file(&mini(), &cnn14(), "cnn14-mini", folder.path(), true, None).unwrap();
    assert_eq!((model.spec.output.dimension, model.spec.output.classes), (32, 527));
    assert!(!model.spec.weights.verified && model.spec.weights.blake3.is_some());
    assert_eq!(Installed::find("cnn14-mini", folder.path()).unwrap(), model);
    let [(name, found)] = &installed_models(folder.path())[..] else { panic!("one model is installed") };
    assert_eq!((name.as_str(), found.as_ref().unwrap()), ("cnn14-mini", &model));
    // Other weights, another space; the same ones, the same.
    let other =
        import_file(&golden::path("cnn14_mini_zip.pth"), &cnn14(), "cnn14", folder.path(), true, None)
            .unwrap();
    assert_ne!(other.space(), model.space());
    remove("cnn14-mini", folder.path()).unwrap();
    assert_eq!(
        import_file(&mini(), &cnn14(), "cnn14-mini", folder.path(), true, None).unwrap().space(),
        model.space()
    );
}

#[test]
fn a_changed_file_is_refused_at_use() {
    let folder = tempfile::tempdir().unwrap();
    let model = import_file(&mini(), &cnn14(), "cnn14", folder.path(), true, None).unwrap();
    for file in [model.onnx.clone(), model.onnx.with_extension("onnx.data")] {
        let whole = fs::read(&file).unwrap();
        let mut changed = whole.clone();
        changed[whole.len() / 2] ^= 1;
        for bytes in [&changed[..], &whole[1..], &[]] {
            fs::write(&file, bytes).unwrap();
            assert!(matches!(model.verify(), Err(InstalledError::Changed { .. })));
        }
        fs::write(&file, whole).unwrap();
        model.verify().unwrap();
    }
    fs::remove_file(&model.onnx).unwrap();
    assert!(matches!(Installed::find("cnn14", folder.path()), Err(InstalledError::NotInstalled { .. })));
}

#[test]
fn what_is_not_installed_says_how_to_install_it() {
    let folder = tempfile::tempdir().unwrap();
    let line = |name: &str| Installed::find(name, folder.path()).unwrap_err().to_string();
    let cnn14 = line("cnn14");
    assert!(
        cnn14.starts_with("cnn14 is not installed: `indexer model fetch cnn14` gets it (327 MB; CC BY 4.0")
    );
    assert_eq!(line("cnn14-whole"), cnn14);
    assert_eq!(
        line("clap"),
        "clap is not installed: `indexer model import FILE --as clap` installs it from an ONNX file"
    );
    let package = "musicnn is not installed: `pip download --no-deps musicnn==0.1.0` gets it, then `indexer model import \
                   musicnn-0.1.0-py3-none-any.whl` installs it (29 MB; ISC";
    assert!(line("musicnn").starts_with(package), "{}", line("musicnn"));
    assert!(line("vggish").starts_with("there is no model `vggish`"));
    assert!(
        installed_models(folder.path()).is_empty()
            && installed_models(&folder.path().join("none")).is_empty()
    );
    assert!(matches!(remove("cnn14", folder.path()), Err(InstalledError::NotInstalled { .. })));
}

#[test]
fn cnn14_whole_uses_the_weights_of_cnn14() {
    let folder = tempfile::tempdir().unwrap();
    let model = import_file(&mini(), &cnn14(), "cnn14", folder.path(), true, None).unwrap();
    let whole = Installed::find("cnn14-whole", folder.path()).unwrap();
    assert_eq!((&whole.onnx, whole.spec.output.dimension), (&model.onnx, 32));
    whole.verify().unwrap();
    assert_ne!(whole.space().fingerprint, model.space().fingerprint);
    remove("cnn14", folder.path()).unwrap();
    assert!(
        Installed::find("cnn14-whole", folder.path()).is_err()
            && fs::read_dir(folder.path()).unwrap().next().is_none()
    );
}

#[test]
fn weights_that_others_can_change_or_that_are_divided_otherwise_are_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let model = import_file(&mini(), &cnn14(), "cnn14", folder.path(), true, None).unwrap();
    model.verify().unwrap();
    for path in [folder.path().to_owned(), model.onnx.clone(), model.onnx.with_extension("onnx.data")] {
        let before = path.metadata().unwrap().permissions();
        fs::set_permissions(&path, fs::Permissions::from_mode(before.mode() | 0o002)).unwrap();
        let error = model.verify().unwrap_err().to_string();
        assert_eq!(
            error,
            format!("{} can be changed by other users: `chmod go-w {}`", path.display(), path.display())
        );
        fs::set_permissions(&path, before).unwrap();
    }
    // The same bytes in the same order: their hash is that of before.
    let (data, graph) = (model.onnx.with_extension("onnx.data"), fs::read(&model.onnx).unwrap());
    let all = [fs::read(&data).unwrap(), graph].concat();
    let (first, rest) = all.split_at(all.len() - 100);
    fs::write(&data, first).unwrap();
    fs::write(&model.onnx, rest).unwrap();
    assert!(matches!(model.verify(), Err(InstalledError::Changed { .. })));
    figure("T16", 4, "weights that others could change", "refused before use");
}
