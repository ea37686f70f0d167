//! What a model is, as `models/NAME.toml` describes it.

pub(crate) mod catalogue;
pub(crate) mod check;
pub(crate) mod description;
pub(crate) mod front_end;

pub(crate) use self::catalogue::{MODELS, SpecError};
pub(crate) use self::description::{Axis, Network, PadShort, Weights};
pub use self::description::{FrameCount, ModelSpec, Whole, Window};
pub(crate) use self::front_end::{FrontEndSpec, Log, LogMelSpec, Padding, RawSpec};
