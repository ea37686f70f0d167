//! Statistics of a track's levels, frame by frame, once the highest levels are known.

use super::levels::{Ceilings, Levels};
use super::mel_bands::Cosines;
use super::moments::{Delta, Moments};
use super::{contrast::OCTAVES, onset::Onset, timbre::Timbre};

/// Decibels below the maximum at which librosa's `power_to_db` cuts (`top_db`).
const RANGE: f32 = 80.0;
/// Frames this many decibels below the loudest one, and digital silence, say nothing of how a track sounds; a
/// short pause belongs to its rhythm.
pub(super) const GATE: f32 = 50.0;
/// Cepstral coefficients of the values that are librosa's, which keeps more for the timbre alone.
const CEPSTRUM: usize = 13;

/// What is counted of a track's frames.
pub(super) struct Statistics {
    ceilings: Ceilings,
    /// Frames that are not louder say nothing of the timbre (dB).
    gate: f32,
    cosines: Cosines,
    cepstrum: [Moments; CEPSTRUM],
    slopes: Delta<CEPSTRUM>,
    contrast: [Moments; OCTAVES],
    onset: Onset,
    timbre: Timbre,
}

impl Statistics {
    /// Of frames whose highest levels are these; the gate lies this many decibels below the loudest frame.
    pub(super) fn below(ceilings: Ceilings, gate: f32) -> Self {
        Self {
            ceilings,
            gate: ceilings.loudness - gate,
            cosines: Cosines::new(),
            cepstrum: [Moments::default(); CEPSTRUM],
            slopes: Delta::new(),
            contrast: [Moments::default(); OCTAVES],
            onset: Onset::new(),
            timbre: Timbre::new(),
        }
    }

    pub(super) fn push(&mut self, levels: &Levels) {
        let mut mel = levels.mel;
        for level in &mut mel {
            *level = raised(*level, self.ceilings.mel - RANGE);
        }
        let cepstrum = self.cosines.apply(&mel);
        let mut first = [0.0; CEPSTRUM];
        first.copy_from_slice(&cepstrum[..CEPSTRUM]);
        for (k, value) in first.into_iter().enumerate() {
            self.cepstrum[k].push(value);
        }
        self.slopes.push(first);
        self.onset.push(&mel);
        let mut contrast = [0.0; OCTAVES];
        for (k, contrast) in contrast.iter_mut().enumerate() {
            let peak = raised(levels.peaks[k], self.ceilings.peaks - RANGE);
            *contrast = peak - raised(levels.valleys[k], self.ceilings.valleys - RANGE);
            self.contrast[k].push(*contrast);
        }
        self.timbre.push(&cepstrum, &contrast, &mel, levels.loudness > self.gate);
    }

    /// Appends 13 means, 13 deviations and 13 deviations of the slopes of the cepstrum, and 7 means and 7 deviations of
    /// the contrast.
    pub(super) fn finish(self, vector: &mut Vec<f32>) -> Totals {
        vector.extend(self.cepstrum.iter().map(Moments::mean));
        vector.extend(self.cepstrum.iter().map(Moments::deviation));
        vector.extend(self.slopes.deviations());
        vector.extend(self.contrast.iter().map(Moments::mean));
        vector.extend(self.contrast.iter().map(Moments::deviation));
        let (onset, envelope) = self.onset.finish();
        Totals { onset, envelope, timbre: self.timbre }
    }
}

/// What else comes of the statistics.
pub(super) struct Totals {
    /// Mean and deviation of the onset strength.
    pub onset: [f32; 2],
    /// In which beats are sought.
    pub envelope: Vec<f32>,
    pub timbre: Timbre,
}

/// `f32::max` without its handling of NaN, which no level is.
fn raised(level: f32, floor: f32) -> f32 {
    if level > floor { level } else { floor }
}
