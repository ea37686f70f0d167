//! Spectral contrast: how far the peaks of an octave are above its valleys.
//!
//! Jiang et al., "Music type classification by spectral contrast feature" (ICME 2002), with librosa's bands
//! and quantiles.

use std::ops::Range;

use super::spectrum::{BIN_HZ, BINS, LANES};

/// 0–200 Hz, five octaves from there, and what is above 6400 Hz.
pub(super) const OCTAVES: usize = 7;
/// The part of a band's bins that make its peak, and its valley.
const QUANTILE: f64 = 0.02;
/// Room for the values of a band that may be among its greatest; at most 9 of them are.
const ROOM: usize = 32;
/// The first bands, whose peak is one bin; in the other four it is the mean of several.
const SINGLE: usize = 3;
/// Columns that are sorted side by side: the peaks of those four, and their valleys.
const SIDES: usize = 2 * (OCTAVES - SINGLE);

/// The bands' bins.
pub(super) struct Contrast {
    bands: [(Range<usize>, usize); OCTAVES],
    sort_columns: Vec<(usize, usize)>,
    sort_left: Vec<(usize, usize)>,
}

impl Contrast {
    pub(super) fn new() -> Self {
        let bands = std::array::from_fn(|k| {
            let low = if k == 0 { 0.0 } else { 100.0 * f64::from(1 << k) };
            let high = 200.0 * f64::from(1 << k);
            let inside = |bin: &usize| (low..=high).contains(&(BIN_HZ * *bin as f64));
            let bins: Vec<usize> = (0..BINS).filter(inside).collect();
            let last = k == OCTAVES - 1;
            // librosa includes the bin below a band, counts the quantile, and then leaves out the highest bin.
            let start = bins.first().map_or(0, |&bin| bin - usize::from(k > 0));
            let end = if last { BINS } else { bins.last().map_or(0, |&bin| bin + 1) };
            let count = (QUANTILE * (end - start) as f64).round_ties_even().max(1.0) as usize;
            (start..end - usize::from(!last), count)
        });
        Self { bands, sort_columns: exchanges(LANES), sort_left: exchanges(ROOM) }
    }

    /// Means of the greatest and of the least magnitudes per band.
    ///
    /// Few values are sought among many. A band is laid out in rows of `LANES`. The maxima of the columns are `LANES`
    /// different values, so the greatest values are not below the `count`th of these maxima: most rows have none that
    /// large, and few values are left. Both times the bands are sorted side by side, without branches, which could
    /// not be predicted.
    #[inline(always)]
    pub(super) fn extremes(&self, magnitude: &[f32]) -> ([f32; OCTAVES], [f32; OCTAVES]) {
        let (mut peaks, mut valleys) = ([0.0; OCTAVES], [0.0; OCTAVES]);
        let mut maxima = [[f32::NEG_INFINITY; SIDES]; LANES];
        for k in 0..OCTAVES {
            let band = &magnitude[self.bands[k].0.clone()];
            let (greatest, least) = (column_maxima(band, 1.0), column_maxima(band, -1.0));
            for i in 0..LANES {
                if k < SINGLE {
                    peaks[k] = greatest[i].max(peaks[k]);
                    valleys[k] = if i == 0 { -least[i] } else { (-least[i]).min(valleys[k]) };
                } else {
                    maxima[i][k - SINGLE] = greatest[i];
                    maxima[i][k - SINGLE + SIDES / 2] = least[i];
                }
            }
        }
        sort(&mut maxima, &self.sort_columns);
        let mut left = [[f32::NEG_INFINITY; SIDES]; ROOM];
        let mut longest = 0;
        #[allow(clippy::needless_range_loop)] // `k` is a column of `maxima`, which stands in rows.
        for k in 0..SIDES {
            let (bins, count) = &self.bands[SINGLE + k % (SIDES / 2)];
            let sign = if k < SIDES / 2 { 1.0 } else { -1.0 };
            let least = maxima[count - 1][k];
            longest = gather(&magnitude[bins.clone()], sign, least, k, &mut left).max(longest);
        }
        match left.first_chunk_mut::<LANES>() {
            Some(left) if longest <= LANES => sort(left, &self.sort_columns),
            _ => sort(&mut left, &self.sort_left),
        }
        for k in SINGLE..OCTAVES {
            let count = self.bands[k].1;
            for row in &left[..count] {
                peaks[k] += row[k - SINGLE];
                valleys[k] -= row[k - SINGLE + SIDES / 2];
            }
            peaks[k] /= count as f32;
            valleys[k] /= count as f32;
        }
        (peaks, valleys)
    }
}

/// The greatest of each column of `sign` × values; an incomplete last row belongs to the first columns.
#[inline(always)]
fn column_maxima(values: &[f32], sign: f32) -> [f32; LANES] {
    let (rows, rest) = values.as_chunks::<LANES>();
    let mut maxima = [f32::NEG_INFINITY; LANES];
    for row in rows {
        for i in 0..LANES {
            let value = sign * row[i];
            maxima[i] = if value > maxima[i] { value } else { maxima[i] };
        }
    }
    for (value, maximum) in rest.iter().zip(&mut maxima) {
        *maximum = maximum.max(sign * value);
    }
    maxima
}

/// Writes the values that are not below `least` into column `k`. If there is no room for all, as in silence, where
/// most are equal, the least one is replaced. Returns how many there are.
#[inline(always)]
fn gather(values: &[f32], sign: f32, least: f32, k: usize, left: &mut [[f32; SIDES]; ROOM]) -> usize {
    let (rows, rest) = values.as_chunks::<{ LANES / 2 }>();
    let mut length = 0;
    let mut take = |value: f32| {
        if length < ROOM {
            left[length][k] = value
        } else if value > least {
            replace_least(left, k, value)
        }
        length += usize::from(value >= least);
    };
    for row in rows {
        let mut any = false;
        for value in row {
            any |= sign * value >= least;
        }
        if any {
            for value in row {
                take(sign * value);
            }
        }
    }
    for value in rest {
        take(sign * value);
    }
    if length < ROOM {
        left[length][k] = f32::NEG_INFINITY;
    }
    length
}

#[cold]
fn replace_least(left: &mut [[f32; SIDES]; ROOM], k: usize, value: f32) {
    let least = left.iter_mut().map(|row| &mut row[k]).min_by(|a, b| a.total_cmp(b));
    if let Some(least) = least.filter(|least| **least < value) {
        *least = value;
    }
}

/// Sorts the columns side by side into descending order.
#[inline(always)]
fn sort<const N: usize>(rows: &mut [[f32; SIDES]; N], exchanges: &[(usize, usize)]) {
    for &(i, j) in exchanges {
        let (a, b) = (rows[i % N], rows[j % N]);
        for k in 0..SIDES {
            rows[i % N][k] = if a[k] > b[k] { a[k] } else { b[k] };
            rows[j % N][k] = if a[k] > b[k] { b[k] } else { a[k] };
        }
    }
}

/// The exchanges of Batcher's odd-even merge sort (AFIPS 32, 1968) of `length` rows, a power of two.
fn exchanges(length: usize) -> Vec<(usize, usize)> {
    let mut exchanges = Vec::new();
    let powers = |top: usize| std::iter::successors(Some(top), |&power| (power > 1).then_some(power / 2));
    for size in powers(length / 2).collect::<Vec<_>>().into_iter().rev() {
        for gap in powers(size) {
            for start in (gap % size..length - gap).step_by(2 * gap) {
                let pairs = (start..(start + gap).min(length - gap)).map(|i| (i, i + gap));
                exchanges.extend(pairs.filter(|(i, j)| i / (2 * size) == j / (2 * size)));
            }
        }
    }
    exchanges
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
        let contrast = Contrast::new();
        // Many values, few values, and one.
        for range in [1025, 3, 1] {
            let magnitude: Vec<f32> = (0..BINS).map(|i| ((i * i * 7919) % range) as f32).collect();
            let (peaks, valleys) = contrast.extremes(&magnitude);
            for (k, (bins, count)) in contrast.bands.iter().enumerate() {
                let mut sorted = magnitude[bins.clone()].to_vec();
                sorted.sort_by(f32::total_cmp);
                let mean = |values: &[f32]| values.iter().sum::<f32>() / *count as f32;
                assert_eq!(valleys[k], mean(&sorted[..*count]));
                assert_eq!(peaks[k], mean(&sorted[sorted.len() - count..]));
            }
        }
    }
}
