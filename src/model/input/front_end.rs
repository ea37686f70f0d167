//! From the samples of a window to the network's input.

use std::f32::consts::LN_10;

use crate::model::spec::{Axis, FrontEndSpec, Log, LogMelSpec, ModelSpec, Padding, RawSpec};
use crate::{audio::Tensor, dsp::FrameTransform, dsp::MelFilter};

/// Computes the network's input.
pub(crate) struct FrontEnd {
    transform: Transform,
    axes: Vec<Axis>,
}

enum Transform {
    Raw(RawSpec),
    /// With the number of bands.
    LogMel(Box<LogMel>, usize),
}

impl FrontEnd {
    /// The front end of a model.
    pub(crate) fn new(spec: &ModelSpec) -> Self {
        let transform = match &spec.front_end {
            FrontEndSpec::Raw(raw) => Transform::Raw(raw.clone()),
            FrontEndSpec::LogMel(mel) => Transform::LogMel(Box::new(LogMel::new(mel, spec.rate)), mel.bands),
        };
        Self { transform, axes: spec.input.axes.clone() }
    }

    /// The input of one window of at least the model's shortest length: batch 1, its other axes as the model orders them.
    pub(crate) fn input(&mut self, samples: &[f32]) -> Tensor {
        let (mut values, bands) = match &mut self.transform {
            Transform::Raw(RawSpec { normalise: false }) => (samples.to_vec(), 1),
            Transform::Raw(RawSpec { normalise: true }) => (normalised(samples), 1),
            Transform::LogMel(mel, bands) => (mel.analyse(samples), *bands),
        };
        let frames = values.len() / bands;
        let place = |axis| self.axes.iter().position(|&at| at == axis);
        if place(Axis::Bands) < place(Axis::Frames) && bands > 1 {
            values = (0..bands).flat_map(|band| values.iter().skip(band).step_by(bands).copied()).collect();
        }
        let size = |axis: &Axis| match axis {
            Axis::Frames | Axis::Samples => frames,
            Axis::Bands => bands,
            _ => 1,
        };
        Tensor { shape: self.axes.iter().map(size).collect(), values }
    }
}

/// The samples at mean 0 and variance 1, as the Wav2Vec2 feature extractor computes them.
fn normalised(samples: &[f32]) -> Vec<f32> {
    let count = samples.len().max(1) as f64;
    let mean = samples.iter().copied().map(f64::from).sum::<f64>() / count;
    let variance = samples.iter().map(|&sample| (f64::from(sample) - mean).powi(2)).sum::<f64>() / count;
    let scale = 1.0 / (variance + 1e-7).sqrt();
    samples.iter().map(|&sample| ((f64::from(sample) - mean) * scale) as f32).collect()
}

/// Computes log-mel spectrograms as librosa and torchlibrosa do.
struct LogMel {
    spec: LogMelSpec,
    filters: Vec<MelFilter>,
    transform: FrameTransform<f32>,
    power: Vec<f32>,
}

impl LogMel {
    fn new(spec: &LogMelSpec, rate: u32) -> Self {
        let (filters, power) = (spec.filters(rate), vec![0.0; spec.n_fft / 2 + 1]);
        let transform = FrameTransform::with_zeros(spec.frame(), spec.n_fft);
        Self { spec: spec.clone(), filters, transform, power }
    }

    /// Frame after frame, `bands` values each.
    fn analyse(&mut self, samples: &[f32]) -> Vec<f32> {
        let frames = self.spec.frames(samples.len());
        let mut levels = vec![0.0; frames * self.spec.bands];
        for (frame, bands) in levels.chunks_exact_mut(self.spec.bands).enumerate() {
            self.spectrum(samples, frame * self.spec.hop);
            for (filter, band) in self.filters.iter().zip(bands) {
                *band = filter.apply(&self.power);
            }
        }
        self.take_logarithm(&mut levels);
        levels
    }

    /// Turns what is in the bands into levels.
    fn take_logarithm(&self, bands: &mut [f32]) {
        let &LogMelSpec { amin, log_offset, log, gain, top_db, .. } = &self.spec;
        let gain = gain.unwrap_or(1.0);
        for value in &mut *bands {
            let x = value.max(amin) + log_offset;
            *value = match log {
                Log::Db => 10.0 * x.log10(),
                Log::Ln => x.ln(),
                Log::Log10 => x.log10(),
                Log::Log10OnePlus => (gain * x).ln_1p() / LN_10,
                Log::LnOnePlus => (gain * x).ln_1p(),
            };
        }
        if let Some(range) = top_db {
            let floor = bands.iter().copied().fold(f32::MIN, f32::max) - range;
            bands.iter_mut().for_each(|level| *level = level.max(floor));
        }
    }

    /// The power, or magnitude, of the frame that begins `at` samples after the padding does.
    fn spectrum(&mut self, samples: &[f32], at: usize) {
        let margin = self.spec.margin();
        let padded = |i: usize| {
            let from_start = (at + i).abs_diff(margin);
            let place = match self.spec.padding {
                Padding::Reflect => {
                    from_start.min((2 * samples.len().saturating_sub(1)).saturating_sub(from_start))
                }
                _ if at + i < margin => usize::MAX,
                _ => from_start,
            };
            samples.get(place).copied().unwrap_or(0.0)
        };
        match at.checked_sub(margin).and_then(|start| samples.get(start..start + self.spec.frame())) {
            Some(inside) => self.transform.run(inside),
            None => self.transform.run::<f32>(&(0..self.spec.frame()).map(padded).collect::<Vec<_>>()),
        }
        for (power, bin) in self.power.iter_mut().zip(&self.transform.bins) {
            *power = bin.re * bin.re + bin.im * bin.im;
        }
        if self.spec.power == 1 {
            self.power.iter_mut().for_each(|power| *power = power.sqrt());
        }
    }
}

#[cfg(test)]
mod tests;
