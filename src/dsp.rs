//! What features and the inputs of models share: transforms of frames, mel scales, and the banks of triangular filters
//! that turn a power spectrum into mel bands, as librosa computes them.

use std::f64::consts::{LN_10, TAU};
use std::sync::Arc;

use realfft::{FftNum, RealFftPlanner, RealToComplex, num_complex::Complex};
use serde::{Deserialize, Serialize};

/// The periodic Hann window of so many samples, librosa's default.
pub(crate) fn hann(length: usize) -> impl Iterator<Item = f64> {
    (0..length).map(move |i| 0.5 - 0.5 * (TAU * i as f64 / length as f64).cos())
}

/// The Fourier transform of one frame at a time, through a Hann window as long as the frame.
///
/// rustfft chooses its instructions at run time (AVX, SSE, NEON), so the last bits may differ between machines.
pub(crate) struct FrameTransform<T: FftNum> {
    window: Vec<T>,
    transform: Arc<dyn RealToComplex<T>>,
    wave: Vec<T>,
    pub bins: Vec<Complex<T>>,
    scratch: Vec<Complex<T>>,
}

impl<T: FftNum> FrameTransform<T> {
    /// For frames of `length` samples, and a transform of as many.
    pub(crate) fn new(length: usize) -> Self {
        Self::with_zeros(length, length)
    }

    /// For frames of `length` samples, which zeros fill up to the `size` of the transform.
    pub(crate) fn with_zeros(length: usize, size: usize) -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(size);
        Self {
            window: hann(length).map(|weight| T::from_f64(weight).unwrap_or_else(T::zero)).collect(),
            wave: transform.make_input_vec(),
            bins: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
        }
    }

    /// Transforms a frame, as long as the window, into `bins`.
    pub(crate) fn run<S: Copy + Into<T>>(&mut self, samples: &[S]) {
        let (frame, zeros) = self.wave.split_at_mut(self.window.len());
        let (samples, window) = (&samples[..frame.len()], &self.window[..frame.len()]);
        for i in 0..frame.len() {
            frame[i] = samples[i].into() * window[i];
        }
        // The transform before this one has used them.
        zeros.fill(T::zero());
        // The only errors are of wrong lengths, and these are the transform's own.
        let _ = self.transform.process_with_scratch(&mut self.wave, &mut self.bins, &mut self.scratch);
    }
}

/// The mel scale: of Slaney's Auditory Toolbox (Interval Research technical report 1998-010), or of the Hidden Markov
/// Model Toolkit (Young et al., The HTK Book).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MelScale {
    Slaney,
    Htk,
}

/// How a filter is weighted: to equal area, or to a peak of 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MelNorm {
    Slaney,
    None,
}

/// On which axis the sides of a filter are straight: on that of frequencies, as in librosa and torchaudio, or on the mel
/// scale, as in TensorFlow and Kaldi.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MelSlopes {
    #[default]
    Hertz,
    Mel,
}

/// What shapes a bank of filters.
pub(crate) struct MelFilterSpec {
    pub bands: usize,
    pub scale: MelScale,
    pub norm: MelNorm,
    pub slopes: MelSlopes,
    /// Hz.
    pub fmin: f64,
    /// Hz.
    pub fmax: f64,
    /// Of the samples, in Hz.
    pub rate: u32,
    /// Samples of the transform.
    pub n_fft: usize,
}

/// The filter of one band, with the few bins that it touches.
pub(crate) struct MelFilter {
    pub first: usize,
    pub weights: Vec<f32>,
}

impl MelFilterSpec {
    /// One filter per band.
    pub(crate) fn filters(&self) -> Vec<MelFilter> {
        let (low, high) = (self.scale.mel(self.fmin), self.scale.mel(self.fmax));
        let step = (high - low) / (self.bands + 1) as f64;
        let corners: Vec<f64> = (0..self.bands + 2).map(|i| low + step * i as f64).collect();
        corners.windows(3).map(|corner| self.filter([corner[0], corner[1], corner[2]])).collect()
    }

    /// The filter between corners in mel.
    fn filter(&self, corners: [f64; 3]) -> MelFilter {
        let hertz = corners.map(|corner| self.scale.hertz(corner));
        let area = if self.norm == MelNorm::Slaney { 2.0 / (hertz[2] - hertz[0]) } else { 1.0 };
        let [low, peak, high] = if self.slopes == MelSlopes::Mel { corners } else { hertz };
        let weight = |bin: usize| {
            let hz = bin as f64 * f64::from(self.rate) / self.n_fft as f64;
            let at = if self.slopes == MelSlopes::Mel { self.scale.mel(hz) } else { hz };
            let slope = ((at - low) / (peak - low)).min((high - at) / (high - peak));
            // librosa keeps the triangle, and then its product, in single precision.
            (f64::from(slope.max(0.0) as f32) * area) as f32
        };
        let weights: Vec<f32> = (0..=self.n_fft / 2).map(weight).collect();
        let first = weights.iter().position(|&weight| weight > 0.0).unwrap_or(0);
        let end = weights.iter().rposition(|&weight| weight > 0.0).map_or(first, |last| last + 1);
        MelFilter { first, weights: weights[first..end].to_vec() }
    }
}

impl MelFilter {
    /// The band's power in a power spectrum.
    pub(crate) fn apply(&self, power: &[f32]) -> f32 {
        self.weights.iter().zip(&power[self.first..]).map(|(weight, power)| weight * power).sum()
    }

    /// The weight of a bin.
    pub(crate) fn weight(&self, bin: usize) -> f32 {
        bin.checked_sub(self.first).and_then(|at| self.weights.get(at)).copied().unwrap_or(0.0)
    }
}

impl MelScale {
    fn mel(self, hz: f64) -> f64 {
        match self {
            // Linear below 1 kHz, logarithmic above: 27 steps to a factor of 6.4.
            Self::Slaney if hz < 1000.0 => hz * 3.0 / 200.0,
            Self::Slaney => 15.0 + (hz / 1000.0).ln() * 27.0 / 6.4_f64.ln(),
            Self::Htk => 2595.0 * (hz / 700.0).ln_1p() / LN_10,
        }
    }

    fn hertz(self, mel: f64) -> f64 {
        match self {
            Self::Slaney if mel < 15.0 => mel * 200.0 / 3.0,
            Self::Slaney => 1000.0 * ((mel - 15.0) * 6.4_f64.ln() / 27.0).exp(),
            Self::Htk => 700.0 * ((mel / 2595.0) * LN_10).exp_m1(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_scales_come_back_to_where_they_were() {
        for scale in [MelScale::Slaney, MelScale::Htk] {
            for hz in [0.0, 50.0, 999.0, 1000.0, 14_000.0] {
                assert!((scale.hertz(scale.mel(hz)) - hz).abs() < 1e-8, "{scale:?} {hz}");
            }
        }
        // By definition 1000 Hz are 1000 mel.
        assert!((MelScale::Htk.mel(1000.0) - 1000.0).abs() < 0.02);
    }
}
