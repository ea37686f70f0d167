//! Frames of samples and their spectra, from which all values are computed.

use std::sync::Arc;

use realfft::num_complex::{Complex32, Complex64};
use realfft::{RealFftPlanner, RealToComplex};

use crate::dsp::hann;

/// Samples per second (Hz), mono.
pub(super) const RATE: u32 = 22_050;
/// Samples of one frame, and of its transform.
pub(super) const FRAME: usize = 2048;
/// Samples from one frame to the next.
pub(super) const HOP: usize = 512;
/// Frequencies of one spectrum, 0 Hz to 11 025 Hz.
pub(super) const BINS: usize = FRAME / 2 + 1;
/// Hz from one bin to the next.
pub(super) const BIN_HZ: f64 = RATE as f64 / FRAME as f64;

/// Loops run over rows of this many numbers, so that they become vector instructions on every machine and add up in
/// the same order on each.
pub(super) const LANES: usize = 16;

/// The sum of a row, by halves: additions side by side instead of a chain in which each waits for the one before.
#[inline(always)]
pub(super) fn sum(row: &[f32; LANES]) -> f32 {
    let mut row = *row;
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            row[i] += row[i + half];
        }
        half /= 2;
    }
    row[0]
}

/// For transforms in double precision, which most tracks never need.
struct Precise {
    window: Vec<f64>,
    transform: Arc<dyn RealToComplex<f64>>,
    wave: Vec<f64>,
    bins: Vec<Complex64>,
    scratch: Vec<Complex64>,
}

impl Precise {
    fn new() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(FRAME);
        Self {
            window: hann(FRAME).collect(),
            wave: transform.make_input_vec(),
            bins: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
        }
    }
}

/// The short-time spectrum of one frame; the periodic Hann window is librosa's default.
///
/// rustfft chooses its instructions at run time (AVX, SSE, NEON), so the last bits may differ between machines.
pub(super) struct Spectrum {
    window: Vec<f32>,
    transform: Arc<dyn RealToComplex<f32>>,
    wave: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
    precise: Option<Precise>,
    /// |X|², `BINS` values.
    pub power: Vec<f32>,
    /// |X|, `BINS` values.
    pub magnitude: Vec<f32>,
}

impl Spectrum {
    pub(super) fn new() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(FRAME);
        Self {
            window: hann(FRAME).map(|weight| weight as f32).collect(),
            wave: transform.make_input_vec(),
            bins: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            precise: None,
            transform,
            power: vec![0.0; BINS],
            magnitude: vec![0.0; BINS],
        }
    }

    /// Transforms `FRAME` samples.
    pub(super) fn transform(&mut self, samples: &[f32]) {
        for ((wave, sample), weight) in self.wave.iter_mut().zip(samples).zip(&self.window) {
            *wave = sample * weight;
        }
        // The only errors are of wrong lengths, and these are the transform's own.
        let _ = self.transform.process_with_scratch(&mut self.wave, &mut self.bins, &mut self.scratch);
    }

    /// The same in double precision, for frames whose valleys lie below the rounding of single precision.
    pub(super) fn transform_precisely(&mut self, samples: &[f32]) {
        let precise = self.precise.get_or_insert_with(Precise::new);
        for ((wave, sample), weight) in precise.wave.iter_mut().zip(samples).zip(&precise.window) {
            *wave = f64::from(*sample) * weight;
        }
        let Precise { transform, wave, bins, scratch, .. } = precise;
        let _ = transform.process_with_scratch(wave, bins, scratch);
        for (bin, precise) in self.bins.iter_mut().zip(bins) {
            *bin = Complex32::new(precise.re as f32, precise.im as f32);
        }
    }

    /// Computes power and magnitude of the transformed frame.
    #[inline(always)]
    pub(super) fn measure(&mut self) {
        for ((bin, power), magnitude) in self.bins.iter().zip(&mut self.power).zip(&mut self.magnitude) {
            *power = bin.re * bin.re + bin.im * bin.im;
            *magnitude = power.sqrt();
        }
    }
}
