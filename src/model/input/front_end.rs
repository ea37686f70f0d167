//! From the samples of a window to the network's input.

use super::log_mel::LogMel;
use crate::audio::Tensor;
use crate::model::spec::{Axis, FrontEndSpec, ModelSpec, RawSpec};

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

#[cfg(test)]
mod tests;
