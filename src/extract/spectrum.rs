//! Frames of samples and their spectra: the grid that every hand-made feature stands on.

use std::f64::consts::TAU;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

/// Samples per second (Hz), mono.
pub const RATE: u32 = 22_050;
/// Samples of one frame, and of its transform.
pub const FRAME: usize = 2048;
/// Samples from one frame to the next.
pub const HOP: usize = 512;
/// Frequencies of one spectrum, 0 Hz to 11 025 Hz.
pub const BINS: usize = FRAME / 2 + 1;
/// Hz from one bin to the next.
pub const BIN_HZ: f64 = RATE as f64 / FRAME as f64;

/// Loops are written over rows of this many numbers, so that they become vector instructions on every machine and add up
/// in the same order on each.
pub const LANES: usize = 16;

/// The short-time spectrum of one frame; the periodic Hann window is librosa's default.
///
/// rustfft chooses its instructions at run time (AVX, SSE, NEON): the last bits may differ between kinds of machines.
pub struct Spectrum {
    window: Vec<f32>,
    transform: Arc<dyn RealToComplex<f32>>,
    wave: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// |X|², `BINS` values.
    pub power: Vec<f32>,
    /// |X|, `BINS` values.
    pub magnitude: Vec<f32>,
}

impl Spectrum {
    pub fn new() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(FRAME);
        let hann = |i: usize| (0.5 - 0.5 * (TAU * i as f64 / FRAME as f64).cos()) as f32;
        Self {
            window: (0..FRAME).map(hann).collect(),
            wave: transform.make_input_vec(),
            bins: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
            power: vec![0.0; BINS],
            magnitude: vec![0.0; BINS],
        }
    }

    /// Transforms `FRAME` samples.
    pub fn analyse(&mut self, samples: &[f32]) {
        for ((wave, sample), weight) in self.wave.iter_mut().zip(samples).zip(&self.window) {
            *wave = sample * weight;
        }
        // The only errors are of wrong lengths, and these are the transform's own.
        let _ = self.transform.process_with_scratch(&mut self.wave, &mut self.bins, &mut self.scratch);
        for ((bin, power), magnitude) in self.bins.iter().zip(&mut self.power).zip(&mut self.magnitude) {
            *power = bin.re * bin.re + bin.im * bin.im;
            *magnitude = power.sqrt();
        }
    }
}
