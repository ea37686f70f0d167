//! The columns that are librosa's: what each measures, and which were compared before there was the timbre.
//!
//! All are stored, so that another choice costs no decode.

use ndarray::{Array2, Axis};

/// How many there are; the values of the timbre follow.
pub(crate) const WIDTH: usize = first_column_after(BLOCKS.len());
/// Column of the mean spectral centroid, in Hz.
pub(crate) const CENTROID: usize = first_column_of("centroid_mean");
/// Column of librosa's tempo, in beats per minute; 0 where no beat was found.
pub(crate) const TEMPO: usize = first_column_of("tempo");

/// Tempo of a track without a beat when tracks are grouped: librosa's prior, neither slow nor fast.
const NO_BEAT: f32 = 120.0;

/// Columns side by side that measure the same thing.
pub(crate) struct ColumnGroup {
    /// A column is called so, or `name_0`, `name_1` and so on where there are several.
    pub name: &'static str,
    pub columns: usize,
    /// How many of its columns, from the first one on, are compared when tracks are grouped.
    pub grouped: usize,
    /// The value that is compared.
    pub compared: fn(f32) -> f32,
    /// It is part of the 14 columns of the report.
    pub is_in_report: bool,
}

impl ColumnGroup {
    const fn new(name: &'static str, columns: usize) -> Self {
        Self { name, columns, grouped: columns, compared: |value| value, is_in_report: false }
    }

    const fn onset(name: &'static str) -> Self {
        Self { compared: |onset| (onset.max(0.0) + 1e-3).ln(), ..Self::new(name, 1) }
    }
}

/// Every block, in the order of the stored vector: `_mean` over the track's frames, and `_std`, their deviation. The
/// seventh contrast band is not compared, as it measures the stop band of the resampler.
pub(crate) const BLOCKS: &[ColumnGroup] = &[
    ColumnGroup { is_in_report: true, ..ColumnGroup::new("mfcc_mean", 13) },
    ColumnGroup::new("mfcc_std", 13),
    // Deviations of the coefficients' slopes.
    ColumnGroup { grouped: 0, ..ColumnGroup::new("delta_std", 13) },
    // Spectral contrast per octave (dB).
    ColumnGroup { grouped: 6, ..ColumnGroup::new("contrast_mean", 7) },
    ColumnGroup { grouped: 6, ..ColumnGroup::new("contrast_std", 7) },
    // Centroid, bandwidth and rolloff in Hz, flatness 0 to 1, zero crossings per sample.
    ColumnGroup::new("centroid_mean", 1),
    ColumnGroup::new("bandwidth_mean", 1),
    ColumnGroup::new("flatness_mean", 1),
    ColumnGroup::new("rolloff_mean", 1),
    ColumnGroup::new("zcr_mean", 1),
    ColumnGroup::new("centroid_std", 1),
    ColumnGroup::new("bandwidth_std", 1),
    ColumnGroup::new("flatness_std", 1),
    ColumnGroup::new("rolloff_std", 1),
    ColumnGroup::new("zcr_std", 1),
    ColumnGroup::onset("onset_mean"),
    ColumnGroup::onset("onset_std"),
    ColumnGroup::onset("beats_per_second"),
    // Beats per minute, 0 without a beat.
    ColumnGroup {
        compared: |bpm| if bpm > 0.0 { bpm } else { NO_BEAT }.log2(),
        is_in_report: true,
        ..ColumnGroup::new("tempo", 1)
    },
];

const fn first_column_after(blocks: usize) -> usize {
    let (mut column, mut block) = (0, 0);
    while block < blocks {
        column += BLOCKS[block].columns;
        block += 1;
    }
    column
}

/// Fails to compile where there is no such block.
const fn first_column_of(name: &str) -> usize {
    let mut block = 0;
    while !is_equal(BLOCKS[block].name.as_bytes(), name.as_bytes()) {
        block += 1;
    }
    first_column_after(block)
}

const fn is_equal(a: &[u8], b: &[u8]) -> bool {
    match (a, b) {
        ([], []) => true,
        ([a, rest_of_a @ ..], [b, rest_of_b @ ..]) => *a == *b && is_equal(rest_of_a, rest_of_b),
        _ => false,
    }
}

/// The block of each column, and the column's place in it.
fn columns() -> impl Iterator<Item = (&'static ColumnGroup, usize)> {
    BLOCKS.iter().flat_map(|block| (0..block.columns).map(move |place| (block, place)))
}

/// The names of all columns.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn names() -> Vec<String> {
    let name = |(block, place): (&ColumnGroup, usize)| match block.columns {
        1 => block.name.to_owned(),
        _ => format!("{}_{place}", block.name),
    };
    columns().map(name).collect()
}

/// The 52 columns that vectors of 67 values are compared by, as they are compared; tracks × 67 values. Not yet
/// [standardised](crate::space::scale::standardise).
pub(crate) fn default_blocks(values: Array2<f32>) -> Array2<f32> {
    let is_grouped = |block: &ColumnGroup, place| place < block.grouped;
    let mut kept = select(&values, is_grouped);
    let blocks = columns().filter(|(block, place)| is_grouped(block, *place));
    for (mut column, (block, _)) in kept.columns_mut().into_iter().zip(blocks) {
        column.mapv_inplace(block.compared);
    }
    kept
}

/// The report's 14 columns as they are stored: 13 means and tempo.
pub(crate) fn report_columns(values: Array2<f32>) -> Array2<f32> {
    select(&values, |block, _| block.is_in_report)
}

fn select(values: &Array2<f32>, is_kept: impl Fn(&ColumnGroup, usize) -> bool) -> Array2<f32> {
    let kept = columns().enumerate().filter(|(_, (block, place))| is_kept(block, *place));
    values.select(Axis(1), &kept.map(|(column, _)| column).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use ndarray::s;

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
    fn columns_are_found_by_name() {
        let names = names();
        assert_eq!((names.len(), WIDTH), (67, 67));
        assert_eq!((names[CENTROID].as_str(), names[TEMPO].as_str()), ("centroid_mean", "tempo"));
        assert_eq!([&names[0], &names[38], &names[45]], ["mfcc_mean_0", "delta_std_12", "contrast_mean_6"]);
        assert_eq!((CENTROID, TEMPO), (53, 66));
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
