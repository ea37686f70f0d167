//! From checkpoints and ONNX files to the ONNX that is installed. A PyTorch checkpoint's pickle is read, never run, and of a
//! wheel nothing but its checkpoint is read.

pub(crate) mod affine;
pub(crate) mod checkpoint;
pub(crate) mod cnn14;
pub(crate) mod musicnn;
pub(crate) mod onnx;
pub(crate) mod pickle;
pub(crate) mod protobuf;
#[cfg(any(test, feature = "testing"))]
#[cfg_attr(not(test), expect(dead_code, reason = "tests of this crate use the rest"))]
pub(crate) mod seeded_bundle;
pub(crate) mod signature;
pub(crate) mod sorted_table;
pub(crate) mod tensor_bundle;
mod tensors;
pub(crate) mod wheel;
