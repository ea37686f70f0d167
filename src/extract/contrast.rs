//! Spectral contrast: how far the peaks of an octave stand above its valleys.
//!
//! Jiang et al., "Music type classification by spectral contrast feature" (ICME 2002), with librosa's bands and quantiles.

use std::ops::Range;

use super::spectrum::{BIN_HZ, BINS};

/// 0–200 Hz, five octaves from there, and what is above 6400 Hz.
pub const OCTAVES: usize = 7;
/// The part of a band's bins that make its peak, and its valley.
const QUANTILE: f64 = 0.02;
/// Most bins that make a peak: 2 % of the highest band's 431.
const MOST: usize = 9;

/// The bands' bins.
pub struct Contrast {
    bands: [(Range<usize>, usize); OCTAVES],
}

impl Contrast {
    pub fn new() -> Self {
        let bands = std::array::from_fn(|k| {
            let low = if k == 0 { 0.0 } else { 100.0 * f64::from(1 << k) };
            let high = 200.0 * f64::from(1 << k);
            let inside = |bin: &usize| (low..=high).contains(&(BIN_HZ * *bin as f64));
            let bins: Vec<usize> = (0..BINS).filter(inside).collect();
            let last = k == OCTAVES - 1;
            // librosa takes in the bin below a band, counts the quantile, and then leaves out the highest.
            let start = bins.first().map_or(0, |&bin| bin - usize::from(k > 0));
            let end = if last { BINS } else { bins.last().map_or(0, |&bin| bin + 1) };
            let count = (QUANTILE * (end - start) as f64).round_ties_even().max(1.0) as usize;
            (start..end - usize::from(!last), count)
        });
        Self { bands }
    }

    /// Means of the greatest and of the least magnitudes per band.
    pub fn extremes(&self, magnitude: &[f32]) -> ([f32; OCTAVES], [f32; OCTAVES]) {
        let (mut peaks, mut valleys) = ([0.0; OCTAVES], [0.0; OCTAVES]);
        for (k, (bins, count)) in self.bands.iter().enumerate() {
            let band = &magnitude[bins.clone()];
            peaks[k] = mean_of_greatest(band.iter().copied(), *count);
            valleys[k] = -mean_of_greatest(band.iter().map(|value| -value), *count);
        }
        (peaks, valleys)
    }
}

/// Few are sought among many, so most values fail the first comparison.
fn mean_of_greatest(values: impl Iterator<Item = f32>, count: usize) -> f32 {
    let mut greatest = [f32::NEG_INFINITY; MOST];
    let greatest = &mut greatest[..count];
    for value in values {
        if value > greatest[count - 1] {
            let mut at = count - 1;
            while at > 0 && greatest[at - 1] < value {
                greatest[at] = greatest[at - 1];
                at -= 1;
            }
            greatest[at] = value;
        }
    }
    greatest.iter().sum::<f32>() / count as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_librosas() {
        let bands = Contrast::new().bands.map(|(bins, count)| (bins.start, bins.end, count));
        let expected = [
            (0, 18, 1),
            (18, 37, 1),
            (37, 74, 1),
            (74, 148, 2),
            (148, 297, 3),
            (297, 594, 6),
            (594, 1025, 9),
        ];
        assert_eq!(bands, expected);
    }

    #[test]
    fn the_greatest_are_found_wherever_they_are() {
        let values = [3.0, 9.0, 1.0, 7.0, 7.0, 2.0];
        assert_eq!(mean_of_greatest(values.into_iter(), 1), 9.0);
        assert_eq!(mean_of_greatest(values.into_iter(), 3), 23.0 / 3.0);
    }
}
