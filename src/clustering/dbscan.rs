//! DBSCAN (Ester et al. 1996): points with enough others close by, and what is close to those; the rest is noise.

use linfa::traits::Transformer;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{ClusterError, Clustering, ClusteringTask, SettingsError, check_size, neighbours::Neighbours};
use crate::space::{Points, basis::components};

/// `[cluster.dbscan]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dbscan {
    /// Points closer than this (Euclidean) are neighbours; 0: where the distances to the `min_points`-th neighbour,
    /// sorted, begin to rise steeply.
    pub tolerance: f64,
    /// Neighbours, itself one of them, that make a point the core of a cluster.
    pub min_points: usize,
    /// Principal components of the points that are compared: where there are many columns, nothing is dense.
    pub components: usize,
    /// All pairs are compared: more tracks are refused.
    pub max_tracks: usize,
}

impl Default for Dbscan {
    fn default() -> Self {
        Self { tolerance: 0.0, min_points: 3, components: 8, max_tracks: 20_000 }
    }
}

impl Dbscan {
    /// # Errors
    /// Names the first key whose value makes no sense.
    pub fn check(&self) -> Result<(), SettingsError> {
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

    /// Groups the points into as many clusters as there are dense places.
    ///
    /// # Errors
    /// There are no points, too many, or none that are close to each other.
    pub fn cluster(&self, points: &Points, _: &ClusteringTask) -> Result<Clustering, ClusterError> {
        check_size("dbscan", points, self.max_tracks)?;
        let nothing = ClusterError::AllNoise {
            algorithm: "dbscan",
            advice: "raise cluster.dbscan.tolerance or lower cluster.dbscan.min_points",
        };
        if points.len() < self.min_points {
            return Err(nothing);
        }
        let values = components(points.values().clone(), self.components);
        let tolerance = if self.tolerance > 0.0 { self.tolerance } else { knee(&values, self.min_points) };
        let settings = linfa_clustering::Dbscan::params(self.min_points).tolerance(tolerance);
        // linfa wants rows one after the other.
        let values = values.as_standard_layout().mapv(f64::from);
        let labels = settings.transform(&values).expect("checked settings");
        Clustering::of_sets(points, &labels.to_vec()).ok_or(nothing)
    }
}

/// Where the distances to the `k`-th neighbour, sorted, turn upwards: the one farthest below the line from the first to
/// the last (Satopää et al. 2011).
fn knee(values: &Array2<f32>, k: usize) -> f64 {
    let mut squares = Neighbours::of(values).squares_to_kth(k);
    squares.sort_unstable_by(f32::total_cmp);
    let roots: Vec<f64> = squares.iter().map(|square| f64::from(*square).sqrt()).collect();
    let last = roots.len() - 1;
    let slope = (roots[last] - roots[0]) / last.max(1) as f64;
    let below = |rank: &usize| roots[0] + slope * *rank as f64 - roots[*rank];
    let knee = (0..=last).rev().max_by(|a, b| below(a).total_cmp(&below(b)));
    // A little more, for a point at this distance is within it, and equal points have none.
    (roots[knee.unwrap_or(last)] * 1.000_001).max(f64::MIN_POSITIVE)
}
