//! Whatever is fed the samples of a track: hand-made features, and the front ends of models.

use serde::{Deserialize, Serialize};

use crate::track::Failure;

/// Takes the samples of one track in order, in blocks of any length, and emits what it makes of them.
pub(crate) trait SampleConsumer {
    /// Samples per second (Hz) that it takes; mono.
    fn rate(&self) -> u32;

    /// Takes the next samples.
    fn push(&mut self, samples: &[f32], emit: &mut dyn FnMut(Produced));

    /// Ends the track, or its first pass.
    fn finish(&mut self, emit: &mut dyn FnMut(Produced)) -> Result<Finish, Failure>;
}

/// What is made of samples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Produced {
    /// The vector of the whole track.
    Vector(Vec<f32>),
    /// One window, as a network takes it.
    Window(Tensor),
}

/// How a track ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    /// Everything has been emitted.
    Done,
    /// The track is too long to be kept: push it once more from its start, then finish again.
    Again,
}

/// Numbers with a shape, row-major.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tensor {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}
