//! A mixture of Gaussians, each with a covariance of its own (Dempster, Laird and Rubin 1977).
//!
//! Ours and not linfa's: at 100 000 × 16 and n = 50 linfa takes 70 s in its one thread, and it takes the logarithm of a
//! sum that is 0 for a point far from everything. It starts from k-means.

use linfa_linalg::cholesky::Cholesky;
use linfa_linalg::triangular::{SolveTriangular, UPLO};
use ndarray::{Array1, Array2, ArrayView2, Axis, parallel::prelude::*, s};
use serde::Deserialize;

use super::algorithm::{Clusterer, ClusteringTask, Continuation};
use super::settings::Number::{self, Count, Real};
use super::{error::ClusterError, kmeans::KMeans, lloyd, partition::Clustering, settings::SettingsError};
use crate::{space::Points, space::basis::components};

/// Rows that one thread sums up. The blocks do not depend on the number of threads and are added up in order.
const BLOCK: usize = 4096;
/// Rows of the sample on which a mixture converges before it sees all rows: at least so many, and so many a cluster.
const SAMPLE_ROWS: usize = 8192;
const SAMPLE_ROWS_PER_CLUSTER: usize = 256;
/// A smaller probability of belonging to a Gaussian counts as none.
const LEAST_SHARE: f64 = 1e-9;

/// `[cluster.gmm]`.
#[derive(Debug, Deserialize)]
pub(super) struct Gmm {
    /// Principal components of the points in which the Gaussians lie.
    pub components: usize,
    /// The most iterations.
    pub max_iterations: usize,
    /// The mixture has converged when an iteration adds less than this to the mean log-likelihood.
    pub tolerance: f64,
    /// Added to each variance, as a share of the points' mean variance: the larger, the rounder the Gaussians.
    pub regularisation: f64,
}

impl Clusterer for Gmm {
    const NAME: &'static str = "gmm";
    const ABOUT: &'static str =
        "n Gaussians of any shape on the first principal components; takes the whole library";
    const TAKES_N: bool = true;
    const CONTINUATION: Continuation = Continuation::Stays;
    const STARTS_FROM: Option<&'static str> = Some(KMeans::NAME);
    const DEFAULTS: &'static [(&'static str, Number)] = &[
        ("components", Count(12)),
        ("max_iterations", Count(100)),
        ("tolerance", Real(1e-3)),
        ("regularisation", Real(0.01)),
    ];

    fn check(&self) -> Result<(), SettingsError> {
        let is_width = (1..=64).contains(&self.components);
        SettingsError::unless(is_width, "gmm.components", self.components, "from 1 to 64")?;
        let most = self.max_iterations;
        SettingsError::unless(most >= 1, "gmm.max_iterations", most, "at least 1")?;
        let is_above = self.tolerance > 0.0 && self.tolerance.is_finite();
        SettingsError::unless(is_above, "gmm.tolerance", self.tolerance, "a number above 0")?;
        let is_share = (1e-9..=1.0).contains(&self.regularisation);
        SettingsError::unless(is_share, "gmm.regularisation", self.regularisation, "from 1e-9 to 1")
    }

    /// Each point goes to the Gaussian that it most likely comes from.
    fn cluster(&self, points: &Points, task: &ClusteringTask) -> Result<Clustering, ClusterError> {
        let start = KMeans::of(task.settings).cluster(points, task)?;
        let labels: Vec<usize> = start.labels.iter().flatten().map(|&label| label as usize).collect();
        let mut values = components(points.values().clone(), self.components).mapv(f64::from);
        // Sums of squares lose the fewest digits around 0.
        values -= &values.mean_axis(Axis(0)).expect("k-means has refused no points");
        let variance = values.var_axis(Axis(0), 0.0).mean().unwrap_or_default();
        let floor = if variance > 0.0 { self.regularisation * variance } else { 1.0 };
        let mut sums = Sums::new(task.n, values.ncols());
        for (row, &label) in values.rows().into_iter().zip(&labels) {
            sums.add(&row.to_vec(), label, 1.0);
        }
        let mixture = Mixture::of(&sums, floor);
        let stride = (values.nrows() / SAMPLE_ROWS.max(task.n * SAMPLE_ROWS_PER_CLUSTER)).max(1);
        let sample = values.slice(s![..;stride, ..]);
        let mixture = self.converged(sample, mixture, floor);
        let mixture = if stride > 1 { self.converged(values.view(), mixture, floor) } else { mixture };
        let labels =
            lloyd::filled(points.values(), mixture.labels(values.view()), &start.centroids.mapv(f64::from));
        Ok(Clustering::of(points, &labels.into_iter().map(Some).collect::<Vec<_>>(), task.n))
    }
}

impl Gmm {
    fn converged(&self, values: ArrayView2<f64>, mut mixture: Mixture, floor: f64) -> Mixture {
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

/// Sums over the points for each Gaussian, each point weighted by its probability of belonging to it.
struct Sums {
    counts: Array1<f64>,
    /// n × columns.
    values: Array2<f64>,
    /// Sums of the products of two columns, for each Gaussian: columns × columns.
    squares: Vec<Array2<f64>>,
    /// Sum of the logarithms of the points' likelihoods.
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

    /// Adds a point to a Gaussian with the weight `share`.
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

    fn plus(mut self, other: &Self) -> Self {
        self.counts += &other.counts;
        self.values += &other.values;
        self.squares.iter_mut().zip(&other.squares).for_each(|(squares, other)| *squares += other);
        self.likelihood += other.likelihood;
        self
    }
}

/// Weighted Gaussians.
struct Mixture(Vec<Gaussian>);

struct Gaussian {
    mean: Array1<f64>,
    /// Makes the covariance of its points the identity, multiplied from the right: columns × columns.
    whitening: Array2<f64>,
    /// Logarithm of its weight times its density at the mean, up to a constant that all share.
    height: f64,
}

impl Mixture {
    /// The maximum-likelihood mixture, with `floor` added to every variance.
    fn of(sums: &Sums, floor: f64) -> Self {
        let total = sums.counts.sum();
        let gaussians = sums.counts.iter().zip(sums.values.rows()).zip(&sums.squares);
        Self(
            gaussians
                .map(|((&count, values), squares)| {
                    let count = count.max(LEAST_SHARE);
                    let mean = &values / count;
                    let column = mean.view().insert_axis(Axis(1));
                    let mut covariance = squares / count - column.dot(&column.t());
                    covariance.diag_mut().mapv_inplace(|variance| variance.max(0.0) + floor);
                    let root = covariance.cholesky().expect("the floor is far above the rounding error");
                    let whitening = root
                        .solve_triangular(&Array2::eye(mean.len()), UPLO::Lower)
                        .expect("its diagonal is positive");
                    let height = (count / total).ln() - root.diag().mapv(f64::ln).sum();
                    Gaussian { mean, whitening: whitening.reversed_axes(), height }
                })
                .collect(),
        )
    }

    /// Log-density of each row in each Gaussian, up to a constant that all share: rows × n.
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

    /// The expectation step.
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
                    if share > LEAST_SHARE {
                        sums.add(&row, gaussian, share);
                    }
                }
            }
            sums
        });
        blocks.collect::<Vec<_>>().iter().fold(Sums::new(n, columns), Sums::plus)
    }

    /// The likeliest Gaussian of each row, the lower one of equally likely ones.
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
