//! From the samples of a track to the inputs of a network.

pub mod filters;
pub mod front_end;
pub mod log_mel;
pub mod loudness;
pub mod windows;

use self::{
    front_end::{FrontEnd, Tensor},
    windows::{WindowPicker, WindowsOutcome},
};
use super::spec::ModelSpec;
use crate::track::Failure;

/// Computes a network's inputs from one track, which is pushed in blocks of any length.
pub struct Inputs {
    rate: u32,
    picker: WindowPicker,
    front_end: FrontEnd,
}

impl Inputs {
    pub fn new(spec: &ModelSpec) -> Self {
        Self { rate: spec.rate, picker: WindowPicker::new(spec), front_end: FrontEnd::new(spec) }
    }

    /// The sample rate of its input (Hz); mono.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Takes the next samples; the input of each window goes to `sink` when it is complete.
    pub fn push(&mut self, samples: &[f32], sink: &mut dyn FnMut(Tensor)) {
        let Self { picker, front_end, .. } = self;
        picker.push(samples, &mut |window| sink(front_end.input(window)));
    }

    /// Ends the track, or its first pass.
    ///
    /// # Errors
    /// The track is too short, or silent: a final state.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Tensor)) -> Result<WindowsOutcome, Failure> {
        let Self { picker, front_end, .. } = self;
        picker.finish(&mut |window| sink(front_end.input(window)))
    }
}
