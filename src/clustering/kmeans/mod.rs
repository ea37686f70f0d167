//! KMeans: linfa starts, exact Lloyd iterations finish. In a large library starts compete on a sample, without linfa.
//!
//! linfa counts each old centroid as one more point of its cluster, so it stops a little beside the means. Each of
//! its results is therefore carried on until no point changes its cluster, and the exact inertias are compared.

mod continuing;
mod seeding;

use linfa::{DatasetBase, traits::Fit};
use linfa_clustering::KMeansInit;
use ndarray::{Array2, Axis, parallel::prelude::*, s};
use serde::{Deserialize, Serialize};

use self::seeding::{plus_plus, randoms};
use super::{ClusterError, Clustering, ClusteringTask, SettingsError, check_count, distinct_up_to, lloyd};
use crate::space::Points;

/// Up to so many rows, each counted once for every cluster, linfa starts: 1 600 x 400 would take it a minute.
const SMALL: usize = 16_384;
/// Rows that the starts are tried on at least, and for each cluster.
const LARGE: usize = 8192;
const PER_CLUSTER: usize = 128;
/// Iterations after which it shows which start is best.
const TRIAL: usize = 20;

/// `[cluster.kmeans]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KMeans {
    /// Starts from different k-means++ centroids, of which the best one wins.
    pub starts: usize,
    /// Iterations after which a start ends.
    pub max_iterations: usize,
    /// A start ends when its centroids' squared moves sum up to less than this share of the points' mean
    /// variance per column (scikit-learn's `tol`).
    pub tolerance: f64,
}

impl Default for KMeans {
    fn default() -> Self {
        Self { starts: 10, max_iterations: 300, tolerance: 1e-4 }
    }
}

impl KMeans {
    /// Refuses what linfa would.
    ///
    /// # Errors
    /// Names the first key whose value makes no sense.
    pub fn check(&self) -> Result<(), SettingsError> {
        let refuse = |key, value: &dyn ToString, must_be| {
            Err(SettingsError { key, value: value.to_string(), must_be })
        };
        if self.starts == 0 {
            return refuse("kmeans.starts", &self.starts, "at least 1");
        }
        if self.max_iterations == 0 {
            return refuse("kmeans.max_iterations", &self.max_iterations, "at least 1");
        }
        if !(self.tolerance > 0.0 && self.tolerance.is_finite()) {
            return refuse("kmeans.tolerance", &self.tolerance, "a number above 0");
        }
        Ok(())
    }

    /// Groups the points into exactly `n` clusters.
    ///
    /// # Errors
    /// There are no points, or fewer distinct ones than clusters are asked for.
    pub fn cluster(&self, points: &Points, task: &ClusteringTask) -> Result<Clustering, ClusterError> {
        let (values, n) = (points.values(), task.n);
        check_count(points, n)?;
        let fresh = match sample(values, n) {
            None => self.best(values, n, task.seed),
            Some(sample) => self.best_of_sample(values, &sample, n, task.seed),
        };
        let labels = match task.last {
            Some(last) => self.continued(values, last, task, &fresh).unwrap_or(fresh),
            None => fresh,
        };
        Ok(Clustering::of(points, &labels.into_iter().map(Some).collect::<Vec<_>>(), n))
    }

    /// The cluster of each row after the start that ends with the least inertia.
    pub(super) fn best(&self, values: &Array2<f32>, n: usize, seed: u64) -> Vec<usize> {
        let ends = self.starts(values, n, seed).map(|start| self.finish(values, start));
        least(ends, |labels| inertia(values, labels, &lloyd::means(values, labels, n)))
    }

    /// The cluster of each row after the start that does best on the sample. Which one that is shows after a few
    /// iterations; only the winner goes on, over all rows, until it has settled.
    fn best_of_sample(&self, values: &Array2<f32>, sample: &Array2<f32>, n: usize, seed: u64) -> Vec<usize> {
        let settled = self.tolerance * spread(&sample.mapv(f64::from));
        let starts = randoms(seed).take(self.starts).collect::<Vec<_>>().into_par_iter().map(|mut random| {
            let start = plus_plus(sample, Array2::zeros((0, sample.ncols())), n, &mut random);
            approach(sample, start, TRIAL.min(self.max_iterations), settled)
        });
        let tried: Vec<_> = starts.collect();
        let best = least(tried.into_iter(), |start| inertia(sample, &lloyd::assign(sample, start), start));
        // A round over the sample is a fraction of one over all rows, and leaves those little to do.
        let best = approach(sample, best, self.max_iterations, settled);
        lloyd::assign(values, &approach(values, best, self.max_iterations, settled))
    }

    /// The centroids (n × columns) at which linfa ends, once for each start. In f64, as scikit-learn does it: in f32 a
    /// sum over many points loses the digits by which starts differ.
    fn starts(&self, values: &Array2<f32>, n: usize, seed: u64) -> impl Iterator<Item = Array2<f64>> {
        let values = DatasetBase::from(values.mapv(f64::from));
        // linfa compares the root of the squared moves, and refuses 0.
        let tolerance = (self.tolerance * spread(values.records())).sqrt().max(f64::MIN_POSITIVE);
        randoms(seed).take(self.starts).map(move |random| {
            linfa_clustering::KMeans::params_with_rng(n, random)
                .init_method(KMeansInit::KMeansPlusPlus)
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

/// Exact iterations until the centroids' squared moves sum up to less than `settled`, `most` of them at most.
fn approach(values: &Array2<f32>, mut centroids: Array2<f64>, most: usize, settled: f64) -> Array2<f64> {
    for _ in 0..most {
        let next = lloyd::means(values, &lloyd::assign_roughly(values, &centroids), centroids.nrows());
        let moved = (&next - &centroids).mapv(|gap| gap * gap).sum();
        centroids = next;
        if moved < settled {
            break;
        }
    }
    centroids
}

/// Mean variance of the columns.
fn spread(values: &Array2<f64>) -> f64 {
    values.var_axis(Axis(0), 0.0).mean().unwrap_or(0.0)
}

fn inertia(values: &Array2<f32>, labels: &[usize], centroids: &Array2<f64>) -> f64 {
    lloyd::squared_distances(values, labels, centroids).iter().sum()
}

/// The first of those that have the least inertia.
fn least<T>(candidates: impl Iterator<Item = T>, inertia: impl Fn(&T) -> f64) -> T {
    let measured = candidates.map(|candidate| (inertia(&candidate), candidate));
    let best = measured.min_by(|a, b| a.0.total_cmp(&b.0));
    best.expect("checked settings have a start").1
}

/// The rows on which the starts of a large library compete; the winner goes on over all rows. They are spread evenly,
/// which is at random: rows stand in the order of hashes. A small library has no sample, and neither has one of whose
/// rows too few differ.
fn sample(values: &Array2<f32>, n: usize) -> Option<Array2<f32>> {
    let size = LARGE.max(n * PER_CLUSTER);
    let stride = (values.nrows() / size).max(1);
    let sample = (values.nrows() * n > SMALL).then(|| values.slice(s![..;stride, ..]).to_owned());
    sample.filter(|sample| distinct_up_to(sample, n) == n)
}
