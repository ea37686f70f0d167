//! Inference: ONNX Runtime where there is one, the built-in engine otherwise.

pub mod engine;
pub mod runtime;
pub mod session;
