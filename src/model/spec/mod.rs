//! What a model is, as `models/NAME.toml` describes it.

pub(crate) mod catalogue;
pub(crate) mod check;
pub(crate) mod description;
pub(crate) mod front_end;

pub use self::description::{ModelSpec, Whole, Window};
pub(crate) use self::{
    catalogue::{MODELS, SpecError},
    description::{Axis, Network, Weights},
    front_end::{FrontEndSpec, Log, LogMelSpec, Padding, RawSpec},
};
