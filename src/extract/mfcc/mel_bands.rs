//! The mel bands of a frame: librosa's filters, in rows that become vector instructions.

use super::spectrum::{BINS, FRAME, RATE};
use crate::dsp::{MelFilterSpec, MelNorm, MelScale};

/// Bands from 0 Hz to 11 025 Hz.
pub(super) const BANDS: usize = 128;
/// A band's weights come in rows of this many.
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
        for (band, mel) in self.bands.iter().zip(mel) {
            let mut sums = [0.0; ROW];
            let (powers, _) = power[band.bin..].as_chunks::<ROW>();
            for (powers, weights) in powers.iter().zip(&self.weights[band.rows.clone()]) {
                for i in 0..ROW {
                    sums[i] += powers[i] * weights[i];
                }
            }
            *mel = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
        }
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
}
