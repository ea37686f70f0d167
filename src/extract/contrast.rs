//! Spectral contrast: how far the peaks of an octave stand above its valleys.
//!
//! Jiang et al., "Music type classification by spectral contrast feature" (ICME 2002), with librosa's bands and quantiles.

use std::ops::Range;

use super::spectrum::{BIN_HZ, BINS, LANES};

/// 0–200 Hz, five octaves from there, and what is above 6400 Hz.
pub const OCTAVES: usize = 7;
/// The part of a band's bins that make its peak, and its valley.
const QUANTILE: f64 = 0.02;
/// Room for the values of a band that may be among its greatest, of which at most 9 are.
const ROOM: usize = 32;

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
    #[inline(always)]
    pub fn extremes(&self, magnitude: &[f32]) -> ([f32; OCTAVES], [f32; OCTAVES]) {
        let (mut peaks, mut valleys) = ([0.0; OCTAVES], [0.0; OCTAVES]);
        for (k, (bins, count)) in self.bands.iter().enumerate() {
            let band = &magnitude[bins.clone()];
            peaks[k] = mean_of_greatest(band, 1.0, *count);
            valleys[k] = -mean_of_greatest(band, -1.0, *count);
        }
        (peaks, valleys)
    }
}

/// Mean of the `count` greatest of `sign` × values.
///
/// Few are sought among many. The values stand in rows of `LANES`; the columns' maxima are `LANES` different values, so
/// whatever is among the greatest is not below the `count`th of them: most rows have none such, and few values are left.
#[inline(always)]
fn mean_of_greatest(values: &[f32], sign: f32, count: usize) -> f32 {
    let (rows, rest) = values.as_chunks::<LANES>();
    let mut maxima = [f32::NEG_INFINITY; LANES];
    for row in rows {
        for i in 0..LANES {
            let value = sign * row[i];
            maxima[i] = if value > maxima[i] { value } else { maxima[i] };
        }
    }
    if count == 1 {
        let mut greatest = f32::NEG_INFINITY;
        for value in maxima {
            greatest = greatest.max(value);
        }
        for value in rest {
            greatest = greatest.max(sign * value);
        }
        return greatest;
    }
    let mut least = f32::NEG_INFINITY;
    for i in 0..LANES {
        least = if rank(&maxima, i) == count - 1 { maxima[i] } else { least };
    }

    let (mut left, mut length) = ([f32::NEG_INFINITY; ROOM], 0);
    for row in rows {
        let mut any = false;
        for value in row {
            any |= sign * value >= least;
        }
        if any {
            for value in row {
                left[length] = sign * value;
                length = (length + usize::from(sign * value >= least)).min(ROOM - 1);
            }
        }
    }
    for value in rest {
        left[length] = sign * value;
        length = (length + usize::from(sign * value >= least)).min(ROOM - 1);
    }
    left[length] = f32::NEG_INFINITY;
    if length == ROOM - 1 {
        // Nearly all are equal, as in silence.
        let mut all: Vec<f32> = values.iter().map(|value| sign * value).collect();
        all.sort_unstable_by(|a, b| b.total_cmp(a));
        return all[..count].iter().sum::<f32>() / count as f32;
    }
    let mut sum = 0.0;
    for i in 0..length {
        sum += if rank(&left, i) < count { left[i] } else { 0.0 };
    }
    sum / count as f32
}

/// How many values stand before the `i`th in falling order. Counted without a branch, which no one could predict.
#[inline(always)]
fn rank<const N: usize>(values: &[f32; N], i: usize) -> usize {
    let mut before = [0_u32; N];
    for j in 0..N {
        before[j] = u32::from(values[j] > values[i]) + u32::from((values[j] == values[i]) & (j < i));
    }
    before.iter().sum::<u32>() as usize
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
        for length in [18, 37, 149, 431] {
            let mut values: Vec<f32> = (0..length).map(|i| ((i * 7919) % length) as f32).collect();
            values[length / 2] = values[length / 3];
            for count in 1..=9 {
                let mut sorted = values.clone();
                sorted.sort_by(f32::total_cmp);
                let mean = |values: &[f32]| values.iter().sum::<f32>() / count as f32;
                assert_eq!(mean_of_greatest(&values, -1.0, count), -mean(&sorted[..count]));
                sorted.reverse();
                assert_eq!(mean_of_greatest(&values, 1.0, count), mean(&sorted[..count]));
            }
        }
    }
}
