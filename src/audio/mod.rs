//! Bytes to samples. All of it runs inside worker processes, except the parent's side of [`worker`].

mod aac;
mod blocked;
mod clip;
mod codecs;
mod coded;
mod completeness;
mod consumer;
mod decode;
pub(crate) mod decoding;
mod demux;
mod failure;
mod ffmpeg;
mod gapless;
mod limit;
mod losses;
mod mix;
mod mpeg;
mod open;
mod opus;
mod resample;
mod sbr;
mod section;
mod source;
mod tags;
mod trim;
mod unsupported_format;
pub(crate) mod worker;

pub(crate) use self::decoding::Decoding;
pub(crate) use self::{
    consumer::{Finish, Produced, SampleConsumer, Tensor},
    decode::Decoder,
    decoding::find_ffmpeg,
    demux::{Identity, identify},
    ffmpeg::Ffmpeg,
    resample::{Resampler, fingerprint},
    section::identity_of_section,
};
#[cfg(feature = "testing")]
pub(crate) use self::{decoding::BUILT_IN, tags::read as tags_of};
