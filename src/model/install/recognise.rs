//! Finds out which model a file holds.

use std::path::Path;

use super::import::{ImportError, network_of, read_signature};
use super::installed::InstalledError;
use crate::model::spec::{MODELS, ModelSpec, SpecError, check};

/// The model that `file` is to be imported as: the known one called `name`, otherwise the first built-in one that the
/// file fits. A checkpoint fits the one that is converted from its container.
pub(crate) fn recognise_file(
    file: &Path,
    name: Option<&str>,
    folder: &Path,
) -> Result<ModelSpec, ImportError> {
    if let Some(name) = name {
        if !check::is_name(name) {
            return Err(ImportError::Name(name.to_owned()));
        }
        match ModelSpec::find(name, folder) {
            Err(SpecError::Unknown { .. }) => {}
            found => return Ok(found.map_err(InstalledError::from)?),
        }
    }
    let built_in = MODELS.iter().filter_map(|(name, _)| ModelSpec::built_in(name));
    let mut built_in = built_in.filter(|spec| spec.weights.shared_with.is_none());
    let network = network_of(file)?;
    let spec = if network.is_some() {
        let found = built_in.find(|spec| spec.network == network);
        found.ok_or_else(|| ImportError::Foreign(file.to_owned()))?
    } else {
        let (signature, all) = (read_signature(file)?, built_in.collect::<Vec<_>>());
        let Some(spec) = all.iter().find(|spec| signature.fit(spec).is_ok()) else {
            let tried = all.into_iter().map(|spec| spec.name).collect::<Vec<_>>().join(", ");
            let (file, found) = (file.to_owned(), signature.to_string());
            return Err(ImportError::Unknown { file, found, tried, folder: folder.to_owned() });
        };
        spec.clone()
    };
    match name {
        // Under another name the built-in description holds, not the one that was edited in the folder.
        Some(_) => Ok(spec),
        None => Ok(ModelSpec::find(&spec.name, folder).map_err(InstalledError::from)?),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::model::golden::{self, tiny};

    #[test]
    fn a_file_is_the_first_built_in_model_that_it_fits() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let mini = golden::path("cnn14_mini_zip.pth");
        let name = |file: &Path, name: Option<&str>| {
            recognise_file(file, name, folder.path()).map(|spec| spec.name).map_err(|error| error.to_string())
        };
        assert_eq!(name(&mini, None).unwrap(), "cnn14");
        assert_eq!(name(&mini, Some("cnn14-mini")).unwrap(), "cnn14");
        for model in ["clap", "openl3", "wav2vec2", "yamnet"] {
            fs::write(&file, tiny(model)).unwrap();
            assert_eq!(
                (name(&file, None).unwrap(), name(&file, Some("mine")).unwrap()),
                (model.into(), model.into())
            );
            assert_eq!(name(&file, Some("cnn14")).unwrap(), "cnn14", "a name that is given decides");
        }
        fs::write(&file, golden::other()).unwrap();
        assert_eq!(
            name(&file, None).unwrap_err(),
            format!(
                "{} takes sound float32 (batch, 3) and gives vector float32 (batch, 2), which fits none of musicnn, cnn14, clap, \
                 openl3, wav2vec2, yamnet: `indexer model new NAME` begins a description, {}/NAME.toml; set its [input] \
                 and [output] and import it with --as NAME",
                file.display(),
                folder.path().display()
            )
        );
        fs::write(folder.path().join("mine.toml"), "name = 3").unwrap();
        assert!(name(&file, Some("mine")).unwrap_err().contains("mine.toml is not valid"));
        assert!(name(&mini, Some("../mine")).unwrap_err().contains("cannot be called"));
        assert!(name(&folder.path().join("none"), None).unwrap_err().contains("cannot read"));
    }

    #[test]
    fn an_edited_description_holds_for_the_models_own_name_only() {
        let folder = tempfile::tempdir().unwrap();
        let (_, text) = MODELS.iter().find(|(name, _)| *name == "cnn14").unwrap();
        fs::write(folder.path().join("cnn14.toml"), text.replace("max_windows = 8", "max_windows = 3"))
            .unwrap();
        let windows = |name| {
            recognise_file(&golden::path("cnn14_mini_zip.pth"), name, folder.path()).unwrap().max_windows
        };
        assert_eq!((windows(None), windows(Some("cnn14")), windows(Some("mini"))), (3, 3, 8));
    }
}
