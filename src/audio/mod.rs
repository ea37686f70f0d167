//! Bytes to samples. All of it runs inside worker processes, except the parent's side of [`worker`].

mod consumer;
mod decode;
mod demux;
mod gapless;
mod open;
mod resample;
mod sbr;
mod tags;
mod unsupported_format;
pub(crate) mod worker;

pub(crate) use self::{
    consumer::{Finish, Produced, SampleConsumer, Tensor},
    decode::Decoder,
    demux::{Identity, identify},
    resample::{Resampler, fingerprint},
};

/// The decoder, as it is stored with failures: after an update the files are tried again.
pub(crate) const DECODER: &str = "symphonia 0.6.1";
