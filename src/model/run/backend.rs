//! What runs models, in this process or in another, and why it may fail.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::engine::{Engine, EngineError};
use super::session::{ModelSession, Prediction, SessionError};
use super::settings::InferenceSettings;
use crate::audio::Tensor;
use crate::model::{install::installed::Installed, spec::ModelSpec};
use crate::text::chain;

/// The engine that a backend has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EngineReport {
    /// `ONNX Runtime` or `tract`.
    pub name: String,
    /// With its version and library, for people.
    pub text: String,
    /// Why it is not a better one.
    pub reason: Option<String>,
    /// How many sessions of a model should compute at once.
    pub sessions: usize,
    pub is_built_in: bool,
}

/// Why there is no prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct InferenceFault {
    pub cause: FaultCause,
    pub reason: String,
}

/// What is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum FaultCause {
    /// The window cannot be computed.
    Window,
    /// What comes out are no numbers.
    NotFinite,
    /// The model cannot be loaded or used.
    Model,
    /// The process that ran it is gone.
    Crash,
    /// Nobody wants to know any more.
    Stopped,
}

/// Runs models. Each is loaded when it is first needed.
pub(crate) trait InferenceBackend {
    /// Starts the engine, unless it runs.
    fn engine(&mut self) -> Result<EngineReport, EngineError>;

    fn load(&mut self, model: &Installed) -> Result<(), InferenceFault>;

    /// Computes one window. `warnings` get what the user should know.
    fn run(
        &mut self,
        model: &Installed,
        input: &Tensor,
        warnings: &mut Vec<String>,
    ) -> Result<Prediction, InferenceFault>;

    /// Gives back what all models take.
    fn unload(&mut self);
}

/// Sessions of this process.
pub(crate) struct LocalBackend {
    settings: InferenceSettings,
    engine: &'static Engine,
    loaded: HashMap<String, (ModelSpec, ModelSession)>,
}

impl LocalBackend {
    pub(crate) fn new(settings: InferenceSettings, engine: &'static Engine) -> Self {
        Self { settings, engine, loaded: HashMap::new() }
    }

    fn session(&mut self, model: &Installed) -> Result<&mut ModelSession, SessionError> {
        let name = &model.spec.name;
        // Another model may have been installed under the name.
        if self.loaded.get(name).is_none_or(|(spec, _)| *spec != model.spec) {
            self.loaded.remove(name);
            let session = ModelSession::open(model, &self.settings, self.engine)?;
            self.loaded.insert(name.clone(), (model.spec.clone(), session));
        }
        Ok(&mut self.loaded.get_mut(name).expect("it was just loaded").1)
    }
}

impl InferenceBackend for LocalBackend {
    fn engine(&mut self) -> Result<EngineReport, EngineError> {
        Ok(EngineReport {
            name: self.engine.name.to_owned(),
            text: self.engine.to_string(),
            reason: self.engine.reason.clone(),
            sessions: self.engine.sessions(&self.settings),
            is_built_in: self.engine.library.is_none(),
        })
    }

    fn load(&mut self, model: &Installed) -> Result<(), InferenceFault> {
        Ok(self.session(model).map(drop)?)
    }

    fn run(
        &mut self,
        model: &Installed,
        input: &Tensor,
        warnings: &mut Vec<String>,
    ) -> Result<Prediction, InferenceFault> {
        let session = self.session(model)?;
        let prediction = session.run(input);
        warnings.extend(session.take_warning());
        Ok(prediction?)
    }

    fn unload(&mut self) {
        self.loaded.clear();
    }
}

impl From<SessionError> for InferenceFault {
    fn from(error: SessionError) -> Self {
        let cause = match error {
            SessionError::Run { .. } | SessionError::TooShort { .. } => FaultCause::Window,
            SessionError::NotFinite { .. } => FaultCause::NotFinite,
            _ => FaultCause::Model,
        };
        Self { cause, reason: chain(&error) }
    }
}
