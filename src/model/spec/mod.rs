//! What a model is, as `models/NAME.toml` describes it.

pub mod catalogue;
pub mod check;
pub mod description;
pub mod front_end;

pub use self::{
    catalogue::{MODELS, SpecError},
    description::{Axis, InputSpec, ModelSpec, Network, OutputSpec, Pooling, Weights, Whole, Window},
    front_end::{FrontEndSpec, Log, LogMelSpec, Padding, RawSpec, Taper},
};
