//! The logarithm of the power in mel bands, frame by frame, as librosa and torchlibrosa compute it.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex32};

use crate::model::spec::{Log, LogMelSpec, Padding};
use crate::{dsp::MelFilter, dsp::hann};

/// Computes log-mel spectrograms.
pub(crate) struct LogMel {
    spec: LogMelSpec,
    taper: Vec<f32>,
    filters: Vec<MelFilter>,
    transform: Arc<dyn RealToComplex<f32>>,
    wave: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
    power: Vec<f32>,
}

impl LogMel {
    pub(crate) fn new(spec: &LogMelSpec, rate: u32) -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(spec.n_fft);
        Self {
            spec: spec.clone(),
            taper: hann(spec.n_fft).map(|weight| weight as f32).collect(),
            filters: spec.filters(rate),
            wave: transform.make_input_vec(),
            bins: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            power: vec![0.0; spec.n_fft / 2 + 1],
            transform,
        }
    }

    /// Frame after frame, `bands` values each.
    pub(crate) fn analyse(&mut self, samples: &[f32]) -> Vec<f32> {
        let frames = self.spec.frames(samples.len());
        let mut levels = vec![0.0; frames * self.spec.bands];
        for (frame, bands) in levels.chunks_exact_mut(self.spec.bands).enumerate() {
            self.spectrum(samples, frame * self.spec.hop);
            for (filter, band) in self.filters.iter().zip(bands) {
                *band = filter.apply(&self.power);
            }
        }
        for level in &mut levels {
            let power = level.max(self.spec.amin);
            *level = match self.spec.log {
                Log::Db => 10.0 * power.log10(),
                Log::Ln => power.ln(),
            };
        }
        levels
    }

    /// The power of the frame that begins `at` samples after the padding does.
    fn spectrum(&mut self, samples: &[f32], at: usize) {
        let margin = self.spec.margin();
        match at.checked_sub(margin).and_then(|start| samples.get(start..start + self.spec.n_fft)) {
            Some(inside) => self.wave.copy_from_slice(inside),
            None => {
                for (i, wave) in self.wave.iter_mut().enumerate() {
                    let from_start = (at + i).abs_diff(margin);
                    let place = match self.spec.padding {
                        Padding::Reflect => {
                            from_start.min((2 * samples.len().saturating_sub(1)).saturating_sub(from_start))
                        }
                        _ if at + i < margin => usize::MAX,
                        _ => from_start,
                    };
                    *wave = samples.get(place).copied().unwrap_or(0.0);
                }
            }
        }
        self.wave.iter_mut().zip(&self.taper).for_each(|(wave, weight)| *wave *= weight);
        // The only errors are of wrong lengths, and these are the transform's own.
        let _ = self.transform.process_with_scratch(&mut self.wave, &mut self.bins, &mut self.scratch);
        for (power, bin) in self.power.iter_mut().zip(&self.bins) {
            *power = bin.re * bin.re + bin.im * bin.im;
        }
    }
}
