//! From the samples of a window to what the network takes.

use serde::{Deserialize, Serialize};

use super::log_mel::{LogMel, LogMelSpec};
use crate::model::spec::{Axis, ModelSpec};

pub use crate::audio::Tensor;

/// What is done to the samples of a window before the network sees them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FrontEndSpec {
    Raw(RawSpec),
    LogMel(LogMelSpec),
}

/// The samples themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSpec {
    /// To mean 0 and variance 1.
    #[serde(default)]
    pub normalise: bool,
}

/// Makes the network's input.
pub struct FrontEnd {
    kind: Kind,
    axes: Vec<Axis>,
}

enum Kind {
    Raw(RawSpec),
    LogMel(Box<LogMel>, usize),
}

impl FrontEnd {
    /// The front end of a model.
    pub fn new(spec: &ModelSpec) -> Self {
        let kind = match &spec.front_end {
            FrontEndSpec::Raw(raw) => Kind::Raw(raw.clone()),
            FrontEndSpec::LogMel(mel) => Kind::LogMel(Box::new(LogMel::new(mel, spec.rate)), mel.bands),
        };
        Self { kind, axes: spec.input.axes.clone() }
    }

    /// The input for one window of at least the model's shortest length.
    pub fn input(&mut self, samples: &[f32]) -> Tensor {
        let (mut values, bands) = match &mut self.kind {
            Kind::Raw(RawSpec { normalise: false }) => (samples.to_vec(), 1),
            Kind::Raw(RawSpec { normalise: true }) => (normalised(samples), 1),
            Kind::LogMel(mel, bands) => (mel.analyse(samples), *bands),
        };
        let frames = values.len() / bands;
        let place = |axis| self.axes.iter().position(|&at| at == axis);
        if place(Axis::Bands) < place(Axis::Frames) && bands > 1 {
            values = (0..bands).flat_map(|band| values.iter().skip(band).step_by(bands).copied()).collect();
        }
        let extent = |axis: &Axis| match axis {
            Axis::Frames | Axis::Samples => frames,
            Axis::Bands => bands,
            _ => 1,
        };
        Tensor { shape: self.axes.iter().map(extent).collect(), values }
    }
}

/// To mean 0 and variance 1, as the Wav2Vec2 feature extractor does it.
fn normalised(samples: &[f32]) -> Vec<f32> {
    let count = samples.len().max(1) as f64;
    let mean = samples.iter().copied().map(f64::from).sum::<f64>() / count;
    let variance = samples.iter().map(|&sample| (f64::from(sample) - mean).powi(2)).sum::<f64>() / count;
    let scale = 1.0 / (variance + 1e-7).sqrt();
    samples.iter().map(|&sample| ((f64::from(sample) - mean) * scale) as f32).collect()
}

#[cfg(test)]
mod tests;
