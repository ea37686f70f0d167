//! The mel scale of Slaney's Auditory Toolbox (Interval Research technical report 1998-010), as librosa
//! builds it.

use super::spectrum::{BIN_HZ, BINS, RATE};

/// Bands from 0 Hz to 11 025 Hz.
pub const BANDS: usize = 128;
/// A band's weights come in rows of this many.
const ROW: usize = 8;

/// The bank of triangular filters, each with the few bins that it touches.
pub struct MelBank {
    bands: Vec<Band>,
    weights: Vec<[f32; ROW]>,
}

/// One filter: its first bin and its rows of weights.
struct Band {
    bin: usize,
    rows: std::ops::Range<usize>,
}

impl MelBank {
    pub fn new() -> Self {
        let top = mel(f64::from(RATE) / 2.0);
        let corner: Vec<f64> = (0..BANDS + 2).map(|i| hertz(top * i as f64 / (BANDS + 1) as f64)).collect();
        let mut bank = Self { bands: Vec::with_capacity(BANDS), weights: Vec::new() };
        for corner in corner.windows(3) {
            let [low, peak, high] = [corner[0], corner[1], corner[2]];
            let weight = |bin: usize| {
                let hz = BIN_HZ * bin as f64;
                let slope = ((hz - low) / (peak - low)).min((high - hz) / (high - peak));
                // Equal area under every triangle ("slaney" norm).
                (slope.max(0.0) as f32 as f64 * 2.0 / (high - low)) as f32
            };
            let touched: Vec<usize> = (0..BINS).filter(|&bin| weight(bin) > 0.0).collect();
            let (first, count) = (touched.first().copied().unwrap_or(0), touched.len().next_multiple_of(ROW));
            // Rows are padded with zeros; the last ones begin earlier, not to reach beyond the spectrum.
            let bin = first.min(BINS - count);
            let start = bank.weights.len();
            bank.weights
                .extend((bin..bin + count).step_by(ROW).map(|row| std::array::from_fn(|i| weight(row + i))));
            bank.bands.push(Band { bin, rows: start..bank.weights.len() });
        }
        bank
    }

    /// Power per band of a power spectrum of `BINS` values.
    #[inline(always)]
    pub fn apply(&self, power: &[f32], mel: &mut [f32; BANDS]) {
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

/// Linear below 1 kHz, logarithmic above: 27 steps to a factor of 6.4.
pub(crate) fn mel(hz: f64) -> f64 {
    if hz < 1000.0 { hz * 3.0 / 200.0 } else { 15.0 + (hz / 1000.0).ln() * 27.0 / 6.4_f64.ln() }
}

pub(crate) fn hertz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1000.0 * ((mel - 15.0) * 6.4_f64.ln() / 27.0).exp() }
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
