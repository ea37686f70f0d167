//! From PyTorch checkpoints and ONNX files to the ONNX that is installed. A checkpoint's pickle is read, never run.

pub mod checkpoint;
pub mod cnn14;
pub mod onnx;
pub mod pickle;
pub mod protobuf;
pub mod signature;
