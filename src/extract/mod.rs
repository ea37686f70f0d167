//! Samples to vectors.

mod beat;
mod cepstrum;
mod contrast;
mod crossings;
mod decibel;
mod delta;
mod frame;
mod levels;
pub(crate) mod mel;
mod method;
pub mod mfcc;
mod moments;
mod onset;
mod shape;
mod spectrum;
pub mod tempo;
pub mod traits;

pub use self::{method::Method, traits::traits_of};

use crate::{
    digest::Digest,
    space::{self, SpaceId},
    track::Failure,
};

/// A hand-made extractor: one row of [`EXTRACTORS`].
#[derive(Debug)]
pub struct BuiltIn {
    pub name: &'static str,
    /// Says in words all that shapes the vector; a change of it makes a new space.
    pub recipe: &'static str,
    /// Length of the vector.
    pub dimension: usize,
    pub make: fn() -> Box<dyn Extractor>,
}

/// Every extractor that needs no model.
pub static EXTRACTORS: &[BuiltIn] = &[BuiltIn {
    name: space::mfcc::NAME,
    recipe: "mfcc 1: 22050 Hz mono, n_fft 2048, hop 512, 128 mel bands, 67 values as in librosa 0.11",
    dimension: mfcc::COLUMNS.len(),
    make: || Box::new(mfcc::Mfcc::new()),
}];

impl BuiltIn {
    /// The row called `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        EXTRACTORS.iter().find(|row| row.name == name)
    }

    /// The space that its vectors make.
    pub fn space(&self) -> SpaceId {
        SpaceId { name: self.name.to_owned(), fingerprint: Digest::of(self.recipe.as_bytes()) }
    }
}

/// What an extractor has when the track has ended.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// The vector.
    Vector(Vec<f32>),
    /// The track is too long to be kept: push it once more from its start, then finish again.
    Again,
}

/// Makes one vector of one track. It is fed the track's samples in order, in blocks of any length.
pub trait Extractor {
    /// Samples per second (Hz) that it wants; mono.
    fn rate(&self) -> u32;
    fn push(&mut self, samples: &[f32]);
    /// Ends the track.
    ///
    /// # Errors
    /// A failure of the content, such as too short or silence.
    fn finish(&mut self) -> Result<Outcome, Failure>;
}
