//! What a model is, as `models/NAME.toml` describes it.

pub(crate) mod catalogue;
pub(crate) mod check;
pub(crate) mod classes;
pub(crate) mod description;
pub(crate) mod front_end;
pub(crate) mod tensors;

pub(crate) use self::catalogue::{MODELS, SpecError};
pub use self::description::{FrameCount, ModelSpec, Whole, Window};
pub(crate) use self::description::{Network, PadShort, Weights};
pub(crate) use self::front_end::{FrontEndSpec, Log, LogMelSpec, Padding, RawSpec};
pub(crate) use self::tensors::{Activation, Axis, FramePooling, ScoreKind};
#[cfg(test)]
pub(crate) use self::tensors::{OutputSpec, TensorNames};
