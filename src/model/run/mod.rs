//! Inference: with ONNX Runtime where it is installed, with the built-in engine otherwise.

pub mod engine;
pub mod onnx_runtime;
pub mod session;
pub mod settings;
