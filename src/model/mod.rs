//! Models: networks that turn ten seconds of sound into a vector.
//!
//! A model is data: a [`ModelSpec`] says rate, windows, front end, input, outputs and weights. Weights come in as a
//! PyTorch checkpoint, whose pickle is never run, or as ONNX; what is installed is always ONNX, named by its hash.
//!
//! - [`spec`]; [`mod@installed`], [`mod@recognise`], [`mod@import`] and [`mod@fetch`] over `staging`: what there is, and
//!   what lies in the models' folder
//! - `checkpoint` behind `pickle`, `cnn14`, `onnx` and `signature` over `protobuf`: weights
//! - `inputs` over [`picker`] (`edges`, `loudness`, `windows`) and [`front_end`] over [`log_mel`] and `filters`: from samples to what the
//!   network takes
//! - [`session`] over [`engine`] and `runtime`: what the network says, computed by ONNX Runtime where there is one

pub mod convert;
pub mod fetch;
#[cfg(test)]
pub(crate) mod golden;
pub mod input;
pub mod install;
pub mod run;
pub mod spec;

pub use self::{
    fetch::{FetchError, fetch},
    input::{
        Inputs,
        front_end::{FrontEnd, Tensor},
        windows::Picker,
    },
    install::{
        import::{ImportError, import},
        installed::{Installed, InstalledError, installed, remove},
        recognise::recognise,
    },
    run::{
        engine::{Engine, EngineError, InferenceSettings},
        session::{ModelSession, Prediction, SessionError},
    },
    spec::{MODELS, ModelSpec, SpecError},
};
