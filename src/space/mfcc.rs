//! Which of the 67 stored values of the `mfcc` space are clustered.
//!
//! All are stored, so another choice costs no decode. They stand in this order: 13 MFCC means, 13 deviations,
//! 13 deviations of the deltas, 7 means and 7 deviations of spectral contrast, 5 means and 5 deviations of spectral shape
//! (centroid, bandwidth, flatness, rolloff, zero crossings), mean and deviation of the onset strength,
//! beats per second, tempo.

use std::ops::Range;

use ndarray::{Array2, Axis, s};

/// The name of the space.
pub const NAME: &str = "mfcc";
/// Values in a stored vector.
pub const WIDTH: usize = 67;
/// Column of the mean spectral centroid, in Hz.
pub const CENTROID: usize = 53;
/// Column of the tempo, in beats per minute; 0 where no beat was found.
pub const TEMPO: usize = 66;

const MEANS: Range<usize> = 0..13;
const DEVIATIONS: Range<usize> = 13..26;
/// The seventh band measures the resampler's stop band, so it is left out.
const CONTRAST_MEANS: Range<usize> = 39..45;
const CONTRAST_DEVIATIONS: Range<usize> = 46..52;
const SHAPE: Range<usize> = 53..63;
const ONSET: Range<usize> = 63..66;

/// Tempo of a track without a beat, as far as clustering is concerned: librosa's prior, neither slow nor fast.
const NO_BEAT: f32 = 120.0;

/// The 52 columns that are clustered by default, from tracks × 67 values: means, deviations, 6 + 6 contrast,
/// 5 + 5 shape, ln(onset + 1e-3), log2(tempo). Not yet [standardised](super::scale::standardise).
///
/// # Panics
/// When `values` has not 67 columns.
pub fn default_blocks(values: Array2<f32>) -> Array2<f32> {
    let blocks = [MEANS, DEVIATIONS, CONTRAST_MEANS, CONTRAST_DEVIATIONS, SHAPE, ONSET, TEMPO..WIDTH];
    let mut kept = select(&values, blocks);
    let tempo = kept.ncols() - 1;
    kept.slice_mut(s![.., tempo - ONSET.len()..tempo]).mapv_inplace(|onset| (onset.max(0.0) + 1e-3).ln());
    kept.column_mut(tempo).mapv_inplace(|bpm| if bpm > 0.0 { bpm } else { NO_BEAT }.log2());
    kept
}

/// The report's 14 columns, unscaled: 13 means and tempo.
///
/// # Panics
/// When `values` has not 67 columns.
pub fn report_columns(values: Array2<f32>) -> Array2<f32> {
    select(&values, [MEANS, TEMPO..WIDTH])
}

fn select(values: &Array2<f32>, blocks: impl IntoIterator<Item = Range<usize>>) -> Array2<f32> {
    assert_eq!(values.ncols(), WIDTH, "an mfcc vector has {WIDTH} values");
    values.select(Axis(1), &blocks.into_iter().flatten().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two tracks whose column c holds c; the second one has no onsets and no beat.
    fn tracks() -> Array2<f32> {
        let mut values = Array2::from_shape_fn((2, WIDTH), |(_, column)| column as f32);
        values.slice_mut(s![1, 63..]).fill(0.0);
        values
    }

    #[test]
    fn the_default_blocks_are_the_52_of_the_specification() {
        let blocks = default_blocks(tracks());
        assert_eq!(blocks.dim(), (2, 52));
        let plain: Vec<f32> = (0..26).chain(39..45).chain(46..52).chain(53..63).map(|c| c as f32).collect();
        assert_eq!(blocks.slice(s![0, ..48]).to_vec(), plain);
        let logs = [63.001_f32.ln(), 64.001_f32.ln(), 65.001_f32.ln(), 66_f32.log2()];
        assert_eq!(blocks.slice(s![0, 48..]).to_vec(), logs);
    }

    #[test]
    fn a_track_without_onsets_and_beat_has_finite_values() {
        let blocks = default_blocks(tracks());
        assert_eq!(
            blocks.slice(s![1, 48..]).to_vec(),
            [1e-3_f32.ln(), 1e-3_f32.ln(), 1e-3_f32.ln(), 120_f32.log2()]
        );
    }

    #[test]
    fn the_report_has_thirteen_means_and_tempo() {
        let columns = report_columns(tracks());
        assert_eq!(columns.row(0).to_vec(), (0..13).chain([66]).map(|c| c as f32).collect::<Vec<_>>());
        assert_eq!(columns[(1, 13)], 0.0);
    }
}
