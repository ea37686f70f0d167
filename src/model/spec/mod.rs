//! What a model is, as `models/NAME.toml` describes it.

pub(crate) mod catalogue;
pub(crate) mod check;
pub(crate) mod description;

pub(crate) use self::catalogue::{MODELS, SpecError};
pub(crate) use self::description::{Axis, FrontEndSpec, Log, LogMelSpec, Network, Padding, RawSpec, Weights};
pub use self::description::{ModelSpec, Whole, Window};
