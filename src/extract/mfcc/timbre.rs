//! What tracks are grouped and found by: how a track sounds, as one Gaussian of its frames, and how it repeats itself.

use super::contrast::OCTAVES;
use super::mel_bands::{BANDS, COEFFICIENTS};
use super::{gaussian, gaussian::Gaussian, rhythm, rhythm::Onsets};
use crate::space::blocks::{Block, Scaling};

/// Values of a track: the tempo of its beat (beats per minute, 0 without one), the Gaussian's, the rhythm's.
pub(super) const WIDTH: usize = 1 + gaussian::WIDTH + rhythm::WIDTH;

/// How the values of all tracks are compared, if those of the timbre begin with column `first`. The Gaussian's are centred,
/// so that the angle between two tracks counts; the rhythm's, all of one kind but of different spread, are standardised.
/// The tempo is not compared: the rhythm says it better.
pub(super) const fn blocks(first: usize) -> [Block; 2] {
    let gaussian = first + 1;
    let rhythm = gaussian + gaussian::WIDTH;
    [
        Block { first: gaussian, end: rhythm, scaling: Scaling::Centred, weight: 1.0 },
        Block { first: rhythm, end: rhythm + rhythm::WIDTH, scaling: Scaling::Standardised, weight: RHYTHM },
    ]
}

/// What the rhythm weighs beside the Gaussian, found on labelled music.
const RHYTHM: f32 = 0.5;

/// Of the frames that are loud enough, and of the pauses between beats.
pub(super) struct Timbre {
    gaussian: Gaussian,
    onsets: Onsets,
}

impl Timbre {
    pub(super) fn new() -> Self {
        Self { gaussian: Gaussian::new(), onsets: Onsets::default() }
    }

    /// The next frame: cepstrum, contrast (dB) and mel bands (dB), and whether it is above the gate. The highest band of the
    /// contrast, which is the resampler's stop band, does not count.
    pub(super) fn push(
        &mut self,
        cepstrum: &[f32; COEFFICIENTS],
        contrast: &[f32; OCTAVES],
        mel: &[f32; BANDS],
        is_loud: bool,
    ) {
        if is_loud {
            let mut frame = [0.0; gaussian::VALUES];
            let (head, tail) = frame.split_at_mut(COEFFICIENTS);
            head.copy_from_slice(cepstrum);
            tail.copy_from_slice(&contrast[..OCTAVES - 1]);
            self.gaussian.push(&frame);
        }
        self.onsets.push(mel, is_loud);
    }

    /// Appends the values.
    pub(super) fn finish(&self, vector: &mut Vec<f32>) {
        vector.push(self.onsets.tempo());
        self.gaussian.finish(vector);
        self.onsets.autocorrelation(vector);
    }
}
