//! Window functions.

use std::f64::consts::TAU;

/// The periodic Hann window of so many samples, librosa's default.
pub(crate) fn hann(length: usize) -> impl Iterator<Item = f64> {
    (0..length).map(move |i| 0.5 - 0.5 * (TAU * i as f64 / length as f64).cos())
}
