//! The life of the thread that runs models: they are loaded when a file is decoded for
//! them, and dropped when no window has come for a while.

use std::{
    collections::{BTreeMap, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::{
    mean::Mean,
    message::{Message, Shared, TrackPredictions},
};
use crate::{
    model::{Engine, InferenceSettings, Installed, ModelSession, ModelSpec, SessionError, Tensor},
    text::chain,
    track::{Failure, FailureKind},
};

/// A model that has had no window for so long is dropped: it takes hundreds of megabytes.
const IDLE: Duration = Duration::from_secs(60);

/// After so many files in a row that it cannot compute, the model is to blame.
const STRIKES: u32 = 5;

/// Models that are loaded.
pub struct Models {
    pub settings: InferenceSettings,
    pub engine: &'static Engine,
    pub shared: Arc<Shared>,
    pub loaded: HashMap<String, (ModelSpec, ModelSession)>,
    /// Files in a row that a model could not compute.
    pub strikes: HashMap<String, u32>,
}

impl Models {
    /// Runs one window into `means`. What cannot be computed is the file's failure; a model that cannot be loaded, or
    /// fails file after file, is not run again.
    fn hear(&mut self, model: &Installed, input: &Tensor, means: &mut Means) {
        let name = &model.spec.name;
        if self.shared.broken().contains_key(name) || means.failed.contains_key(name) {
            return;
        }
        let heard = catch_unwind(AssertUnwindSafe(|| self.run(model, input, &mut means.warnings)));
        let (reason, is_of_file) = match heard {
            Ok(Ok(heard)) => {
                self.strikes.insert(name.clone(), 0);
                return means.by_model.entry(name.clone()).or_default().add(&heard);
            }
            Ok(Err(error)) => {
                let of_file = matches!(error, SessionError::Run { .. } | SessionError::TooShort { .. });
                (chain(&error), of_file)
            }
            Err(_) => (format!("{} has crashed on it", self.engine.name()), false),
        };
        let strikes = self.strikes.entry(name.clone()).or_default();
        *strikes += 1;
        if is_of_file && *strikes < STRIKES {
            let failure = Failure::of_system(FailureKind::Crashed, reason);
            means.by_model.remove(name);
            means.failed.insert(name.clone(), failure);
            return;
        }
        means.warnings.push(format!("{name} cannot be run, the rest goes on: {reason}"));
        self.shared.broken().insert(name.clone(), reason);
        self.loaded.remove(name);
    }

    fn run(
        &mut self,
        model: &Installed,
        input: &Tensor,
        warnings: &mut Vec<String>,
    ) -> Result<crate::model::Prediction, SessionError> {
        if let Some(reason) = self.engine.reason().filter(|_| !self.shared.said()) {
            let engine = self.engine.name();
            warnings.push(format!("models run on {engine}, which is built in and slow: {reason}"));
        }
        let session = self.load(model)?;
        let heard = session.run(input);
        warnings.extend(session.take_warning());
        heard
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

    /// Loads a model whose windows come soon. What is wrong with it is told when they come.
    fn expect(&mut self, model: &Installed) {
        if !self.shared.broken().contains_key(&model.spec.name) {
            drop(catch_unwind(AssertUnwindSafe(|| self.load(model).is_ok())));
        }
    }
}

/// What was heard of one track so far.
#[derive(Default)]
struct Means {
    by_model: BTreeMap<String, Mean>,
    failed: BTreeMap<String, Failure>,
    warnings: Vec<String>,
}

/// The life of the thread.
pub fn run(messages: &Receiver<Message>, mut models: Models) {
    let mut tracks: HashMap<u64, Means> = HashMap::new();
    loop {
        let message = messages.recv_timeout(IDLE);
        let abandoned = models.shared.abandoned.load(Ordering::Relaxed);
        match message {
            Ok(Message::Expect(model)) if !abandoned => models.expect(&model),
            Ok(Message::Expect(_)) => {}
            Ok(Message::Window(ticket, model, input)) if !abandoned => {
                models.hear(&model, &input, tracks.entry(ticket).or_default());
            }
            Ok(Message::Close(ticket, answer)) if !abandoned => {
                let Means { by_model, failed, warnings } = tracks.remove(&ticket).unwrap_or_default();
                let broken = models.shared.broken().clone();
                let is_sound = |name: &String| !broken.contains_key(name);
                let whole = by_model.into_iter().map(|(name, mean)| (name, Ok(mean.features())));
                let results = whole.chain(failed.into_iter().map(|(name, why)| (name, Err(why))));
                let results = results.filter(|(name, _)| is_sound(name)).collect();
                answer(TrackPredictions { ticket, results, warnings });
            }
            Ok(Message::Forget(ticket) | Message::Close(ticket, _) | Message::Window(ticket, ..)) => {
                tracks.remove(&ticket);
            }
            Err(RecvTimeoutError::Timeout) => models.loaded.clear(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
