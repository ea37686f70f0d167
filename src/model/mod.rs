//! Models: networks that turn windows of a track into a vector.
//!
//! A model is data: a [`ModelSpec`] describes rate, windows, front end, input, outputs and weights. Weights come as a
//! PyTorch checkpoint, whose pickle is never run, as a TensorFlow checkpoint in a wheel, of which nothing is run, or as
//! ONNX; what is installed is always ONNX, known by its hash.

pub(crate) mod convert;
pub(crate) mod fetch;
#[cfg(test)]
pub(crate) mod golden;
pub(crate) mod input;
pub(crate) mod install;
pub(crate) mod run;
pub(crate) mod spec;

pub use self::install::{import::ImportError, installed::InstalledError};
pub use self::run::{engine::Engine, engine::EngineError, settings::InferenceSettings};
pub use self::{fetch::FetchError, spec::ModelSpec};

#[cfg(feature = "testing")]
pub(crate) use self::run::session::ModelSession;
pub(crate) use self::run::session::Prediction;
pub(crate) use self::spec::{MODELS, SpecError};
pub(crate) use self::{input::Inputs, install::installed::Installed};
