//! KMeans: linfa starts, exact Lloyd iterations finish.
//!
//! linfa counts each old centroid as one more point of its cluster, so it stops a little beside the means. Each of
//! its results is therefore carried on until no point changes its cluster, and the exact inertias are compared.

use linfa::{DatasetBase, traits::Fit};
use linfa_clustering::KMeansInit;
use ndarray::{Array2, Axis, s};
use rand_xoshiro::{Xoshiro256Plus, rand_core::SeedableRng};
use serde::{Deserialize, Serialize};

use super::{ClusterError, Clustering, SettingsError, check_count, lloyd};
use crate::space::Points;

/// Rows that the starts are tried on at least, and for each cluster.
const LARGE: usize = 8192;
const PER_CLUSTER: usize = 256;

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
    pub fn cluster(&self, points: &Points, n: usize, seed: u64) -> Result<Clustering, ClusterError> {
        check_count(points, n)?;
        let values = points.values();
        let sample = sample(values, n);
        let labels = match &sample {
            None => self.best(values, n, seed),
            Some(sample) => self.finish(values, self.best_start(sample, n, seed)),
        };
        Ok(Clustering::of(points, &labels, n))
    }

    /// The cluster of each row after the start that ends with the least inertia.
    pub(super) fn best(&self, values: &Array2<f32>, n: usize, seed: u64) -> Vec<usize> {
        let ends = self.starts(values, n, seed).map(|start| self.finish(values, start));
        least(ends, |labels| inertia(values, labels, &lloyd::means(values, labels, n)))
    }

    /// The centroids of the start that has the least inertia, as linfa leaves it.
    fn best_start(&self, values: &Array2<f32>, n: usize, seed: u64) -> Array2<f64> {
        least(self.starts(values, n, seed), |start| inertia(values, &lloyd::assign(values, start), start))
    }

    /// The centroids (n × columns) at which linfa ends, once for each start. In f64, as scikit-learn does it: in f32 a
    /// sum over many points loses the digits by which starts differ.
    fn starts(&self, values: &Array2<f32>, n: usize, seed: u64) -> impl Iterator<Item = Array2<f64>> {
        let values = DatasetBase::from(values.mapv(f64::from));
        let spread = values.records().var_axis(Axis(0), 0.0).mean().unwrap_or(0.0);
        // linfa compares the root of the squared moves, and refuses 0.
        let tolerance = (self.tolerance * spread).sqrt().max(f64::MIN_POSITIVE);
        let mut random = Xoshiro256Plus::seed_from_u64(seed);
        (0..self.starts).map(move |_| {
            random.jump();
            linfa_clustering::KMeans::params_with_rng(n, random.clone())
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
/// which is at random: rows stand in the order of hashes. A small library is its own sample.
fn sample(values: &Array2<f32>, n: usize) -> Option<Array2<f32>> {
    let size = LARGE.max(n * PER_CLUSTER);
    let stride = values.nrows() / size;
    (stride > 1).then(|| values.slice(s![..;stride, ..]).to_owned())
}
