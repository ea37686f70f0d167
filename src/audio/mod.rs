//! Bytes to samples. All but one side of [`worker`] runs inside worker processes.

mod account;
mod consumer;
mod decode;
mod demux;
mod foreign;
mod gapless;
mod open;
mod resample;
mod sbr;
mod tags;
pub mod worker;

pub use self::{
    account::Decoded,
    consumer::{Finish, Produced, SampleConsumer, Tensor},
    decode::Decoder,
    demux::{Identity, identify},
    resample::Resampler,
};

/// The decoder whose failures are on record: a newer one is given another try.
pub const DECODER: &str = "symphonia 0.6.1";
