//! K-means: k-means++ starts, iterated by linfa and finished by exact Lloyd iterations. In a large library the starts are
//! greedy ones, and compete on a sample; in a small one each start is two, linfa's and a greedy one.
//!
//! linfa's k-means++ draws one candidate for each centroid: of 14 songs and their copies a fifth as loud it parts up to two pairs
//! in 14 playlists, by some seeds, and the greedy one none. Greedy starts are alike: of one cloud of points ten of them end 1.8 %
//! above scikit-learn's inertia, and linfa's do not.
//!
//! linfa counts each old centroid as one more point of its cluster, so it stops a little beside the means. Each of
//! its results is therefore iterated on until no point changes its cluster, and the exact inertias are compared.

mod seeding;

use linfa::{DatasetBase, traits::Fit};
use linfa_clustering::KMeansInit;
use ndarray::{Array2, Axis, parallel::prelude::*, s};
use serde::Deserialize;

use self::seeding::{plus_plus, random_streams};
use super::algorithm::{Clusterer, ClusteringTask, Continuation};
use super::error::{ClusterError, check_count, distinct_up_to};
use super::settings::Number::{self, Count, Real};
use super::settings::{AlgorithmSettings, SettingsError};
use super::{lloyd, partition::Clustering};
use crate::space::Points;

/// Rows × clusters up to which linfa iterates over all rows; beyond it the starts compete on a sample.
///
/// Of 52 columns linfa's ten starts take 1.3 s at 1024 × 16 and 2.6 s at 2048 × 8, ours 0.15 s and 0.24 s; at 1600 × 50
/// it is 7.4 s and 0.56 s, at 1600 × 400 linfa takes a minute. Our inertia is from 0.5 % lower to 0.1 % higher.
const LINFA_LIMIT: usize = 16_384;
/// Rows of the sample: at least so many, and so many for each cluster.
const SAMPLE_ROWS: usize = 8192;
const SAMPLE_ROWS_PER_CLUSTER: usize = 128;
/// Iterations of each start before the best one is chosen.
const TRIAL_ITERATIONS: usize = 20;

/// `[cluster.kmeans]`.
#[derive(Debug, Deserialize)]
pub(in crate::clustering) struct KMeans {
    /// Starts from different k-means++ centroids, of which the best one wins; of a small library each is two.
    pub starts: usize,
    /// Iterations after which a start ends.
    pub max_iterations: usize,
    /// A start ends when its centroids' squared moves sum up to less than this share of the points' mean
    /// variance per column (scikit-learn's `tol`).
    pub tolerance: f64,
}

impl Clusterer for KMeans {
    const NAME: &'static str = "kmeans";
    const ABOUT: &'static str =
        "n clusters of the least inertia (k-means++, best of several starts); takes the whole library";
    const TAKES_N: bool = true;
    const CONTINUATION: Continuation = Continuation::Settles;
    const DEFAULTS: &'static [(&'static str, Number)] =
        &[("starts", Count(10)), ("max_iterations", Count(300)), ("tolerance", Real(1e-4))];

    /// Refuses what linfa would.
    fn check(&self) -> Result<(), SettingsError> {
        SettingsError::unless(self.starts >= 1, "kmeans.starts", self.starts, "at least 1")?;
        let most = self.max_iterations;
        SettingsError::unless(most >= 1, "kmeans.max_iterations", most, "at least 1")?;
        let is_above = self.tolerance > 0.0 && self.tolerance.is_finite();
        SettingsError::unless(is_above, "kmeans.tolerance", self.tolerance, "a number above 0")
    }

    fn cluster(&self, points: &Points, task: &ClusteringTask) -> Result<Clustering, ClusterError> {
        let (values, n) = (points.values(), task.n);
        check_count(points, n)?;
        let labels = match sample(values, n) {
            None => self.best(values, n, task.seed),
            Some(sample) => self.best_of_sample(values, &sample, n, task.seed),
        };
        Ok(Clustering::of(points, &labels.into_iter().map(Some).collect::<Vec<_>>(), n))
    }
}

impl KMeans {
    /// The settings with no more than `most` starts.
    pub(super) fn with_starts_up_to(most: usize, settings: &AlgorithmSettings) -> AlgorithmSettings {
        let starts = Self::of(settings).starts.min(most);
        settings.clone().with(Self::NAME, "starts", Count(starts))
    }

    /// The cluster of each row after the linfa start that ends with the least inertia.
    pub(super) fn best(&self, values: &Array2<f32>, n: usize, seed: u64) -> Vec<usize> {
        let ends = self.starts(values, n, seed).map(|start| self.finish(values, start));
        lloyd::least(ends, |labels| lloyd::inertia(values, labels, &lloyd::means(values, labels, n)))
    }

    /// The cluster of each row after the start that does best on the sample. A few iterations show which one that is;
    /// only that one is iterated to convergence, on the sample and then over all rows.
    fn best_of_sample(&self, values: &Array2<f32>, sample: &Array2<f32>, n: usize, seed: u64) -> Vec<usize> {
        let converged = self.tolerance * mean_variance(&sample.mapv(f64::from));
        let starts =
            random_streams(seed).take(self.starts).collect::<Vec<_>>().into_par_iter().map(|mut random| {
                let start = plus_plus(sample, Array2::zeros((0, sample.ncols())), n, &mut random);
                iterate(sample, start, TRIAL_ITERATIONS.min(self.max_iterations), converged)
            });
        let tried: Vec<_> = starts.collect();
        let inertia = |start: &_| lloyd::inertia(sample, &lloyd::assign(sample, start), start);
        let best = lloyd::least(tried.into_iter(), inertia);
        // An iteration over the sample costs a fraction of one over all rows, and leaves those little to do.
        let best = iterate(sample, best, self.max_iterations, converged);
        lloyd::assign(values, &iterate(values, best, self.max_iterations, converged))
    }

    /// The centroids (n × columns) at which linfa ends, for each start. In f64, as scikit-learn does it: in f32 a
    /// sum over many points loses the digits by which starts differ.
    fn starts(&self, rows: &Array2<f32>, n: usize, seed: u64) -> impl Iterator<Item = Array2<f64>> {
        let values = DatasetBase::from(rows.mapv(f64::from));
        // linfa compares the root of the squared moves, and refuses 0.
        let tolerance = (self.tolerance * mean_variance(values.records())).sqrt().max(f64::MIN_POSITIVE);
        let starts = random_streams(seed).take(self.starts).flat_map(move |random| {
            let greedy = plus_plus(rows, Array2::zeros((0, rows.ncols())), n, &mut random.clone());
            [(random.clone(), KMeansInit::KMeansPlusPlus), (random, KMeansInit::Precomputed(greedy))]
        });
        starts.map(move |(random, start)| {
            linfa_clustering::KMeans::params_with_rng(n, random)
                .init_method(start)
                .n_runs(1)
                .max_n_iterations(self.max_iterations as u64)
                .tolerance(tolerance)
                .fit(&values)
                .expect("finite points and checked settings have an inertia")
                .centroids()
                .to_owned()
        })
    }

    /// Exact iterations over all rows until none changes its cluster; the cluster of each row.
    fn finish(&self, values: &Array2<f32>, start: Array2<f64>) -> Vec<usize> {
        let n = start.nrows();
        let mut labels = lloyd::assign(values, &start);
        for _ in 0..self.max_iterations {
            let next = lloyd::assign(values, &lloyd::means(values, &labels, n));
            if next == labels {
                break;
            }
            labels = next;
        }
        labels
    }
}

/// At most `most` iterations, until the squared moves of the centroids sum up to less than `converged`.
fn iterate(values: &Array2<f32>, mut centroids: Array2<f64>, most: usize, converged: f64) -> Array2<f64> {
    for _ in 0..most {
        let next = lloyd::means(values, &lloyd::assign_roughly(values, &centroids), centroids.nrows());
        let moved = (&next - &centroids).mapv(|gap| gap * gap).sum();
        centroids = next;
        if moved < converged {
            break;
        }
    }
    centroids
}

/// Of the columns.
fn mean_variance(values: &Array2<f64>) -> f64 {
    values.var_axis(Axis(0), 0.0).mean().unwrap_or(0.0)
}

/// The rows on which the starts of a large library compete. They are spread evenly, which makes them random, as rows
/// stand in the order of hashes. A small library has no sample, and neither has one in whose sample fewer than `n` rows
/// are distinct.
fn sample(values: &Array2<f32>, n: usize) -> Option<Array2<f32>> {
    let size = SAMPLE_ROWS.max(n * SAMPLE_ROWS_PER_CLUSTER);
    let stride = (values.nrows() / size).max(1);
    let sample = (values.nrows() * n > LINFA_LIMIT).then(|| values.slice(s![..;stride, ..]).to_owned());
    sample.filter(|sample| distinct_up_to(sample, n) == n)
}
