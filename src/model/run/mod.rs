//! Inference: with ONNX Runtime where it is installed, with the built-in engine otherwise.

pub(crate) mod backend;
pub(crate) mod engine;
pub(crate) mod onnx_runtime;
mod rows;
pub(crate) mod session;
pub(crate) mod settings;
