//! From the samples of a track to the inputs of a network.

pub mod front_end;
pub mod log_mel;
pub mod loudness;
pub mod windows;

use self::{
    front_end::{FrontEnd, Tensor},
    windows::{Picker, WindowsOutcome},
};
use super::spec::ModelSpec;
use crate::track::Failure;

/// Makes a network's inputs of one track, which is pushed in blocks of any length.
pub struct Inputs {
    rate: u32,
    picker: Picker,
    front_end: FrontEnd,
}

impl Inputs {
    pub fn new(spec: &ModelSpec) -> Self {
        Self { rate: spec.rate, picker: Picker::new(spec), front_end: FrontEnd::new(spec) }
    }

    /// Samples per second (Hz) that it wants; mono.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Takes the next samples; the input for each window that is complete goes to `sink`.
    pub fn push(&mut self, samples: &[f32], sink: &mut dyn FnMut(Tensor)) {
        let Self { picker, front_end, .. } = self;
        picker.push(samples, &mut |window| sink(front_end.input(window)));
    }

    /// Ends the track, or its first hearing.
    ///
    /// # Errors
    /// The track is too short, or silent: a final state.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Tensor)) -> Result<WindowsOutcome, Failure> {
        let Self { picker, front_end, .. } = self;
        picker.finish(&mut |window| sink(front_end.input(window)))
    }
}
