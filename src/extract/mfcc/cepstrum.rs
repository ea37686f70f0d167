//! Mel-frequency cepstral coefficients: the cosine transform of a mel spectrum in decibels.

use std::f64::consts::PI;

use super::mel_bands::BANDS;

/// Coefficients kept.
pub(super) const COEFFICIENTS: usize = 13;
const HALF: usize = BANDS / 2;
const ROW: usize = 8;

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
        std::array::from_fn(|k| {
            let mut sums = [0.0; ROW];
            let folded = if k.is_multiple_of(2) { &even } else { &odd };
            let ((values, _), (cosines, _)) = (folded.as_chunks::<ROW>(), self.0[k].as_chunks::<ROW>());
            for (values, cosines) in values.iter().zip(cosines) {
                for i in 0..ROW {
                    sums[i] += values[i] * cosines[i];
                }
            }
            sums.iter().sum()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
