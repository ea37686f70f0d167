//! Where the starts of k-means begin: k-means++ centroids.

use std::iter;

use ndarray::{Array2, Axis};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use crate::clustering::lloyd;

/// An independent stream of random numbers for each start.
pub(super) fn random_streams(seed: u64) -> impl Iterator<Item = Xoshiro256Plus> {
    iter::successors(Some(Xoshiro256Plus::seed_from_u64(seed)), |random| {
        let mut next = random.clone();
        next.jump();
        Some(next)
    })
    .skip(1)
}

/// Adds rows far from each other and from the given `centroids`, until there are `n`: greedy k-means++ (Arthur and
/// Vassilvitskii 2007), which draws a few candidates for each and takes the one that lowers the inertia most, as
/// scikit-learn does. At least `n` rows must be distinct.
pub(super) fn plus_plus(
    values: &Array2<f32>,
    mut centroids: Array2<f64>,
    n: usize,
    random: &mut Xoshiro256Plus,
) -> Array2<f64> {
    let trials = 2 + (n as f64).ln() as usize;
    let norms: Vec<f32> = values.rows().into_iter().map(|row| row.dot(&row)).collect();
    let mut squares = to_nearest(values, &centroids);
    while centroids.nrows() < n {
        let rows: Vec<usize> = draw(&squares, random).take(trials).collect();
        let tried = values.select(Axis(0), &rows);
        let products = values.dot(&tried.t());
        let with = |trial: usize| {
            let norm = norms[rows[trial]];
            let distances = products.column(trial).into_iter().zip(&norms);
            let distances = distances.map(move |(product, own)| (own - 2.0 * product + norm).max(0.0));
            squares.iter().zip(distances).map(|(least, square)| least.min(square))
        };
        let best = lloyd::least(0..trials, |trial| with(*trial).map(f64::from).sum());
        squares = with(best).collect();
        let row = tried.row(best).mapv(f64::from);
        centroids.push_row(row.view()).expect("all rows have the columns of the values");
    }
    centroids
}

/// Squared distance of each row to the nearest centroid; the same for all while there is none.
fn to_nearest(values: &Array2<f32>, centroids: &Array2<f64>) -> Vec<f32> {
    if centroids.is_empty() {
        return vec![f32::MAX; values.nrows()];
    }
    let labels = lloyd::assign(values, centroids);
    let squares = lloyd::squared_distances(values, &labels, centroids);
    squares.into_iter().map(|square| square as f32).collect()
}

/// Rows at random, each with a probability in proportion to its squared distance.
fn draw<'a>(squares: &[f32], random: &'a mut Xoshiro256Plus) -> impl Iterator<Item = usize> + use<'a> {
    let sums = squares.iter().scan(0.0, |sum, &square| {
        *sum += f64::from(square);
        Some(*sum)
    });
    let sums: Vec<f64> = sums.collect();
    let total = sums.last().copied().unwrap_or_default();
    iter::repeat_with(move || {
        let point = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64 * total;
        sums.partition_point(|&sum| sum <= point).min(sums.len() - 1)
    })
}
