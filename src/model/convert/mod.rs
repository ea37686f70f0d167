//! From PyTorch checkpoints and ONNX files to the ONNX that is installed. A checkpoint's pickle is read, never run.

pub(crate) mod checkpoint;
pub(crate) mod cnn14;
pub(crate) mod onnx;
pub(crate) mod pickle;
pub(crate) mod protobuf;
pub(crate) mod signature;
