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

mod check;
mod checkpoint;
mod cnn14;
mod edges;
pub mod engine;
pub mod fetch;
mod filters;
pub mod front_end;
#[cfg(test)]
pub(crate) mod golden;
pub mod import;
mod inputs;
pub mod installed;
pub mod log_mel;
mod loudness;
mod onnx;
pub mod picker;
mod pickle;
mod protobuf;
pub mod recognise;
mod runtime;
pub mod session;
mod signature;
pub mod spec;
mod staging;
mod windows;

pub use engine::{Engine, EngineError, InferenceSettings};
pub use fetch::{FetchError, fetch};
pub use front_end::{FrontEnd, Tensor};
pub use import::{ImportError, import};
pub use inputs::Inputs;
pub use installed::{Installed, InstalledError, installed, remove};
pub use picker::{Picker, Progress};
pub use recognise::recognise;
pub use session::{Heard, Session, SessionError};
pub use spec::{MODELS, ModelSpec, SpecError};
