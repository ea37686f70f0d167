//! From the samples of a track to the inputs of a network.

pub(crate) mod front_end;
pub(crate) mod loudness;
pub(crate) mod windows;

use self::{front_end::FrontEnd, windows::WindowPicker};
use super::spec::ModelSpec;
use crate::audio::{Finish, Produced, SampleConsumer};
use crate::track::Failure;

/// Computes a network's inputs from one track, which is pushed in blocks of any length.
pub(crate) struct Inputs {
    picker: WindowPicker,
    front_end: FrontEnd,
}

impl Inputs {
    pub(crate) fn new(spec: &ModelSpec) -> Self {
        Self { picker: WindowPicker::new(spec), front_end: FrontEnd::new(spec) }
    }
}

impl SampleConsumer for Inputs {
    fn rate(&self) -> u32 {
        self.picker.spec.rate
    }

    /// Emits the input of each window when it is complete.
    fn push(&mut self, samples: &[f32], emit: &mut dyn FnMut(Produced)) {
        let Self { picker, front_end, .. } = self;
        picker.push(samples, &mut |window| emit(Produced::Window(front_end.input(window))));
    }

    fn finish(&mut self, emit: &mut dyn FnMut(Produced)) -> Result<Finish, Failure> {
        let Self { picker, front_end, .. } = self;
        picker.finish(&mut |window| emit(Produced::Window(front_end.input(window))))
    }
}
