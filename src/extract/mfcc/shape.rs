//! The shape of a spectrum in four numbers.

use super::spectrum::{BIN_HZ, BINS, LANES, sum};

/// The part of a frame's magnitude that lies below the rolloff (librosa's default).
const ROLLOFF: f32 = 0.85;
/// The least power in the flatness, librosa's `amin`.
const LEAST: f32 = 1e-10;

/// Centroid (Hz), bandwidth (Hz), flatness (0 to 1), rolloff (Hz) of one frame.
#[inline(always)]
pub(super) fn describe(power: &[f32], magnitude: &[f32]) -> [f32; 4] {
    let (total, moment) = weigh(magnitude);
    let flatness = flatness(power);
    if total < f32::MIN_POSITIVE {
        return [0.0, 0.0, flatness, 0.0];
    }
    let centroid = moment / total;
    let bandwidth = (spread(magnitude, centroid) / total).sqrt();
    let hz = BIN_HZ as f32;
    [centroid * hz, bandwidth * hz, flatness, rolloff(magnitude, ROLLOFF * total) as f32 * hz]
}

/// Sum of the magnitudes, and of magnitude × bin.
#[inline(always)]
fn weigh(magnitude: &[f32]) -> (f32, f32) {
    let (rows, rest) = magnitude.as_chunks::<LANES>();
    let (mut totals, mut moments, mut bins) = ([0.0; LANES], [0.0; LANES], FIRST_BINS);
    for row in rows {
        for i in 0..LANES {
            totals[i] += row[i];
            moments[i] += row[i] * bins[i];
            bins[i] += LANES as f32;
        }
    }
    let tail = rest.iter().zip(bins).map(|(value, bin)| value * bin).sum::<f32>();
    (sum(&totals) + rest.iter().sum::<f32>(), sum(&moments) + tail)
}

/// Sum of magnitude × (bin − centroid)². It is not computed from the second moment, as the difference would cancel
/// for a pure tone.
#[inline(always)]
fn spread(magnitude: &[f32], centroid: f32) -> f32 {
    let (rows, rest) = magnitude.as_chunks::<LANES>();
    let (mut spreads, mut off) = ([0.0; LANES], FIRST_BINS.map(|bin| bin - centroid));
    for row in rows {
        for i in 0..LANES {
            spreads[i] += row[i] * off[i] * off[i];
            off[i] += LANES as f32;
        }
    }
    sum(&spreads) + rest.iter().zip(off).map(|(value, off)| value * off * off).sum::<f32>()
}

/// The first bin at which the running sum reaches `threshold`.
#[inline(always)]
fn rolloff(magnitude: &[f32], threshold: f32) -> usize {
    let (rows, _) = magnitude.as_chunks::<LANES>();
    let mut below = 0.0;
    let mut bin = 0;
    for row in rows {
        let with = below + sum(row);
        if with >= threshold {
            break;
        }
        below = with;
        bin += LANES;
    }
    for value in &magnitude[bin..] {
        below += value;
        if below >= threshold {
            break;
        }
        bin += 1;
    }
    bin.min(BINS - 1)
}

/// Geometric over arithmetic mean of the power: the mean logarithm is that of the product, whose exponents
/// are added as integers and whose 64 mantissas, each in [1, 2), stay far below the greatest float.
#[inline(always)]
fn flatness(power: &[f32]) -> f32 {
    let (rows, rest) = power.as_chunks::<LANES>();
    let (mut sums, mut products, mut exponents) = ([0.0; LANES], [1.0_f32; LANES], [0_i32; LANES]);
    for row in rows {
        for i in 0..LANES {
            let power = if row[i] > LEAST { row[i] } else { LEAST };
            sums[i] += power;
            exponents[i] += (power.to_bits() >> 23) as i32 - 127;
            products[i] *= f32::from_bits(power.to_bits() & 0x007f_ffff | 0x3f80_0000);
        }
    }
    let exponent: i32 = exponents.iter().sum();
    let (low, high) = products.split_at(LANES / 2);
    let logarithm = |values: &[f32]| values.iter().map(|&value| f64::from(value)).product::<f64>().ln();
    let rest = rest.iter().map(|&value| value.max(LEAST));
    let logarithms = logarithm(low)
        + logarithm(high)
        + f64::from(exponent) * std::f64::consts::LN_2
        + rest.clone().map(|value| f64::from(value).ln()).sum::<f64>();
    let mean = (sum(&sums) + rest.sum::<f32>()) / BINS as f32;
    (logarithms / BINS as f64).exp() as f32 / mean
}

const FIRST_BINS: [f32; LANES] =
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pure_tone_has_no_width() {
        let mut power = vec![0.0_f32; BINS];
        power[500] = 4.0;
        let magnitude: Vec<f32> = power.iter().map(|power| power.sqrt()).collect();
        let [centroid, bandwidth, flatness, rolloff] = describe(&power, &magnitude);
        assert_eq!((centroid, bandwidth, rolloff), (500.0 * BIN_HZ as f32, 0.0, 500.0 * BIN_HZ as f32));
        assert!(flatness < 1e-7);
    }

    #[test]
    fn silence_and_white_noise_are_flat() {
        assert_eq!(describe(&[0.0; BINS], &[0.0; BINS])[0..2], [0.0; 2]);
        for level in [0.0, 1.0, 1e6, 1e20] {
            let flatness = describe(&[level; BINS], &[level; BINS])[2];
            assert!((flatness - 1.0).abs() < 1e-5, "{level}: {flatness}");
        }
    }
}
