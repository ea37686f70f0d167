//! Frames of samples and their spectra, from which all values are computed.

use realfft::num_complex::Complex32;

use crate::dsp::FrameTransform;

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

/// The sum of all values.
#[inline(always)]
pub(super) fn total(values: &[f32]) -> f32 {
    let (rows, rest) = values.as_chunks::<LANES>();
    let mut totals = [0.0; LANES];
    for row in rows {
        for i in 0..LANES {
            totals[i] += row[i];
        }
    }
    sum(&totals) + rest.iter().sum::<f32>()
}

/// The short-time spectrum of one frame; the periodic Hann window is librosa's default.
pub(super) struct Spectrum {
    transform: FrameTransform<f32>,
    /// In double precision, which most tracks never need.
    precise: Option<FrameTransform<f64>>,
    /// |X|², `BINS` values.
    pub power: Vec<f32>,
    /// |X|, `BINS` values.
    pub magnitude: Vec<f32>,
}

impl Spectrum {
    pub(super) fn new() -> Self {
        let (power, magnitude) = (vec![0.0; BINS], vec![0.0; BINS]);
        Self { transform: FrameTransform::new(FRAME), precise: None, power, magnitude }
    }

    /// Transforms `FRAME` samples.
    pub(super) fn transform(&mut self, samples: &[f32]) {
        self.transform.run(samples);
    }

    /// The same in double precision, for frames whose valleys lie below the rounding of single precision.
    pub(super) fn transform_precisely(&mut self, samples: &[f32]) {
        let precise = self.precise.get_or_insert_with(|| FrameTransform::new(FRAME));
        precise.run(samples);
        for (bin, precise) in self.transform.bins.iter_mut().zip(&precise.bins) {
            *bin = Complex32::new(precise.re as f32, precise.im as f32);
        }
    }

    /// Computes power and magnitude of the transformed frame.
    #[inline(always)]
    pub(super) fn measure(&mut self) {
        let bins = &self.transform.bins[..BINS];
        let (power, magnitude) = (&mut self.power[..BINS], &mut self.magnitude[..BINS]);
        for i in 0..BINS {
            power[i] = bins[i].re * bins[i].re + bins[i].im * bins[i].im;
            magnitude[i] = power[i].sqrt();
        }
    }
}
