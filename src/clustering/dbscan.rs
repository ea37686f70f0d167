//! DBSCAN (Ester et al. 1996): points with enough neighbours, and the neighbours of those; the rest is noise.

use linfa::traits::Transformer;
use ndarray::Array2;
use serde::Deserialize;

use super::algorithm::{Clusterer, ClusteringTask, Continuation};
use super::error::{ClusterError, check_size};
use super::settings::Number::{self, Count, Real};
use super::{neighbours::Neighbours, partition::Clustering, settings::SettingsError};
use crate::{space::Points, space::basis::components};

/// `[cluster.dbscan]`.
#[derive(Debug, Deserialize)]
pub(super) struct Dbscan {
    /// Points closer than this (Euclidean) are neighbours. 0: the distance at which the sorted distances to the
    /// `min_points`-th neighbour begin to rise steeply.
    pub tolerance: f64,
    /// The number of neighbours, including itself, that makes a point the core of a cluster.
    pub min_points: usize,
    /// Principal components that are compared: with many columns nothing is dense.
    pub components: usize,
    /// All pairs are compared: more tracks are refused.
    pub max_tracks: usize,
}

impl Clusterer for Dbscan {
    const NAME: &'static str = "dbscan";
    const ABOUT: &'static str =
        "as many clusters as there are dense places, the rest in none; up to 20 000 tracks";
    const TAKES_N: bool = false;
    const CONTINUATION: Continuation = Continuation::None;
    const DEFAULTS: &'static [(&'static str, Number)] = &[
        ("tolerance", Real(0.0)),
        ("min_points", Count(3)),
        ("components", Count(8)),
        ("max_tracks", Count(20_000)),
    ];

    fn check(&self) -> Result<(), SettingsError> {
        SettingsError::unless(
            self.tolerance >= 0.0 && self.tolerance.is_finite(),
            "dbscan.tolerance",
            self.tolerance,
            "0 or a number above",
        )?;
        SettingsError::unless(self.min_points >= 2, "dbscan.min_points", self.min_points, "at least 2")?;
        let is_width = (1..=64).contains(&self.components);
        SettingsError::unless(is_width, "dbscan.components", self.components, "from 1 to 64")?;
        SettingsError::unless(self.max_tracks >= 1, "dbscan.max_tracks", self.max_tracks, "at least 1")
    }

    fn cluster(&self, points: &Points, _: &ClusteringTask) -> Result<Clustering, ClusterError> {
        check_size(Self::NAME, points, self.max_tracks)?;
        let all_noise = ClusterError::AllNoise {
            algorithm: Self::NAME,
            advice: "raise cluster.dbscan.tolerance or lower cluster.dbscan.min_points",
        };
        if points.len() < self.min_points {
            return Err(all_noise);
        }
        let values = components(points.values().clone(), self.components);
        let tolerance = if self.tolerance > 0.0 { self.tolerance } else { knee(&values, self.min_points) };
        let settings = linfa_clustering::Dbscan::params(self.min_points).tolerance(tolerance);
        // linfa needs the row-major layout.
        let values = values.as_standard_layout().mapv(f64::from);
        let labels = settings.transform(&values).expect("checked settings");
        Clustering::of_sets(points, &labels.to_vec()).ok_or(all_noise)
    }
}

/// The knee of the sorted distances to the `k`-th neighbour: the one farthest below the line from the first to the last
/// (Satopää et al. 2011).
fn knee(values: &Array2<f32>, k: usize) -> f64 {
    let mut squares = Neighbours::of(values).squares_to_kth(k);
    squares.sort_unstable_by(f32::total_cmp);
    let roots: Vec<f64> = squares.iter().map(|square| f64::from(*square).sqrt()).collect();
    let last = roots.len() - 1;
    let slope = (roots[last] - roots[0]) / last.max(1) as f64;
    let below = |rank: &usize| roots[0] + slope * *rank as f64 - roots[*rank];
    let knee = (0..=last).rev().max_by(|a, b| below(a).total_cmp(&below(b)));
    // A little more, so that a point at this very distance is a neighbour, and not 0 where points are equal.
    (roots[knee.unwrap_or(last)] * 1.000_001).max(f64::MIN_POSITIVE)
}
