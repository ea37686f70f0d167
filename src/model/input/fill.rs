//! Fills the window of a track that is shorter than it.

use std::borrow::Cow;

use crate::model::spec::{ModelSpec, PadShort};

/// Fills short windows as the model says.
pub(crate) struct Filler {
    how: Option<PadShort>,
    /// Samples of a whole window.
    length: usize,
}

impl Filler {
    pub(crate) fn new(spec: &ModelSpec) -> Self {
        Self { how: spec.pad_short, length: spec.window_samples() }
    }

    /// The window, at its full length unless short ones stay short.
    pub(crate) fn filled<'a>(&self, window: &'a [f32]) -> Cow<'a, [f32]> {
        let missing = self.length.saturating_sub(window.len());
        match self.how.filter(|_| missing > 0) {
            None => window.into(),
            Some(PadShort::Zeros) => [window, &vec![0.0; missing]].concat().into(),
            Some(PadShort::Repeat) => window.iter().copied().cycle().take(self.length).collect(),
        }
    }
}
