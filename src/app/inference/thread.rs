//! What callers and the inference thread send each other, and the thread: it runs models, which are loaded when a file is
//! decoded for them, and dropped when no window has come for a while.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, atomic::Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::shared::{ModelStanding, Shared};
use crate::audio::Tensor;
use crate::model::run::backend::{EngineReport, FaultCause, InferenceBackend, InferenceFault};
use crate::model::{Installed, Prediction};
use crate::space::{Features, Precision, Score};
use crate::track::{Failure, FailureKind};

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

/// After so many ends of the process that ran it, a model is given up.
const MAX_CRASHES: u32 = 3;

/// What runs models for a thread.
pub(crate) struct ModelRunner {
    backend: Box<dyn InferenceBackend>,
    engine: EngineReport,
    shared: Arc<Shared>,
}

/// Whose fault it is that a window was not computed.
enum Blame {
    Nobody,
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
    pub(super) fn new(backend: Box<dyn InferenceBackend>, engine: EngineReport, shared: Arc<Shared>) -> Self {
        Self { backend, engine, shared }
    }

    /// Runs one window of `track`. What cannot be computed is the file's failure; a model that cannot be loaded, or
    /// fails file after file, is not run again.
    fn predict(&mut self, model: &Installed, input: &Tensor, track: &mut PartialPredictions) {
        let name = &model.spec.name;
        if track.failed.contains_key(name) || track.without.contains(name) {
            return;
        }
        // Another thread may have found that out.
        if self.shared.broken().contains_key(name) {
            return;
        }
        let must_warn = || !self.shared.warned_of_engine.swap(true, Ordering::Relaxed);
        if let Some(reason) = self.engine.reason.as_ref().filter(|_| must_warn()) {
            let engine = &self.engine.name;
            track.warnings.push(format!("models run on {engine}, which is built in and slow: {reason}"));
        }
        let result = self.backend.run(model, input, &mut track.warnings);
        let mut standings = self.shared.standings();
        let standing = standings.entry(name.clone()).or_default();
        let InferenceFault { cause, reason } = match result {
            Ok(prediction) => {
                (standing.failures, standing.has_worked) = (0, true);
                return track.by_model.entry(name.clone()).or_default().add(&prediction);
            }
            Err(fault) => fault,
        };
        track.by_model.remove(name);
        standing.failures += 1;
        standing.crashes += u32::from(cause == FaultCause::Crash);
        let is_patient = standing.failures < MAX_FAILURES_IN_A_ROW && standing.crashes < MAX_CRASHES;
        match blame(cause, standing) {
            Blame::Nobody => {}
            Blame::File if is_patient => {
                if cause == FaultCause::Crash && standing.crashes == 1 {
                    track.warnings.push(format!("{name} is started again: {reason}"));
                }
                let failure = Failure::of_system(FailureKind::Crashed, reason);
                track.failed.insert(name.clone(), failure);
            }
            Blame::ModelHere if is_patient => {
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
            }
        }
    }

    /// Loads a model whose windows come soon. What is wrong with it is reported when they come.
    fn preload(&mut self, model: &Installed) {
        if !self.shared.broken().contains_key(&model.spec.name) {
            drop(self.backend.load(model));
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

fn blame(cause: FaultCause, standing: &ModelStanding) -> Blame {
    match cause {
        FaultCause::Window | FaultCause::Crash => Blame::File,
        // One that gives numbers for other files is not at its end.
        FaultCause::NotFinite if standing.has_worked => Blame::ModelHere,
        FaultCause::NotFinite | FaultCause::Model => Blame::Model,
        FaultCause::Stopped => Blame::Nobody,
    }
}

/// Answers messages until the queue is closed.
pub(super) fn run(messages: &Receiver<InferenceMessage>, mut runner: ModelRunner) {
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
            Err(RecvTimeoutError::Timeout) => runner.backend.unload(),
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
