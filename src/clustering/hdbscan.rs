//! HDBSCAN (Campello et al. 2013): the clusters that persist over the widest range of densities; the rest is noise.

use hdbscan::{HdbscanHyperParams, NnAlgorithm};
use serde::Deserialize;

use super::algorithm::{Clusterer, ClusteringTask, Continuation};
use super::error::{ClusterError, check_size};
use super::settings::Number::{self, Count};
use super::{partition::Clustering, settings::SettingsError};
use crate::{space::Points, space::basis::components};

/// The smallest cluster where the setting is 0; in a large library it is a hundredth of the tracks.
const LEAST_CLUSTER_SIZE: usize = 5;

/// `[cluster.hdbscan]`.
#[derive(Debug, Deserialize)]
pub(super) struct Hdbscan {
    /// The fewest points that are a cluster; 0: a hundredth of all, at least 5.
    pub min_cluster_size: usize,
    /// The neighbour, the point itself counted first, whose distance tells how dense a place is: more of them, more noise.
    pub min_samples: usize,
    /// Principal components that are compared: with many columns nothing is dense.
    pub components: usize,
    /// All pairs are compared: more tracks are refused.
    pub max_tracks: usize,
}

impl Clusterer for Hdbscan {
    const NAME: &'static str = "hdbscan";
    const ABOUT: &'static str =
        "as many clusters as stand out at any density, the rest in none; up to 20 000 tracks";
    const TAKES_N: bool = false;
    const CONTINUATION: Continuation = Continuation::None;
    const DEFAULTS: &'static [(&'static str, Number)] = &[
        ("min_cluster_size", Count(0)),
        ("min_samples", Count(2)),
        ("components", Count(8)),
        ("max_tracks", Count(20_000)),
    ];

    fn check(&self) -> Result<(), SettingsError> {
        let size = self.min_cluster_size;
        SettingsError::unless(size != 1, "hdbscan.min_cluster_size", size, "0 or at least 2")?;
        SettingsError::unless(self.min_samples >= 1, "hdbscan.min_samples", self.min_samples, "at least 1")?;
        let is_width = (1..=64).contains(&self.components);
        SettingsError::unless(is_width, "hdbscan.components", self.components, "from 1 to 64")?;
        SettingsError::unless(self.max_tracks >= 1, "hdbscan.max_tracks", self.max_tracks, "at least 1")
    }

    fn cluster(&self, points: &Points, _: &ClusteringTask) -> Result<Clustering, ClusterError> {
        check_size(Self::NAME, points, self.max_tracks)?;
        let least = match self.min_cluster_size {
            0 => LEAST_CLUSTER_SIZE.max(points.len() / 100),
            size => size,
        };
        let all_noise = ClusterError::AllNoise {
            algorithm: Self::NAME,
            advice: "lower cluster.hdbscan.min_cluster_size or cluster.hdbscan.min_samples",
        };
        if points.len() < least.max(self.min_samples) {
            return Err(all_noise);
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
        Clustering::of_sets(points, &labels).ok_or(all_noise)
    }
}
