//! Levels in decibels, and the highest of a track, on which their floor depends.

use std::f32::consts::{LN_2, LOG10_2, SQRT_2};

use super::{contrast::OCTAVES, mel_bands::BANDS};

/// One frame in decibels: its mel bands, its octaves' peaks and valleys, and its whole power.
#[derive(Clone)]
pub(super) struct Levels {
    pub mel: [f32; BANDS],
    pub peaks: [f32; OCTAVES],
    pub valleys: [f32; OCTAVES],
    pub loudness: f32,
}

impl Levels {
    /// From the highest peak to the lowest valley, except that of the highest band, which is the resampler's stop band.
    pub(super) fn depth(&self) -> f32 {
        let mut valley = f32::INFINITY;
        for &level in &self.valleys[..OCTAVES - 1] {
            valley = valley.min(level);
        }
        highest(f32::NEG_INFINITY, &self.peaks) - valley
    }
}

/// The highest levels of a track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ceilings {
    pub mel: f32,
    pub peaks: f32,
    pub valleys: f32,
    pub loudness: f32,
}

impl Ceilings {
    pub(super) const NONE: Self = Self {
        mel: f32::NEG_INFINITY,
        peaks: f32::NEG_INFINITY,
        valleys: f32::NEG_INFINITY,
        loudness: f32::NEG_INFINITY,
    };

    pub(super) fn raise(&mut self, levels: &Levels) {
        self.mel = highest(self.mel, &levels.mel);
        self.peaks = highest(self.peaks, &levels.peaks);
        self.valleys = highest(self.valleys, &levels.valleys);
        self.loudness = self.loudness.max(levels.loudness);
    }
}

/// The highest of `levels` and one more.
fn highest(mut level: f32, levels: &[f32]) -> f32 {
    for &other in levels {
        level = level.max(other);
    }
    level
}

/// The least power that counts, librosa's `amin`: −100 dB.
const LEAST_POWER: f32 = 1e-10;

/// Powers to decibels: 10 · log10(max(power, 1e-10)) of each value, to a relative error of 1e-7.
#[inline(always)]
pub(super) fn to_decibels(values: &mut [f32]) {
    for value in values {
        let power = if *value > LEAST_POWER { *value } else { LEAST_POWER };
        *value = 10.0 * LOG10_2 * log2(power);
    }
}

/// Base-2 logarithm of a positive normal number, without branches so that loops over it become vector instructions.
#[inline(always)]
fn log2(x: f32) -> f32 {
    // x = m · 2^e with m in [√½, √2); ln m = 2 · artanh(t) with t = (m − 1) / (m + 1), |t| < 0.172: the
    // series' next term, t^11 / 11, is below 4e-10.
    let offset = x.to_bits().wrapping_sub(SQRT_2.to_bits() - (1 << 23));
    let exponent = (offset as i32) >> 23;
    let m = f32::from_bits(x.to_bits().wrapping_sub((exponent as u32) << 23));
    let t = (m - 1.0) / (m + 1.0);
    let s = t * t;
    let series = 1.0 + s * (1.0 / 3.0 + s * (1.0 / 5.0 + s * (1.0 / 7.0 + s * (1.0 / 9.0))));
    exponent as f32 + 2.0 / LN_2 * t * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_the_libraries() {
        for i in -10_000..10_000 {
            let x = (f64::from(i) / 100.0).exp2() as f32 * 1.234;
            if x.is_normal() {
                let mut value = [x];
                to_decibels(&mut value);
                let expected = 10.0 * f64::from(x.max(1e-10)).log10();
                assert!((f64::from(value[0]) - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{x}");
            }
        }
    }
}
