//! A mixture of Gaussians, each with a covariance of its own (Dempster, Laird and Rubin 1977).
//!
//! Ours and not linfa's: that one is 70 s on its way at 100 000 x 16 and n = 50, in one thread, and takes the logarithm
//! of a sum that a point far from everything makes 0. KMeans is the start, so what it continues is continued here.

use linfa_linalg::{
    cholesky::Cholesky,
    triangular::{SolveTriangular, UPLO},
};
use ndarray::{Array1, Array2, ArrayView2, Axis, parallel::prelude::*, s};
use serde::{Deserialize, Serialize};

use super::{ClusterError, Clustering, ClusteringTask, SettingsError, lloyd};
use crate::space::{Points, basis::components};

/// Rows that are one thread's work. Their sums do not depend on the threads and are added up in their order.
const BLOCK: usize = 4096;
/// Rows on which a mixture settles before all of them are taken: at least, and for each cluster.
const LARGE: usize = 8192;
const PER_CLUSTER: usize = 256;
/// A point belongs to a Gaussian with at least this probability, or not at all.
const NOTHING: f64 = 1e-9;

/// `[cluster.gmm]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gmm {
    /// Principal components of the points in which the Gaussians lie.
    pub components: usize,
    /// Iterations at most.
    pub max_iterations: usize,
    /// The mixture has settled when an iteration adds less to the mean logarithm of the likelihood.
    pub tolerance: f64,
    /// Added to each variance, as a share of the points' mean variance: the larger, the rounder the Gaussians.
    pub regularisation: f64,
}

impl Default for Gmm {
    fn default() -> Self {
        Self { components: 12, max_iterations: 100, tolerance: 1e-3, regularisation: 0.01 }
    }
}

impl Gmm {
    /// # Errors
    /// Names the first key whose value makes no sense.
    pub fn check(&self) -> Result<(), SettingsError> {
        let is_width = (1..=64).contains(&self.components);
        SettingsError::unless(is_width, "gmm.components", self.components, "from 1 to 64")?;
        let most = self.max_iterations;
        SettingsError::unless(most >= 1, "gmm.max_iterations", most, "at least 1")?;
        let is_above = self.tolerance > 0.0 && self.tolerance.is_finite();
        SettingsError::unless(is_above, "gmm.tolerance", self.tolerance, "a number above 0")?;
        let is_share = (1e-9..=1.0).contains(&self.regularisation);
        SettingsError::unless(is_share, "gmm.regularisation", self.regularisation, "from 1e-9 to 1")
    }

    /// Groups the points into exactly `n` clusters: each goes to the Gaussian that it most likely comes from.
    ///
    /// # Errors
    /// There are no points, or fewer distinct ones than clusters are asked for.
    pub fn cluster(&self, points: &Points, task: &ClusteringTask) -> Result<Clustering, ClusterError> {
        let start = task.settings.kmeans.cluster(points, task)?;
        let labels: Vec<usize> = start.labels.iter().flatten().map(|&label| label as usize).collect();
        let mut values = components(points.values().clone(), self.components).mapv(f64::from);
        // Sums of squares lose the fewest digits around 0.
        values -= &values.mean_axis(Axis(0)).expect("KMeans refuses no points");
        let variance = values.var_axis(Axis(0), 0.0).mean().unwrap_or_default();
        let floor = if variance > 0.0 { self.regularisation * variance } else { 1.0 };
        let mixture = Mixture::of(&sums_of(&values, &labels, task.n), floor);
        let stride = (values.nrows() / LARGE.max(task.n * PER_CLUSTER)).max(1);
        let sample = values.slice(s![..;stride, ..]);
        let mixture = self.settled(sample, mixture, floor);
        let mixture = if stride > 1 { self.settled(values.view(), mixture, floor) } else { mixture };
        let labels =
            lloyd::filled(points.values(), mixture.labels(values.view()), &start.centroids.mapv(f64::from));
        Ok(Clustering::of(points, &labels.into_iter().map(Some).collect::<Vec<_>>(), task.n))
    }

    fn settled(&self, values: ArrayView2<f64>, mut mixture: Mixture, floor: f64) -> Mixture {
        let mut last = f64::NEG_INFINITY;
        for _ in 0..self.max_iterations {
            let sums = mixture.expect(values);
            let likelihood = sums.likelihood / values.nrows() as f64;
            mixture = Mixture::of(&sums, floor);
            if likelihood - last < self.tolerance {
                break;
            }
            last = likelihood;
        }
        mixture
    }
}

/// What the points say of each Gaussian: sums over them, each counted as far as it belongs.
struct Sums {
    counts: Array1<f64>,
    /// n × columns.
    values: Array2<f64>,
    /// Of the products of two columns, for each Gaussian.
    squares: Vec<Array2<f64>>,
    /// Sum of the logarithms.
    likelihood: f64,
}

impl Sums {
    fn new(n: usize, columns: usize) -> Self {
        Self {
            counts: Array1::zeros(n),
            values: Array2::zeros((n, columns)),
            squares: vec![Array2::zeros((columns, columns)); n],
            likelihood: 0.0,
        }
    }

    /// Counts a point for a Gaussian.
    fn add(&mut self, row: &[f64], gaussian: usize, share: f64) {
        self.counts[gaussian] += share;
        let squares = self.squares[gaussian].as_slice_mut().expect("rows one after the other");
        for ((value, sum), squares) in
            row.iter().zip(self.values.row_mut(gaussian)).zip(squares.chunks_exact_mut(row.len()))
        {
            *sum += share * value;
            squares.iter_mut().zip(row).for_each(|(square, other)| *square += share * value * other);
        }
    }

    fn and(mut self, other: &Self) -> Self {
        self.counts += &other.counts;
        self.values += &other.values;
        self.squares.iter_mut().zip(&other.squares).for_each(|(squares, other)| *squares += other);
        self.likelihood += other.likelihood;
        self
    }
}

/// Of points that belong to one cluster each.
fn sums_of(values: &Array2<f64>, labels: &[usize], n: usize) -> Sums {
    let mut sums = Sums::new(n, values.ncols());
    for (row, &label) in values.rows().into_iter().zip(labels) {
        sums.add(&row.to_vec(), label, 1.0);
    }
    sums
}

/// Weighted Gaussians.
struct Mixture(Vec<Gaussian>);

struct Gaussian {
    mean: Array1<f64>,
    /// What makes its points spherical, to be multiplied from the right: columns × columns.
    whitening: Array2<f64>,
    /// Logarithm of its weight times its density at the mean, but for what is the same for all.
    height: f64,
}

impl Mixture {
    /// The most likely ones, `floor` being added to every variance.
    fn of(sums: &Sums, floor: f64) -> Self {
        let total = sums.counts.sum();
        let gaussians = sums.counts.iter().zip(sums.values.rows()).zip(&sums.squares);
        Self(
            gaussians
                .map(|((&count, values), squares)| {
                    let count = count.max(NOTHING);
                    let mean = &values / count;
                    let column = mean.view().insert_axis(Axis(1));
                    let mut covariance = squares / count - column.dot(&column.t());
                    covariance.diag_mut().mapv_inplace(|variance| variance.max(0.0) + floor);
                    let root =
                        covariance.cholesky().expect("the floor is far above what rounding takes away");
                    let whitening = root
                        .solve_triangular(&Array2::eye(mean.len()), UPLO::Lower)
                        .expect("its diagonal is positive");
                    let height = (count / total).ln() - root.diag().mapv(f64::ln).sum();
                    Gaussian { mean, whitening: whitening.reversed_axes(), height }
                })
                .collect(),
        )
    }

    /// Logarithm of the density of each row in each Gaussian, but for what is the same for all: rows × n.
    fn densities(&self, rows: ArrayView2<f64>) -> Array2<f64> {
        let mut densities = Array2::zeros((rows.nrows(), self.0.len()));
        for (gaussian, mut densities) in self.0.iter().zip(densities.columns_mut()) {
            let spherical = (&rows - &gaussian.mean).dot(&gaussian.whitening);
            let squares = spherical.rows().into_iter().map(|row| row.dot(&row));
            densities
                .iter_mut()
                .zip(squares)
                .for_each(|(density, square)| *density = gaussian.height - 0.5 * square);
        }
        densities
    }

    fn expect(&self, values: ArrayView2<f64>) -> Sums {
        let (n, columns) = (self.0.len(), values.ncols());
        let blocks = values.axis_chunks_iter(Axis(0), BLOCK).into_par_iter().map(|rows| {
            let mut sums = Sums::new(n, columns);
            for (row, densities) in rows.rows().into_iter().zip(self.densities(rows).rows()) {
                // Less the largest, so that the sum is at least 1.
                let largest = densities.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
                let total: f64 = densities.iter().map(|density| (density - largest).exp()).sum();
                sums.likelihood += largest + total.ln();
                let row = row.to_vec();
                for (gaussian, density) in densities.iter().enumerate() {
                    let share = (density - largest).exp() / total;
                    if share > NOTHING {
                        sums.add(&row, gaussian, share);
                    }
                }
            }
            sums
        });
        blocks.collect::<Vec<_>>().iter().fold(Sums::new(n, columns), Sums::and)
    }

    /// The Gaussian of each row, the lower one of equally likely ones.
    fn labels(&self, values: ArrayView2<f64>) -> Vec<usize> {
        let blocks = values.axis_chunks_iter(Axis(0), BLOCK).into_par_iter();
        let likeliest = |rows| -> Vec<usize> {
            let densities = self.densities(rows);
            let best = |row: ndarray::ArrayView1<f64>| {
                (0..row.len()).rev().max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or_default()
            };
            densities.rows().into_iter().map(best).collect()
        };
        blocks.map(likeliest).collect::<Vec<_>>().concat()
    }
}
