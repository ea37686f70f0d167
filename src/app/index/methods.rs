//! What `--method` names, and what runs it: methods, spaces, the engine, worker processes.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, thread::available_parallelism, time::Duration};

use super::{Error, Index, OptionError};
use crate::app::cluster::combination::{MethodChoice, MethodPart, parse};
use crate::audio::{self, Decoding, Ffmpeg};
use crate::extract::{EXTRACTORS, Method};
use crate::model::{Engine, EngineError, InstalledError, MODELS, SpecError};
use crate::{
    app::inference::Inference, app::scan::pool::WorkerPool, audio::worker::THIS_PROGRAM,
    audio::worker::WorkerProgram, config::Config, priority::Priority, space::SpaceId, store::View,
    text::chain,
};

/// The method that leaves the choice to us.
const BEST: &str = "best";
/// Models that make the built-in vectors better beside them, the best first.
const BESIDE: [&str; 2] = ["cnn14", "musicnn"];

/// Methods by name, and models that cannot be used, each with the reason.
type Usable = (Vec<Method>, BTreeMap<String, String>);

impl Index {
    /// All methods whose vectors every track should have.
    pub(super) fn all_methods(&self) -> Usable {
        let (methods, problems) = Method::all(&self.config.models_folder());
        let reasons = problems.into_iter().map(|(name, problem)| (name, chain(&problem)));
        (methods, reasons.collect())
    }

    /// The methods in a list, each once.
    /// Errors: one of them is unknown or not installed.
    pub(super) fn methods(&self, list: &str) -> Result<Usable, Error> {
        let (mut methods, unusable) = match list {
            // An `INDEXER_METHOD` for `cluster` is one for `scan`, too.
            "all" | BEST => self.all_methods(),
            "none" => Usable::default(),
            list => {
                let mut methods = Vec::new();
                for part in list.split(',').map(str::trim) {
                    match part.contains('+') {
                        true => {
                            for (name, _) in parse(part).map_err(OptionError::from)? {
                                methods.push(self.method(&name)?);
                            }
                        }
                        false => methods.push(self.method(part)?),
                    }
                }
                (methods, BTreeMap::new())
            }
        };
        each_once(&mut methods);
        Ok((methods, unusable))
    }

    /// As [`Self::methods`]; a method that is not here any more is one of those that cannot be used.
    pub(super) fn usable(&self, list: &str) -> Usable {
        let (mut found, mut unusable) = Usable::default();
        for name in list.split(',').map(str::trim) {
            match self.methods(name) {
                Ok((methods, problems)) => {
                    found.extend(methods);
                    unusable.extend(problems);
                }
                Err(error) => drop(unusable.insert(name.to_owned(), chain(&error))),
            }
        }
        each_once(&mut found);
        (found, unusable)
    }

    /// The method called `name`.
    pub(super) fn method(&self, name: &str) -> Result<Method, Error> {
        Method::find(name, &self.config.models_folder()).map_err(|error| refusal(name, error))
    }

    /// The one space that is clustered: as scans fill it now, or how that begins.
    pub(super) fn space(&self, name: &str) -> Result<Result<SpaceId, String>, Error> {
        if name.contains(',') || ["all", "none"].contains(&name) {
            return Err(OptionError::SeveralMethods(name.to_owned()).into());
        }
        match Method::find(name, &self.config.models_folder()) {
            Ok(method) => Ok(Ok(method.space())),
            // What was filled before the model was removed can still be clustered.
            Err(error @ InstalledError::NotInstalled { .. }) => Ok(Err(error.to_string())),
            Err(error) if self.is_stored(name) => Ok(Err(error.to_string())),
            Err(error) => Err(refusal(name, error)),
        }
    }

    /// What a text like `best`, `mfcc` or `mfcc+musicnn:0.5` says that tracks are compared by.
    pub(super) fn method_choice(&self, text: &str) -> Result<MethodChoice, Error> {
        let part = |name: &str, weight: f32| {
            Ok::<_, Error>(MethodPart { name: name.to_owned(), weight, current: self.space(name)? })
        };
        if text != BEST {
            let parts = parse(text).map_err(OptionError::from)?;
            let parts = parts.into_iter().map(|(name, weight)| part(&name, weight));
            return Ok(MethodChoice::Named(parts.collect::<Result<_, _>>()?));
        }
        let (methods, _) = self.all_methods();
        let installed: Vec<_> = methods
            .iter()
            .map(|method| MethodPart {
                name: method.name().to_owned(),
                weight: 1.0,
                current: Ok(method.space()),
            })
            .collect();
        let usual = part(EXTRACTORS[0].name, 1.0)?;
        let beside = BESIDE.iter().filter_map(|name| installed.iter().find(|part| part.name == *name));
        let mut alternatives: Vec<_> = beside.map(|model| vec![usual.clone(), model.clone()]).collect();
        alternatives.push(vec![usual]);
        Ok(MethodChoice::Best { alternatives, installed })
    }

    /// Whether the store has vectors of a method that is not known any more.
    fn is_stored(&self, name: &str) -> bool {
        let spaces = View::open(&self.store()).and_then(|view| view.spaces());
        spaces.unwrap_or_default().iter().any(|record| record.space.name == name)
    }

    /// What runs the models among `methods`; none where there is none.
    pub(super) fn inference(
        &self,
        methods: &[Method],
        priority: Priority,
    ) -> Result<Option<Arc<Inference>>, EngineError> {
        if !methods.iter().any(Method::is_model) {
            return Ok(None);
        }
        let models = methods.iter().filter_map(|method| match method {
            Method::Model(model) => Some(model.weights_size()),
            Method::BuiltIn(_) => None,
        });
        Inference::start(&self.config.inference, &self.runtime_folders(), models.sum(), priority)
            .map(|it| Some(Arc::new(it)))
    }

    /// The engine that runs models here, if there is one.
    pub fn engine(&self) -> Result<&'static Engine, EngineError> {
        Engine::start(&self.config.inference, &self.runtime_folders())
    }

    /// Where an ONNX Runtime may have been put.
    pub(super) fn runtime_folders(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.store(), Config::default_store()];
        folders.dedup();
        folders
    }

    /// Processes of this very program that decode: its hidden command `worker` calls [`crate::work`].
    pub(super) fn worker_pool(
        &self,
        inference: Option<Arc<Inference>>,
        decoding: Decoding,
        priority: Priority,
    ) -> WorkerPool {
        let worker = &self.config.worker;
        let memory = worker.memory_mib.saturating_mul(1 << 20);
        let mut arguments = vec!["worker".into(), "--memory".into(), memory.to_string().into()];
        arguments.extend(["--longest".into(), decoding.longest.to_string().into()]);
        if let Some(Ffmpeg { program, version }) = &decoding.ffmpeg {
            arguments.extend(["--ffmpeg".into(), program.clone(), "--ffmpeg-version".into(), version.into()]);
        }
        match priority {
            Priority::Equal => {}
            Priority::Yielding => arguments.push("--yielding".into()),
            Priority::Idle => arguments.push("--idle".into()),
        }
        WorkerPool {
            // The standard library heeds affinity and cgroup quotas.
            jobs: match self.config.jobs {
                0 => available_parallelism().map_or(1, Into::into),
                jobs => jobs,
            },
            command: WorkerProgram { program: THIS_PROGRAM.into(), arguments },
            decoding,
            cue: self.config.library.cue,
            stall: Duration::from_secs(worker.stall_seconds),
            inference,
        }
    }

    /// What decodes files. It is looked for anew each time: an ffmpeg may be installed while a daemon runs.
    /// Errors: an ffmpeg that is named and does not run.
    pub(super) fn decoding(&self) -> Result<Decoding, OptionError> {
        let program = &self.config.decoder.ffmpeg;
        let ffmpeg = audio::find_ffmpeg(program.as_os_str())
            .map_err(|source| OptionError::Ffmpeg { program: program.clone(), source })?;
        let longest = (self.config.worker.max_hours * 3600) as f64;
        Ok(Decoding { ffmpeg, longest })
    }
}

fn each_once(methods: &mut Vec<Method>) {
    methods.sort_by(|a, b| a.name().cmp(b.name()));
    methods.dedup_by(|a, b| a.name() == b.name());
}

fn refusal(name: &str, error: InstalledError) -> Error {
    match error {
        InstalledError::Spec(SpecError::Unknown { .. }) => {
            let models = MODELS.iter().map(|(name, _)| *name);
            let names = EXTRACTORS.iter().map(|row| row.name).chain(models).collect::<Vec<_>>().join(", ");
            OptionError::UnknownMethod { name: name.to_owned(), names }.into()
        }
        error => error.into(),
    }
}
