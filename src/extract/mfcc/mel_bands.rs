//! The mel bands of a frame, by librosa's filters, and its mel-frequency cepstral coefficients, the cosine transform of
//! the bands in decibels; in rows that become vector instructions.

use std::f64::consts::PI;

use super::spectrum::{BINS, FRAME, RATE};
use crate::dsp::{MelFilterSpec, MelNorm, MelScale, MelSlopes};

/// Bands from 0 Hz to 11 025 Hz.
pub(super) const BANDS: usize = 128;
/// Coefficients kept.
pub(super) const COEFFICIENTS: usize = 20;
const HALF: usize = BANDS / 2;
/// Weights and cosines come in rows of this many.
const ROW: usize = 8;

/// The bank of triangular filters, each with the few bins that it touches.
pub(super) struct MelBank {
    bands: Vec<Band>,
    weights: Vec<[f32; ROW]>,
}

/// One filter: its first bin and its rows of weights.
struct Band {
    bin: usize,
    rows: std::ops::Range<usize>,
}

impl MelBank {
    pub(super) fn new() -> Self {
        let spec = MelFilterSpec {
            bands: BANDS,
            scale: MelScale::Slaney,
            slopes: MelSlopes::Hertz,
            norm: MelNorm::Slaney,
            fmin: 0.0,
            fmax: f64::from(RATE) / 2.0,
            rate: RATE,
            n_fft: FRAME,
        };
        let mut bank = Self { bands: Vec::with_capacity(BANDS), weights: Vec::new() };
        for filter in spec.filters() {
            let count = filter.weights.len().next_multiple_of(ROW);
            // Rows are padded with zeros; the last ones begin earlier, so as not to reach beyond the spectrum.
            let bin = filter.first.min(BINS - count);
            let start = bank.weights.len();
            bank.weights.extend(
                (bin..bin + count).step_by(ROW).map(|row| std::array::from_fn(|i| filter.weight(row + i))),
            );
            bank.bands.push(Band { bin, rows: start..bank.weights.len() });
        }
        bank
    }

    /// Power per band of a power spectrum of `BINS` values.
    #[inline(always)]
    pub(super) fn apply(&self, power: &[f32], mel: &mut [f32; BANDS]) {
        for (i, band) in self.bands.iter().enumerate() {
            let mut sums = [0.0; ROW];
            let weights = &self.weights[band.rows.start..band.rows.end];
            let powers = &power[band.bin..].as_chunks::<ROW>().0[..weights.len()];
            for row in 0..weights.len() {
                for i in 0..ROW {
                    sums[i] += powers[row][i] * weights[row][i];
                }
            }
            mel[i] =
                ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
        }
    }
}

/// The orthonormal cosine transform of type II, `COEFFICIENTS` × `BANDS`, of which half is stored: a row is symmetric
/// or, if odd, antisymmetric.
pub(super) struct Cosines(Box<[[f32; HALF]; COEFFICIENTS]>);

impl Cosines {
    pub(super) fn new() -> Self {
        let cosine = |k: usize, n: usize| {
            let scale = (if k == 0 { 1.0 } else { 2.0 } / BANDS as f64).sqrt();
            (scale * (PI * k as f64 * (n as f64 + 0.5) / BANDS as f64).cos()) as f32
        };
        Self(Box::new(std::array::from_fn(|k| std::array::from_fn(|n| cosine(k, n)))))
    }

    pub(super) fn apply(&self, mel: &[f32; BANDS]) -> [f32; COEFFICIENTS] {
        let (mut even, mut odd) = ([0.0; HALF], [0.0; HALF]);
        for n in 0..HALF {
            even[n] = mel[n] + mel[BANDS - 1 - n];
            odd[n] = mel[n] - mel[BANDS - 1 - n];
        }
        let mut coefficients = [0.0; COEFFICIENTS];
        for (k, cosines) in self.0.iter().enumerate() {
            let mut sums = [0.0; ROW];
            let folded = if k.is_multiple_of(2) { &even } else { &odd };
            for row in (0..HALF).step_by(ROW) {
                for i in 0..ROW {
                    sums[i] += folded[row + i] * cosines[row + i];
                }
            }
            for sum in sums {
                coefficients[k] += sum;
            }
        }
        coefficients
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_band_touches_some_bin_and_no_bin_counts_twice() {
        let mut mel = [0.0; BANDS];
        let bank = MelBank::new();
        bank.apply(&[1.0; BINS], &mut mel);
        // The triangles' area is 1 Hz, sampled every 10.8 Hz.
        assert!(mel.iter().all(|&band| (0.03..0.12).contains(&band)), "{mel:?}");
        assert!(bank.bands.iter().all(|band| band.bin + band.rows.len() * ROW <= BINS));
    }

    #[test]
    fn rows_are_orthonormal() {
        let cosines = Cosines::new();
        for row in 0..COEFFICIENTS {
            let mel = std::array::from_fn(|n| {
                let mirrored = cosines.0[row][n.min(BANDS - 1 - n)];
                if n < HALF || row.is_multiple_of(2) { mirrored } else { -mirrored }
            });
            for (k, value) in cosines.apply(&mel).into_iter().enumerate() {
                assert!((value - f32::from(u8::from(k == row))).abs() < 1e-5);
            }
        }
    }
}
