//! Bytes to samples. All but one side of [`worker`] runs inside worker processes.

mod account;
mod decode;
mod demux;
mod foreign;
mod gapless;
mod open;
mod resample;
mod sbr;
mod tags;
pub mod worker;

pub use account::Decoded;
pub use decode::Decoder;
pub use demux::{Identity, identify};
pub use resample::Resampler;

/// The decoder whose failures are on record: a newer one is given another try.
pub const DECODER: &str = "symphonia 0.6.1";
