//! A metric learned from classes of rows, such as the songs of one artist: directions in which the rows of a class differ
//! among themselves count for less, so that rows of one class come closer to each other than to others.
//!
//! Within-class whitening (Hatch, Kajarekar and Stolcke 2006), with the within-class scatter shrunk towards a round one
//! (Ledoit and Wolf 2004), as a few classes do not determine it.

use std::collections::HashMap;

use linfa_linalg::eigh::Eigh;
use ndarray::{Array1, Array2, Axis, parallel::prelude::*};
use rayon::slice::ParallelSlice;

/// Rows that are summed up at once. The blocks do not depend on the number of threads and are added up in order.
const BLOCK: usize = 4096;

/// A scatter within classes below this part of that of all rows is none.
const LEAST_SCATTER: f64 = 1e-10;

/// A linear map after which Euclidean distances are those of the learned metric.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Metric(Array2<f64>);

impl Metric {
    /// Learns from rows (rows × columns) and the class of each, if it has one; classes of a single row say nothing.
    ///
    /// W = s · (Sw + a · tr(Sw)/d · I)^−½ with the scatter Sw of the rows around the means of their classes and the number
    /// d of columns. The shrinkage a is 1 where there are as many classes as columns, or more, and grows as classes get
    /// fewer: a = max(1, d / classes). A class counts as one observation, however many rows it has, as those are much alike;
    /// and the fewer observations there are for each direction, the less their differences between directions mean. The
    /// factor s keeps the mean squared distance of all rows, so that thresholds of distances keep their meaning.
    ///
    /// None: no class has two rows that differ.
    pub(crate) fn learn(values: &Array2<f32>, classes: &[Option<usize>]) -> Option<Self> {
        let mean = mean_of(values)?;
        let (within, count) = within(values, &mean, classes);
        let all = products(values, &(0..values.nrows()).collect::<Vec<_>>(), &mean);
        let columns = values.ncols();
        let (round, spread) = (within.diag().sum() / columns as f64, all.diag().sum());
        // Of rows that are equal in each class rounding leaves something.
        if !(round > LEAST_SCATTER * spread && round.is_finite()) {
            return None;
        }
        let regular = within + Array2::<f64>::eye(columns) * (shrinkage(columns, count) * round);
        let (variances, axes) = regular.eigh().expect("a symmetric matrix of finite numbers");
        let weights = variances.mapv(|variance| variance.sqrt().recip());
        let whitening = (&axes * &weights).dot(&axes.t());
        let whitened = (&all * &whitening.dot(&whitening)).sum();
        Some(Self(whitening * (spread / whitened).sqrt()))
    }

    /// The rows (rows × columns, as they were learned from) as they are compared in this metric.
    pub(crate) fn apply(&self, values: &Array2<f32>) -> Array2<f32> {
        values.dot(&self.0.mapv(|weight| weight as f32))
    }
}

/// How much a round scatter counts beside the one that was found.
fn shrinkage(columns: usize, classes: usize) -> f64 {
    (columns as f64 / classes as f64).max(1.0)
}

/// The scatter of rows around the means of their classes, and the number of classes of two rows or more.
fn within(values: &Array2<f32>, mean: &Array1<f64>, classes: &[Option<usize>]) -> (Array2<f64>, usize) {
    let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
    for (row, class) in classes.iter().enumerate() {
        class.iter().for_each(|&class| members.entry(class).or_default().push(row));
    }
    let mut members: Vec<_> = members.into_values().filter(|rows| rows.len() > 1).collect();
    members.sort_unstable();
    let rows: Vec<usize> = members.iter().flatten().copied().collect();
    let mut means = Array2::<f64>::zeros((members.len(), values.ncols()));
    for (rows, mut sum) in members.iter().zip(means.rows_mut()) {
        for &row in rows {
            sum.zip_mut_with(&values.row(row), |sum, &value| *sum += f64::from(value));
        }
        sum /= rows.len() as f64;
        sum -= mean;
        // The scatter of n rows is that of all around `mean` less n times that of their own mean.
        sum *= (rows.len() as f64).sqrt();
    }
    (products(values, &rows, mean) - means.t().dot(&means), members.len())
}

/// The mean of all rows; none where there are none.
fn mean_of(values: &Array2<f32>) -> Option<Array1<f64>> {
    let sums = values.axis_chunks_iter(Axis(0), BLOCK).into_par_iter();
    let sums: Vec<_> = sums.map(|rows| rows.mapv(f64::from).sum_axis(Axis(0))).collect();
    let sum = sums.into_iter().reduce(|sum, block| sum + block)?;
    Some(sum / values.nrows() as f64)
}

/// The sum over some rows of their products with themselves, less `mean`: columns × columns.
fn products(values: &Array2<f32>, rows: &[usize], mean: &Array1<f64>) -> Array2<f64> {
    let of_block = |rows: &[usize]| {
        let rows = values.select(Axis(0), rows).mapv(f64::from) - mean;
        rows.t().dot(&rows)
    };
    let blocks: Vec<_> = rows.par_chunks(BLOCK).map(of_block).collect();
    blocks.iter().fold(Array2::zeros((values.ncols(), values.ncols())), |sum, block| sum + block)
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Golden {
        sets: Vec<GoldenSet>,
    }

    #[derive(Deserialize)]
    struct GoldenSet {
        name: String,
        points: Vec<Vec<f32>>,
        /// -1: none.
        classes: Vec<i64>,
        metric: Vec<Vec<f64>>,
        transformed: Vec<Vec<f64>>,
    }

    fn matrix<T: Copy>(rows: &[Vec<T>]) -> Array2<T> {
        Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
    }

    #[test]
    fn metric_and_transformed_points_are_those_of_numpy() {
        let golden: Golden = serde_json::from_str(include_str!("../../tests/golden/metric.json")).unwrap();
        assert!(golden.sets.len() > 3);
        for set in golden.sets {
            let points = matrix(&set.points);
            let classes: Vec<_> = set.classes.iter().map(|class| usize::try_from(*class).ok()).collect();
            let metric = Metric::learn(&points, &classes).unwrap();
            let close =
                |found: f64, expected: f64| (found - expected).abs() <= 1e-5 * expected.abs().max(1.0);
            let expected = matrix(&set.metric);
            assert!(metric.0.iter().zip(&expected).all(|(a, b)| close(*a, *b)), "{}: {}", set.name, metric.0);
            let (found, expected) = (metric.apply(&points), matrix(&set.transformed));
            assert!(found.iter().zip(&expected).all(|(a, b)| close(f64::from(*a), *b)), "{}", set.name);
        }
    }

    #[test]
    fn what_differs_within_classes_counts_for_less_and_the_spread_stays() {
        // The first column tells classes apart, the second one the rows of a class.
        let points = array![[0., 0.], [0.1, 8.], [0., -8.], [4., 0.], [4.1, 8.], [4., -8.]];
        let classes = [0, 0, 0, 1, 1, 1].map(Some);
        let changed = Metric::learn(&points, &classes).unwrap().apply(&points);
        let gap = |rows: &Array2<f32>, a: usize, b: usize| {
            (&rows.row(a) - &rows.row(b)).mapv(|gap| gap * gap).sum().sqrt()
        };
        let share = |rows: &Array2<f32>| gap(rows, 0, 3) / gap(rows, 1, 2);
        assert!(share(&changed) > 1.3 * share(&points), "{} {}", share(&changed), share(&points));
        let spread = |rows: &Array2<f32>| rows.var_axis(Axis(0), 0.0).sum();
        assert!((spread(&changed) / spread(&points) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn the_fewer_classes_the_rounder() {
        for (columns, classes, expected) in [(64, 20, 3.2), (64, 64, 1.0), (64, 1000, 1.0), (2, 1, 2.0)] {
            assert_eq!(shrinkage(columns, classes), expected);
        }
    }

    #[test]
    fn nothing_is_learned_from_nothing() {
        let points = array![[0., 1.], [2., 1.], [3., 4.]];
        for classes in [[None, None, None], [Some(0), Some(1), None]] {
            assert_eq!(Metric::learn(&points, &classes), None);
        }
        assert_eq!(Metric::learn(&array![[1., 1.], [1., 1.]], &[Some(0), Some(0)]), None);
        let pairs =
            Array2::from_shape_fn((60, 3), |(row, column)| ((row / 2 * 7 + column * 5) % 11) as f32 / 3.0);
        let classes: Vec<_> = (0..60).map(|row| Some(row / 2)).collect();
        assert_eq!(Metric::learn(&pairs, &classes), None, "what rounding leaves is no scatter");
        assert_eq!(Metric::learn(&Array2::zeros((0, 2)), &[]), None);
        assert_eq!(Metric::learn(&Array2::zeros((2, 0)), &[Some(0), Some(0)]), None);
    }
}
