//! What makes vectors without a model.

use crate::{digest::Digest, space::SpaceId, track::Failure};

/// An extractor that is built in: one row of [`EXTRACTORS`](super::EXTRACTORS).
#[derive(Debug)]
pub struct BuiltIn {
    pub name: &'static str,
    /// Says in words all that shapes the vector; a change of it makes a new space.
    pub recipe: &'static str,
    /// Length of the vector.
    pub dimension: usize,
    pub make: fn() -> Box<dyn Extractor>,
}

impl BuiltIn {
    /// The space of its vectors.
    pub fn space(&self) -> SpaceId {
        SpaceId { name: self.name.to_owned(), fingerprint: Digest::of(self.recipe.as_bytes()) }
    }
}

/// What an extractor has when the track has ended.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// The vector.
    Vector(Vec<f32>),
    /// The track is too long to be held in memory: push it once more from its start, then finish again.
    Again,
}

/// Makes one vector of one track. It is given the track's samples in order, in blocks of any length.
pub trait Extractor {
    /// The sample rate that it needs (Hz); mono.
    fn rate(&self) -> u32;
    fn push(&mut self, samples: &[f32]);
    /// Ends the track.
    ///
    /// # Errors
    /// A failure of the content, such as too short or silence.
    fn finish(&mut self) -> Result<Outcome, Failure>;
}
