//! What callers and the inference thread send each other, and the thread: it runs models, which are loaded when a file is
//! decoded for them, and dropped when no window has come for a while.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};

use crate::model::{Engine, InferenceSettings, Installed, ModelSession, ModelSpec, Prediction, SessionError};
use crate::space::{Features, Precision, Score};
use crate::track::{Failure, FailureKind};
use crate::{audio::Tensor, text::chain};

/// State that both sides of the queues share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Models that cannot be run, with the reason.
    broken: Mutex<BTreeMap<String, String>>,
    /// How each model has done so far.
    standings: Mutex<HashMap<String, ModelStanding>>,
    /// Whatever waits in the queue is not wanted any more.
    pub abandoned: AtomicBool,
    /// The user knows that there is a faster engine.
    warned_of_engine: AtomicBool,
}

impl Shared {
    pub(crate) fn broken(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn standings(&self) -> MutexGuard<'_, HashMap<String, ModelStanding>> {
        self.standings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the thread is sent. Numbers are the ids of tracks.
pub(crate) enum InferenceMessage {
    /// A file is being decoded for this model: its windows come soon.
    Load(Arc<Installed>),
    Window(u64, Arc<Installed>, Tensor),
    /// All windows of a track were sent.
    Close(u64, Box<dyn FnOnce(TrackPredictions) + Send>),
    Forget(u64),
}

/// What came of one track's windows.
#[derive(Debug)]
pub(crate) struct TrackPredictions {
    /// The id under which its windows were sent.
    pub id: u64,
    /// By model. One that cannot be run is absent.
    pub results: Vec<(String, Result<Features, Failure>)>,
    /// What the user should know, once.
    pub warnings: Vec<String>,
}

/// A model that has had no window for so long is dropped: it takes hundreds of megabytes.
const MODEL_IDLE_TIME: Duration = Duration::from_secs(60);

/// After so many files in a row that it cannot compute, the model is to blame.
const MAX_FAILURES_IN_A_ROW: u32 = 5;

/// Models that a thread has loaded, and what runs them.
pub(crate) struct ModelRunner {
    settings: InferenceSettings,
    engine: &'static Engine,
    shared: Arc<Shared>,
    loaded: HashMap<String, (ModelSpec, ModelSession)>,
}

/// How a model has done so far.
#[derive(Debug, Default)]
struct ModelStanding {
    /// Files in a row that it could not compute.
    failures: u32,
    /// Whether it has ever computed a window.
    has_worked: bool,
    /// Whether the user knows that it does not always give numbers.
    has_warned: bool,
}

/// Whose fault it is that a window was not computed.
enum Blame {
    File,
    Model,
    /// The model's, for this file: others go on.
    ModelHere,
}

/// What was predicted for one track so far.
#[derive(Default)]
struct PartialPredictions {
    by_model: BTreeMap<String, Mean>,
    failed: BTreeMap<String, Failure>,
    /// Models without a result that are to blame for it themselves.
    without: BTreeSet<String>,
    warnings: Vec<String>,
}

impl ModelRunner {
    pub(crate) fn new(settings: InferenceSettings, engine: &'static Engine, shared: Arc<Shared>) -> Self {
        Self { settings, engine, shared, loaded: HashMap::new() }
    }

    /// Runs one window of `track`. What cannot be computed is the file's failure; a model that cannot be loaded, or
    /// fails file after file, is not run again.
    fn predict(&mut self, model: &Installed, input: &Tensor, track: &mut PartialPredictions) {
        let name = &model.spec.name;
        if track.failed.contains_key(name) || track.without.contains(name) {
            return;
        }
        if self.shared.broken().contains_key(name) {
            // Another thread may have found that out.
            self.loaded.remove(name);
            return;
        }
        let result = catch_unwind(AssertUnwindSafe(|| self.run(model, input, &mut track.warnings)));
        let mut standings = self.shared.standings();
        let standing = standings.entry(name.clone()).or_default();
        let (reason, blame) = match result {
            Ok(Ok(prediction)) => {
                (standing.failures, standing.has_worked) = (0, true);
                return track.by_model.entry(name.clone()).or_default().add(&prediction);
            }
            Ok(Err(error)) => (chain(&error), standing.blame(&error)),
            Err(_) => (format!("{} has crashed on it", self.engine.name), Blame::Model),
        };
        track.by_model.remove(name);
        standing.failures += 1;
        match blame {
            Blame::File if standing.failures < MAX_FAILURES_IN_A_ROW => {
                let failure = Failure::of_system(FailureKind::Crashed, reason);
                track.failed.insert(name.clone(), failure);
            }
            Blame::ModelHere if standing.failures < MAX_FAILURES_IN_A_ROW => {
                track.without.insert(name.clone());
                if !std::mem::replace(&mut standing.has_warned, true) {
                    track.warnings.push(format!("{reason}; files for which it does are left out"));
                }
            }
            _ => {
                let text = format!("{name} cannot be run, the rest goes on: {reason}");
                if self.shared.broken().insert(name.clone(), reason).is_none() {
                    track.warnings.push(text);
                }
                self.loaded.remove(name);
            }
        }
    }

    fn run(
        &mut self,
        model: &Installed,
        input: &Tensor,
        warnings: &mut Vec<String>,
    ) -> Result<Prediction, SessionError> {
        let must_warn = || !self.shared.warned_of_engine.swap(true, Ordering::Relaxed);
        if let Some(reason) = self.engine.reason.as_ref().filter(|_| must_warn()) {
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
        let PartialPredictions { by_model, failed, warnings, .. } = track;
        let broken = self.shared.broken();
        let whole = by_model.into_iter().map(|(name, mean)| (name, Ok(mean.features())));
        let results = whole.chain(failed.into_iter().map(|(name, failure)| (name, Err(failure))));
        let results = results.filter(|(name, _)| !broken.contains_key(name)).collect();
        TrackPredictions { id, results, warnings }
    }
}

impl ModelStanding {
    fn blame(&self, error: &SessionError) -> Blame {
        match error {
            SessionError::Run { .. } | SessionError::TooShort { .. } => Blame::File,
            // One that gives numbers for other files is not at its end.
            SessionError::NotFinite { .. } if self.has_worked => Blame::ModelHere,
            _ => Blame::Model,
        }
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

/// A track is the mean of its windows' embeddings and scores; sums in 64 bits let the order of the windows not show.
#[derive(Default)]
struct Mean {
    windows: u32,
    embedding: Vec<f64>,
    scores: Vec<f64>,
}

impl Mean {
    fn add(&mut self, window: &Prediction) {
        self.windows += 1;
        add_to(&mut self.embedding, &window.embedding);
        add_to(&mut self.scores, &window.scores);
    }

    fn features(self) -> Features {
        let mean = |sums: Vec<f64>| -> Vec<f32> {
            sums.into_iter().map(|sum| (sum / f64::from(self.windows.max(1))) as f32).collect()
        };
        Features {
            values: mean(self.embedding),
            precision: Precision::Half,
            scores: Score::best(&mean(self.scores)),
        }
    }
}

fn add_to(sums: &mut Vec<f64>, values: &[f32]) {
    sums.resize(values.len(), 0.0);
    sums.iter_mut().zip(values).for_each(|(sum, &value)| *sum += f64::from(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_is_the_mean_of_its_windows() {
        let mut mean = Mean::default();
        mean.add(&Prediction { embedding: vec![1.0, 0.0], scores: vec![0.2, 0.9, 0.1] });
        mean.add(&Prediction { embedding: vec![2.0, 4.0], scores: vec![0.4, 0.1, 0.1] });
        let features = mean.features();
        assert_eq!(features.values, [1.5, 2.0]);
        let scores: Vec<_> = features.scores.iter().map(|score| (score.class, score.value)).collect();
        assert_eq!(scores, [(1, 0.5), (0, 0.3), (2, 0.1)]);
    }
}
