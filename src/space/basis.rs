//! Fewer columns for wide vectors: the principal components of the vectors as they are compared.

use linfa_linalg::eigh::{EigSort, Eigh};
use linfa_linalg::qr::{QR, QRDecomp};
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};

use super::blocks::{Block, FittedBlocks};

/// Columns of a reduced vector. Narrower vectors are compared as they are.
pub(crate) const WIDTH: usize = 64;

/// Rows that a basis is fitted on at most: those with the smallest `ContentId`s.
pub(crate) const SAMPLE: usize = 4096;

/// With fewer rows there is no basis, and the vectors are compared as they are.
pub(crate) const LEAST: usize = 1024;

/// Directions in excess of those that are kept, and power iterations: Halko, Martinsson and Tropp 2011, algorithm 4.4. A
/// spectrum as flat as that of embeddings needs more iterations than the two that they advise.
const OVERSAMPLING: usize = 16;
const POWER_ITERATIONS: usize = 6;

/// The mean and the axes onto which the vectors of a space are reduced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Basis {
    /// How many bases the space had before.
    pub number: u32,
    /// Tracks of the space when it was fitted; with twice as many it is fitted again.
    pub tracks: u64,
    /// How vectors are scaled before they are compared.
    blocks: FittedBlocks,
    /// Mean of the scaled vectors.
    mean: Vec<f32>,
    /// `WIDTH` orthonormal rows, by descending variance.
    axes: Vec<f32>,
}

impl Basis {
    /// Fits a basis to rows whose `blocks` have more than [`WIDTH`] columns, at least [`LEAST`] of them. The same rows give
    /// the same basis.
    ///
    /// # Panics
    /// Where the rows are too few or too narrow.
    pub(crate) fn fit(blocks: &[Block], rows: &Array2<f32>, number: u32, tracks: u64) -> Self {
        let blocks = FittedBlocks::fit(blocks, rows);
        let mut rows = blocks.apply(rows.view());
        assert!(
            rows.nrows() >= WIDTH && rows.ncols() > WIDTH,
            "a basis needs more rows and columns than it keeps"
        );
        let mean = rows.mean_axis(Axis(0)).expect("there are rows");
        rows -= &mean;
        let axes = principal(&rows, WIDTH);
        Self { number, tracks, blocks, mean: mean.to_vec(), axes: axes.iter().copied().collect() }
    }

    /// The basis of a store from before there were blocks.
    pub(crate) fn of_whole_vectors(number: u32, tracks: u64, mean: Vec<f32>, axes: Vec<f32>) -> Self {
        Self { number, tracks, blocks: FittedBlocks::whole(mean.len()), mean, axes }
    }

    /// The reduced vector of each row.
    pub(crate) fn project(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        let axes = ArrayView2::from_shape((WIDTH, self.mean.len()), &self.axes).expect("as it was fitted");
        self.centred(rows).dot(&axes.t())
    }

    /// The rows as they are compared, less their mean: what reduced vectors come close to.
    pub(crate) fn centred(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        self.blocks.apply(rows) - &Array1::from(self.mean.clone())
    }

    /// The reduced vector of one row.
    pub(crate) fn project_one(&self, row: &[f32]) -> Vec<f32> {
        let row = ArrayView2::from_shape((1, row.len()), row).expect("one row");
        self.project(row).into_raw_vec_and_offset().0
    }

    /// Columns that the vectors have at least which it reduces.
    pub(crate) fn least_columns(&self) -> usize {
        self.blocks.least_columns()
    }
}

/// The first principal components of the rows (rows × `width`); rows with no more columns stay as they are.
pub(crate) fn components(mut rows: Array2<f32>, width: usize) -> Array2<f32> {
    if rows.ncols() <= width || rows.is_empty() {
        return rows;
    }
    let mean = rows.mean_axis(Axis(0)).expect("there are rows");
    rows -= &mean;
    rows.dot(&principal(&rows, width).t())
}

/// The first principal axes (`width` × columns) of centred rows.
fn principal(rows: &Array2<f32>, width: usize) -> Array2<f32> {
    let directions = (width + OVERSAMPLING).min(rows.ncols());
    let mut random = Xoshiro256Plus::seed_from_u64(0);
    let mut uniform = || (random.next_u64() >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
    let mut axes = orthonormal(Array2::from_shape_simple_fn((rows.ncols(), directions), &mut uniform));
    for _ in 0..POWER_ITERATIONS {
        axes = orthonormal(rows.t().dot(&rows.dot(&axes)));
    }
    let inside = rows.dot(&axes).mapv(f64::from);
    let (variances, turns) = inside.t().dot(&inside).eigh().expect("a symmetric matrix of finite numbers");
    let (_, turns) = (variances, turns).sort_eig_desc();
    let axes = axes.dot(&turns.slice(s![.., ..width]).mapv(|value| value as f32));
    axes.reversed_axes().as_standard_layout().into_owned()
}

/// Orthonormal columns that span the same space.
fn orthonormal(columns: Array2<f32>) -> Array2<f32> {
    // In f64, so that the small last columns are not lost in rounding.
    let decomposed = columns.mapv(f64::from).qr().expect("more rows than columns");
    QRDecomp::generate_q(&decomposed).mapv(|value| value as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::{blocks::WHOLE, scale::unit_length};

    /// Rows around a few directions of falling weight, and noise.
    fn rows(n: usize, columns: usize) -> Array2<f32> {
        let mut random = Xoshiro256Plus::seed_from_u64(1);
        let mut uniform = || (random.next_u64() >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
        let directions = Array2::from_shape_simple_fn((100, columns), &mut uniform);
        let mut weights = Array2::from_shape_simple_fn((n, 100), &mut uniform);
        for (column, mut weights) in weights.columns_mut().into_iter().enumerate() {
            weights *= 0.95_f32.powi(column as i32);
        }
        weights.dot(&directions) + Array2::from_shape_simple_fn((n, columns), &mut uniform) * 0.1 + 0.2
    }

    #[test]
    fn most_of_what_sets_rows_apart_is_kept_and_axes_are_orthonormal() {
        let rows = rows(1200, 300);
        let basis = Basis::fit(WHOLE, &rows, 0, 1200);
        let axes = ArrayView2::from_shape((WIDTH, 300), &basis.axes).unwrap();
        let product = axes.dot(&axes.t());
        assert!((&product - &Array2::<f32>::eye(WIDTH)).iter().all(|gap: &f32| gap.abs() < 1e-4));
        let unit = unit_length(rows.clone());
        let centred = &unit - &unit.mean_axis(Axis(0)).unwrap();
        // The best that 64 axes can do, from the exact decomposition.
        let exact = centred.mapv(f64::from);
        let (variances, _) = exact.t().dot(&exact).eigh().unwrap();
        let mut variances = variances.to_vec();
        variances.sort_by(|a, b| b.total_cmp(a));
        let best: f64 = variances[..WIDTH].iter().sum();
        let kept: f64 = basis.project(rows.view()).iter().map(|value| f64::from(*value).powi(2)).sum();
        assert!(kept > 0.999 * best && kept < 1.0001 * best, "{kept} of {best}");
    }

    #[test]
    fn components_keep_the_distances_of_rows_that_span_no_more() {
        let width = 3;
        for n in [1, 2, 4, 40] {
            let weights = rows(n, 3);
            let rows = weights.dot(&rows(3, 30)) + 5.0;
            let reduced = components(rows.clone(), width);
            assert_eq!(reduced.dim(), (n, width));
            for (a, b) in (0..n).zip((0..n).rev()) {
                let gap = |rows: &Array2<f32>| (&rows.row(a) - &rows.row(b)).mapv(|gap| gap * gap).sum();
                let (all, kept) = (gap(&rows), gap(&reduced));
                assert!((all - kept).abs() <= 1e-3 * all.max(1e-3), "{n} rows: {all} {kept}");
            }
        }
        let equal = components(Array2::from_elem((9, 30), 0.1), width);
        assert!(equal.iter().all(|value| value.abs() < 1e-5), "{equal}");
        assert_eq!(components(Array2::zeros((0, 9)), width).dim(), (0, 9));
        assert_eq!(components(Array2::ones((2, 3)), width), Array2::<f32>::ones((2, 3)));
    }

    #[test]
    fn a_row_is_projected_alike_alone_and_among_others() {
        let rows = rows(1100, 100);
        let basis = Basis::fit(WHOLE, &rows, 0, 1100);
        assert_eq!(basis, Basis::fit(WHOLE, &rows, 0, 1100));
        let all = basis.project(rows.view());
        let one = basis.project(rows.slice(s![7..8, ..]));
        assert!((&one.row(0) - &all.row(7)).iter().all(|gap| gap.abs() < 1e-5));
    }
}
