//! The models of an index: which there are, and how they come and go.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use super::Error;
use crate::app::inference::check::trial;
use crate::model::fetch::{self, Download, FetchEvent, fetch_weights, origin};
use crate::model::install::import::{describe, import_file};
use crate::model::install::installed::{
    RemovedModel, how_to_install, installed_models, known_models, remove,
};
use crate::model::spec::classes::count_kinds;
use crate::model::{InferenceSettings, Installed, InstalledError, ModelSpec};
use crate::space::ClassKind;
use crate::{model::install::recognise::recognise_file, text::chain};

/// The folder of the models.
#[derive(Clone, Debug)]
pub struct ModelFolder {
    pub(super) path: PathBuf,
    /// How a network is computed that is to be checked.
    pub(super) inference: InferenceSettings,
    /// Where an ONNX Runtime may have been put.
    pub(super) runtimes: Vec<PathBuf>,
}

/// One model, installed or not.
#[derive(Debug)]
pub struct ModelInfo {
    /// As `--method` names it.
    pub name: String,
    /// Whether it can be used.
    pub state: ModelState,
    /// How it is got, or why it cannot be used.
    pub reason: Option<String>,
    /// What is known of it.
    pub spec: Option<ModelSpec>,
    /// How many of its classes are of which kind, and of none; empty where they have no names.
    pub classes: Vec<(Option<ClassKind>, usize)>,
    /// The file that an engine opens, if it is installed.
    pub file: Option<PathBuf>,
    /// Bytes of a download that waits to be continued.
    pub pending: Option<u64>,
}

/// What became of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelState {
    /// Installed, and the published file.
    Verified,
    /// Installed.
    Unverified,
    /// Nothing of it is here but perhaps a part of its download.
    NotInstalled,
    /// Something of it is here that cannot be used.
    Unusable,
}

impl ModelFolder {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All models by name: those that the program knows, and those that are described in the folder.
    pub fn list(&self) -> Vec<ModelInfo> {
        known_models(&self.path).into_iter().map(|(name, found)| self.info(name, found)).collect()
    }

    /// The model called `name` if it is installed, verified, and still what was installed.
    pub fn verified(&self, name: &str) -> Option<ModelInfo> {
        let is_good = |model: &Installed| model.spec.weights.verified && model.verify().is_ok();
        let model = Installed::find(name, &self.path).ok().filter(is_good)?;
        Some(self.info(name.to_owned(), Ok(model)))
    }

    /// What is fetched for the model called `name`: of one that runs on the weights of another, that other.
    /// Errors: there is no such model, or no address to fetch it from.
    pub fn source(&self, name: &str) -> Result<(ModelSpec, String), Error> {
        let find = |name: &str| ModelSpec::find(name, &self.path).map_err(InstalledError::from);
        let spec = find(name)?;
        let spec = match &spec.weights.shared_with {
            Some(owner) => find(owner)?,
            None => spec,
        };
        let host = origin(&spec)?;
        Ok((spec, host))
    }

    /// Downloads the weights of a model and verifies them, from where an earlier call ended.
    /// Errors: the host does not give them, they are not the published ones, or `stop` was raised. The line says what
    /// became of the bytes that are here.
    pub fn fetch(
        &self,
        spec: &ModelSpec,
        stop: &AtomicBool,
        report: &mut dyn FnMut(FetchEvent),
    ) -> Result<Download, Error> {
        Ok(fetch_weights(spec, &self.path, stop, report, &fetch::RETRIES)?)
    }

    /// Installs what was fetched.
    /// Errors: the file cannot be converted, or the folder not be written.
    pub fn install(&self, spec: &ModelSpec, download: Download) -> Result<ModelInfo, Error> {
        let model = import_file(&download.path, spec, &spec.name, &self.path, false, None)?;
        // The weights are installed; a file that cannot be removed costs room only.
        if let Err(error) = download.discard() {
            tracing::warn!("the fetched file stays: {error}");
        }
        Ok(self.info(spec.name.clone(), Ok(model)))
    }

    /// Installs a file as the model called `name`, else as the one that the program knows it to be.
    /// Errors: the file is of no known model, or is not the published one and not said to be `unverified`.
    pub fn import(&self, file: &Path, name: Option<&str>, unverified: bool) -> Result<ModelInfo, Error> {
        let spec = recognise_file(file, name, &self.path)?;
        let name = name.unwrap_or(&spec.name);
        let weights = fs::metadata(file).map_or(0, |found| found.len());
        // Without an engine nothing is computed yet; whoever asks for a scan is told why.
        let trial = trial(&self.inference, &self.runtimes, weights).ok();
        let model = import_file(file, &spec, name, &self.path, unverified, trial)?;
        Ok(self.info(name.to_owned(), Ok(model)))
    }

    /// Checks that a model, or every installed one, is what was installed; each with what is wrong, if anything.
    /// Errors: the named model is not installed.
    pub fn verify(&self, name: Option<&str>) -> Result<Vec<(String, Option<String>)>, Error> {
        let models = match name {
            Some(name) => vec![(name.to_owned(), Ok(Installed::find(name, &self.path)?))],
            None => installed_models(&self.path),
        };
        // Models that share their weights: those are long, and read once.
        let mut seen: HashMap<PathBuf, Option<String>> = HashMap::new();
        let mut reason = |found: Result<Installed, InstalledError>| match found {
            Ok(model) => {
                let check = || model.verify().err().map(|error| chain(&error));
                let bad = seen.entry(model.onnx.clone()).or_insert_with(check).clone();
                bad.or_else(|| model.spec.class_names(&self.path).err().map(|error| chain(&error)))
            }
            Err(error) => Some(chain(&error)),
        };
        Ok(models.into_iter().map(|(name, found)| (name, reason(found))).collect())
    }

    /// One model, installed or not, and its description as it is written: a file's, with its path, or a built-in one.
    /// Errors: there is no such model, or its description cannot be read.
    pub fn show(&self, name: &str) -> Result<(ModelInfo, String, Option<PathBuf>), Error> {
        let (text, path) = ModelSpec::text(name, &self.path).map_err(InstalledError::from)?;
        Ok((self.info(name.to_owned(), Installed::find(name, &self.path)), text, path))
    }

    /// Begins a description of a model of the user's own, or one for a built-in model that is to be edited. Returns its path.
    /// Errors: there is one already, no model can have this name, or the folder cannot be written.
    pub fn describe(&self, name: &str) -> Result<PathBuf, Error> {
        Ok(describe(name, &self.path)?)
    }

    /// Removes an installed model, or what has been fetched of it. A description that the user wrote stays.
    /// Errors: it is not installed, or the folder cannot be written.
    pub fn remove(&self, name: &str) -> Result<RemovedModel, Error> {
        let was_fetched = fetch::discard_pending(&self.path, name)?;
        match remove(name, &self.path) {
            Err(InstalledError::NotInstalled { .. }) if was_fetched => {
                Ok(RemovedModel { sharing: vec![], description: None })
            }
            removed => Ok(removed?),
        }
    }

    fn info(&self, name: String, found: Result<Installed, InstalledError>) -> ModelInfo {
        let (state, spec, file, error) = match found {
            Ok(Installed { spec, onnx }) => {
                let is_verified = spec.weights.verified;
                let state = if is_verified { ModelState::Verified } else { ModelState::Unverified };
                (state, Some(spec), Some(onnx), None)
            }
            Err(error) => {
                let is_absent = matches!(error, InstalledError::NotInstalled { .. });
                let state = if is_absent { ModelState::NotInstalled } else { ModelState::Unusable };
                (state, ModelSpec::find(&name, &self.path).ok(), None, Some(error))
            }
        };
        let classes = spec.as_ref().map(|spec| spec.class_names(&self.path)).transpose();
        let bad_names = classes.as_ref().err().map(|error| chain(error));
        let classes = count_kinds(&classes.ok().flatten().unwrap_or_default());
        let reason = error.map(|error| match (&error, &spec) {
            (InstalledError::NotInstalled { .. }, Some(spec)) => how_to_install(spec),
            _ => error.to_string(),
        });
        let reason = reason.or(bad_names);
        let pending = spec.as_ref().and_then(|spec| fetch::pending(&self.path, &spec.name));
        ModelInfo { name, state, reason, spec, classes, file, pending }
    }
}
