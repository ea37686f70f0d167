//! The thread that runs models: they are loaded when a file is decoded for them, and dropped when no window has come
//! for a while.

use std::{
    collections::{BTreeMap, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::mean::Mean;
use super::message::{InferenceMessage, Shared, TrackPredictions};
use crate::model::{Engine, InferenceSettings, Installed, ModelSession, ModelSpec, Prediction, SessionError};
use crate::track::{Failure, FailureKind};
use crate::{audio::Tensor, text::chain};

/// A model that has had no window for so long is dropped: it takes hundreds of megabytes.
const MODEL_IDLE_TIME: Duration = Duration::from_secs(60);

/// After so many files in a row that it cannot compute, the model is to blame.
const MAX_FAILURES_IN_A_ROW: u32 = 5;

/// Models that are loaded, and what runs them.
pub(crate) struct ModelRunner {
    settings: InferenceSettings,
    engine: &'static Engine,
    shared: Arc<Shared>,
    loaded: HashMap<String, (ModelSpec, ModelSession)>,
    /// Files in a row that a model could not compute.
    failures: HashMap<String, u32>,
}

/// What was predicted for one track so far.
#[derive(Default)]
struct PartialPredictions {
    by_model: BTreeMap<String, Mean>,
    failed: BTreeMap<String, Failure>,
    warnings: Vec<String>,
}

impl ModelRunner {
    pub(crate) fn new(settings: InferenceSettings, engine: &'static Engine, shared: Arc<Shared>) -> Self {
        Self { settings, engine, shared, loaded: HashMap::new(), failures: HashMap::new() }
    }

    /// Runs one window of `track`. What cannot be computed is the file's failure; a model that cannot be loaded, or
    /// fails file after file, is not run again.
    fn predict(&mut self, model: &Installed, input: &Tensor, track: &mut PartialPredictions) {
        let name = &model.spec.name;
        if self.shared.broken().contains_key(name) || track.failed.contains_key(name) {
            return;
        }
        let result = catch_unwind(AssertUnwindSafe(|| self.run(model, input, &mut track.warnings)));
        let (reason, is_of_file) = match result {
            Ok(Ok(prediction)) => {
                self.failures.insert(name.clone(), 0);
                return track.by_model.entry(name.clone()).or_default().add(&prediction);
            }
            Ok(Err(error)) => {
                let is_of_file = matches!(error, SessionError::Run { .. } | SessionError::TooShort { .. });
                (chain(&error), is_of_file)
            }
            Err(_) => (format!("{} has crashed on it", self.engine.name), false),
        };
        let failures = self.failures.entry(name.clone()).or_default();
        *failures += 1;
        if is_of_file && *failures < MAX_FAILURES_IN_A_ROW {
            let failure = Failure::of_system(FailureKind::Crashed, reason);
            track.by_model.remove(name);
            track.failed.insert(name.clone(), failure);
            return;
        }
        track.warnings.push(format!("{name} cannot be run, the rest goes on: {reason}"));
        self.shared.broken().insert(name.clone(), reason);
        self.loaded.remove(name);
    }

    fn run(
        &mut self,
        model: &Installed,
        input: &Tensor,
        warnings: &mut Vec<String>,
    ) -> Result<Prediction, SessionError> {
        if let Some(reason) = self.engine.reason.as_ref().filter(|_| self.shared.must_warn_of_engine()) {
            let engine = self.engine.name;
            warnings.push(format!("models run on {engine}, which is built in and slow: {reason}"));
        }
        let session = self.load(model)?;
        let prediction = session.run(input);
        warnings.extend(session.take_warning());
        prediction
    }

    fn load(&mut self, model: &Installed) -> Result<&mut ModelSession, SessionError> {
        let name = &model.spec.name;
        // Another model may have been installed under the name.
        if self.loaded.get(name).is_none_or(|(spec, _)| *spec != model.spec) {
            self.loaded.remove(name);
            let session = ModelSession::open(model, &self.settings, self.engine)?;
            self.loaded.insert(name.clone(), (model.spec.clone(), session));
        }
        Ok(&mut self.loaded.get_mut(name).expect("it was just loaded").1)
    }

    /// Loads a model whose windows come soon. What is wrong with it is reported when they come.
    fn preload(&mut self, model: &Installed) {
        if !self.shared.broken().contains_key(&model.spec.name) {
            drop(catch_unwind(AssertUnwindSafe(|| self.load(model).is_ok())));
        }
    }

    /// What was predicted for a whole track; models that cannot be run are left out.
    fn finish(&self, id: u64, track: PartialPredictions) -> TrackPredictions {
        let PartialPredictions { by_model, failed, warnings } = track;
        let broken = self.shared.broken();
        let whole = by_model.into_iter().map(|(name, mean)| (name, Ok(mean.features())));
        let results = whole.chain(failed.into_iter().map(|(name, failure)| (name, Err(failure))));
        let results = results.filter(|(name, _)| !broken.contains_key(name)).collect();
        TrackPredictions { id, results, warnings }
    }
}

/// Answers messages until the queue is closed.
pub(crate) fn run(messages: &Receiver<InferenceMessage>, mut runner: ModelRunner) {
    let mut tracks: HashMap<u64, PartialPredictions> = HashMap::new();
    loop {
        let message = messages.recv_timeout(MODEL_IDLE_TIME);
        let abandoned = runner.shared.abandoned.load(Ordering::Relaxed);
        match message {
            Ok(InferenceMessage::Load(model)) if !abandoned => runner.preload(&model),
            Ok(InferenceMessage::Load(_)) => {}
            Ok(InferenceMessage::Window(id, model, input)) if !abandoned => {
                runner.predict(&model, &input, tracks.entry(id).or_default());
            }
            Ok(InferenceMessage::Close(id, callback)) if !abandoned => {
                let track = tracks.remove(&id).unwrap_or_default();
                callback(runner.finish(id, track));
            }
            Ok(
                InferenceMessage::Forget(id)
                | InferenceMessage::Close(id, _)
                | InferenceMessage::Window(id, ..),
            ) => {
                tracks.remove(&id);
            }
            Err(RecvTimeoutError::Timeout) => runner.loaded.clear(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
