//! Two models beside each other on the same songs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, atomic::AtomicBool};

use super::{Error, Index};
use crate::app::compare::{CompareError, Comparison, choose, compare};
use crate::app::scan::prepare::{check_named, prepare};
use crate::app::scan::request::ScanRequest;
use crate::app::{inference::Inference, progress::Event, progress::Progress, watch::ScanOptions};
use crate::machine::start_thread_pool;
use crate::model::install::candidate::Candidate;
use crate::model::{Installed, InstalledError, SpecError};
use crate::{extract::Method, priority::Priority};

/// What two models are to be compared on.
#[derive(Clone, Debug)]
pub struct CompareOptions {
    /// The folder of the songs.
    pub folder: PathBuf,
    /// The most files; they are evenly spread over the folder. None: all.
    pub limit: Option<usize>,
}

/// What was typed for one of the two.
enum NamedModel {
    Installed(Box<Installed>),
    /// Not the name of a model: a file.
    File(PathBuf),
}

impl Index {
    /// Analyses songs with two models, each an installed model's name or an ONNX file that is run by the description of the
    /// other one. Nothing is written. None: `stop` was raised.
    /// Errors: there is no such model, file or folder; a model cannot be run; no song can be analysed by both.
    pub fn compare_models(
        &self,
        models: [&Path; 2],
        options: &CompareOptions,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Option<Comparison>, Error> {
        let models = self.candidates(models)?;
        let folder = std::path::absolute(&options.folder)?;
        let same_classes = self.have_same_classes(&models)?;
        let request = self.request_for(&models[0], &folder)?;
        check_named(&request.paths, None)?;
        let prepared = prepare(&request, None)?;
        for error in &prepared.survey.errors {
            let place = error.path.display();
            progress.event(Event::Warning(format!("{place} cannot be read: {}", error.reason)));
        }
        let tasks = choose(prepared.plan.tasks, options.limit);
        let decoding = self.decoding()?;
        // One engine for both; each model has a queue of its own, and leaves the memory when its pass is over.
        let pool = |candidate: &Candidate| {
            let (folders, weights) = (self.runtime_folders(), candidate.model.weights_size());
            let inference = Inference::start(&self.config.inference, &folders, weights, Priority::Equal)?;
            Ok(self.worker_pool(Some(Arc::new(inference)), decoding.clone(), Priority::Yielding))
        };
        start_thread_pool();
        Ok(compare(&folder, &tasks, &models, same_classes, &pool, progress, stop)?)
    }

    fn request_for(&self, model: &Candidate, folder: &Path) -> Result<ScanRequest, Error> {
        let options =
            ScanOptions { paths: vec![folder.to_owned()], method: "none".into(), ..self.scan_options() };
        let methods = vec![Method::Model(Box::new(model.model.clone()))];
        Ok(ScanRequest { methods, ..self.scan_request(&options)? })
    }

    fn candidates(&self, models: [&Path; 2]) -> Result<[Candidate; 2], Error> {
        let [one, other] = [self.named(models[0])?, self.named(models[1])?];
        Ok(match (one, other) {
            (NamedModel::Installed(one), NamedModel::Installed(other)) => {
                [Candidate::installed(*one)?, Candidate::installed(*other)?]
            }
            (NamedModel::Installed(one), NamedModel::File(file)) => {
                let other = Candidate::of_file(&file, &one)?;
                [Candidate::installed(*one)?, other]
            }
            (NamedModel::File(file), NamedModel::Installed(other)) => {
                let one = Candidate::of_file(&file, &other)?;
                [one, Candidate::installed(*other)?]
            }
            (NamedModel::File(file), NamedModel::File(_)) => return Err(CompareError::NoModel(file).into()),
        })
    }

    /// An installed model, or a file where there is no model of that name and it looks like one.
    fn named(&self, typed: &Path) -> Result<NamedModel, Error> {
        let name = typed.to_string_lossy();
        let is_path = typed.exists() || typed.components().count() > 1 || typed.extension().is_some();
        match Installed::find(&name, &self.config.models_folder()) {
            Ok(model) => Ok(NamedModel::Installed(Box::new(model))),
            Err(InstalledError::Spec(SpecError::Unknown { .. })) if is_path => {
                Ok(NamedModel::File(typed.to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the classes of both models, if they have any, mean the same.
    fn have_same_classes(&self, models: &[Candidate; 2]) -> Result<bool, Error> {
        let folder = self.config.models_folder();
        let [one, other] = models.each_ref().map(|model| {
            let spec = &model.model.spec;
            spec.class_names(&folder).map(|names| (spec.output.classes, names)).map_err(InstalledError::from)
        });
        let (one, other) = (one?, other?);
        Ok(one.0 > 0 && one == other)
    }
}
