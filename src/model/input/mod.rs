//! From the samples of a track to the inputs of a network.

pub(crate) mod fill;
pub(crate) mod front_end;
pub(crate) mod loudness;
pub(crate) mod windows;

use self::{fill::Filler, front_end::FrontEnd, windows::WindowPicker};
use super::spec::ModelSpec;
use crate::audio::{Finish, Produced, SampleConsumer};
use crate::track::Failure;

/// Computes a network's inputs from one track, which is pushed in blocks of any length.
pub(crate) struct Inputs {
    picker: WindowPicker,
    filler: Filler,
    front_end: FrontEnd,
}

impl Inputs {
    pub(crate) fn new(spec: &ModelSpec) -> Self {
        Self { picker: WindowPicker::new(spec), filler: Filler::new(spec), front_end: FrontEnd::new(spec) }
    }
}

impl SampleConsumer for Inputs {
    fn rate(&self) -> u32 {
        self.picker.spec.rate
    }

    /// Emits the input of each window when it is complete.
    fn push(&mut self, samples: &[f32], emit: &mut dyn FnMut(Produced)) {
        let Self { picker, filler, front_end } = self;
        let mut sink = |window: &[f32]| emit(Produced::Window(front_end.input(&filler.filled(window))));
        picker.push(samples, &mut sink);
    }

    fn finish(&mut self, emit: &mut dyn FnMut(Produced)) -> Result<Finish, Failure> {
        let Self { picker, filler, front_end } = self;
        picker.finish(&mut |window| emit(Produced::Window(front_end.input(&filler.filled(window)))))
    }
}

#[cfg(test)]
mod tests;
