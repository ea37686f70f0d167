//! The bank of triangular filters that turns a power spectrum into mel bands.

use crate::{
    extract::mel,
    model::spec::{LogMelSpec, Norm, Scale},
};

/// One filter per band, each with the few bins that it touches.
pub struct MelFilterBank(Vec<Filter>);

struct Filter {
    first: usize,
    weights: Vec<f32>,
}

impl MelFilterBank {
    pub fn new(spec: &LogMelSpec, rate: u32) -> Self {
        let (low, high) = (spec.scale.mel(spec.fmin), spec.scale.mel(spec.fmax));
        let step = (high - low) / (spec.bands + 1) as f64;
        let corners: Vec<f64> =
            (0..spec.bands + 2).map(|i| spec.scale.hertz(low + step * i as f64)).collect();
        let filter = |corner: &[f64]| {
            let [low, peak, high] = [corner[0], corner[1], corner[2]];
            let area = if spec.norm == Norm::Slaney { 2.0 / (high - low) } else { 1.0 };
            let weight = |bin: usize| {
                let hz = bin as f64 * f64::from(rate) / spec.n_fft as f64;
                let slope = ((hz - low) / (peak - low)).min((high - hz) / (high - peak));
                // librosa keeps the triangle, and then its product, in single precision.
                (f64::from(slope.max(0.0) as f32) * area) as f32
            };
            let weights: Vec<f32> = (0..=spec.n_fft / 2).map(weight).collect();
            let first = weights.iter().position(|&weight| weight > 0.0).unwrap_or(0);
            let end = weights.iter().rposition(|&weight| weight > 0.0).map_or(first, |last| last + 1);
            Filter { first, weights: weights[first..end].to_vec() }
        };
        Self(corners.windows(3).map(filter).collect())
    }

    /// Power per band of a power spectrum.
    pub fn apply(&self, power: &[f32], bands: &mut [f32]) {
        for (filter, band) in self.0.iter().zip(bands) {
            *band =
                filter.weights.iter().zip(&power[filter.first..]).map(|(weight, power)| weight * power).sum();
        }
    }

    /// The weight of every bin in every band: librosa's matrix.
    pub fn weight(&self, bin: usize, band: usize) -> f32 {
        let filter = &self.0[band];
        bin.checked_sub(filter.first).and_then(|at| filter.weights.get(at)).copied().unwrap_or(0.0)
    }
}

impl Scale {
    fn mel(self, hz: f64) -> f64 {
        match self {
            Self::Slaney => mel::mel(hz),
            Self::Htk => 2595.0 * (hz / 700.0).ln_1p() / std::f64::consts::LN_10,
        }
    }

    fn hertz(self, mel: f64) -> f64 {
        match self {
            Self::Slaney => mel::hertz(mel),
            Self::Htk => 700.0 * ((mel / 2595.0) * std::f64::consts::LN_10).exp_m1(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_scales_come_back_to_where_they_were() {
        for scale in [Scale::Slaney, Scale::Htk] {
            for hz in [0.0, 50.0, 999.0, 1000.0, 14_000.0] {
                assert!((scale.hertz(scale.mel(hz)) - hz).abs() < 1e-8, "{scale:?} {hz}");
            }
        }
        // Young et al., The HTK Book: 1000 Hz are 1000 mel.
        assert!((Scale::Htk.mel(1000.0) - 1000.0).abs() < 0.02);
    }
}
