//! HDBSCAN (Campello et al. 2013): the clusters that last longest while the distance grows; the rest is noise.

use hdbscan::{HdbscanHyperParams, NnAlgorithm};
use serde::{Deserialize, Serialize};

use super::{ClusterError, Clustering, ClusteringTask, SettingsError, check_size};
use crate::space::{Points, basis::components};

/// The fewest songs that are a playlist, where the setting does not say; in a large library a hundredth of it.
const FEWEST: usize = 5;

/// `[cluster.hdbscan]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hdbscan {
    /// The fewest points that are a cluster; 0: a hundredth of all, at least 5.
    pub min_cluster_size: usize,
    /// Neighbours, itself one of them, by whose distance a point is in a dense place: more of them, more noise.
    pub min_samples: usize,
    /// Principal components of the points that are compared: where there are many columns, nothing is dense.
    pub components: usize,
    /// All pairs are compared: more tracks are refused.
    pub max_tracks: usize,
}

impl Default for Hdbscan {
    fn default() -> Self {
        Self { min_cluster_size: 0, min_samples: 2, components: 8, max_tracks: 20_000 }
    }
}

impl Hdbscan {
    /// # Errors
    /// Names the first key whose value makes no sense.
    pub fn check(&self) -> Result<(), SettingsError> {
        let size = self.min_cluster_size;
        SettingsError::unless(size != 1, "hdbscan.min_cluster_size", size, "0 or at least 2")?;
        SettingsError::unless(self.min_samples >= 1, "hdbscan.min_samples", self.min_samples, "at least 1")?;
        let is_width = (1..=64).contains(&self.components);
        SettingsError::unless(is_width, "hdbscan.components", self.components, "from 1 to 64")?;
        SettingsError::unless(self.max_tracks >= 1, "hdbscan.max_tracks", self.max_tracks, "at least 1")
    }

    /// Groups the points into as many clusters as stand out.
    ///
    /// # Errors
    /// There are no points, too many, or none that stand out from the others.
    pub fn cluster(&self, points: &Points, _: &ClusteringTask) -> Result<Clustering, ClusterError> {
        check_size("hdbscan", points, self.max_tracks)?;
        let least = match self.min_cluster_size {
            0 => FEWEST.max(points.len() / 100),
            size => size,
        };
        let nothing = ClusterError::AllNoise {
            algorithm: "hdbscan",
            advice: "lower cluster.hdbscan.min_cluster_size or cluster.hdbscan.min_samples",
        };
        if points.len() < least.max(self.min_samples) {
            return Err(nothing);
        }
        let values = components(points.values().clone(), self.components);
        let rows: Vec<Vec<f32>> = values.rows().into_iter().map(|row| row.to_vec()).collect();
        let settings = HdbscanHyperParams::builder()
            .min_cluster_size(least)
            .min_samples(self.min_samples)
            .nn_algorithm(NnAlgorithm::Auto)
            .build();
        let labels = hdbscan::Hdbscan::new(&rows, settings).cluster_par();
        let labels = labels.expect("points are finite and of one width");
        let labels: Vec<_> = labels.into_iter().map(|label| usize::try_from(label).ok()).collect();
        Clustering::of_sets(points, &labels).ok_or(nothing)
    }
}
