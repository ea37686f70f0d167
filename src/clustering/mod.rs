//! Points into clusters: one file and one row of [`ALGORITHMS`] per algorithm.
//!
//! Whatever the algorithm, clusters are numbered by size (large first, then by their smallest `ContentId`), so a
//! result depends on the points alone: not on the order of insertion, the starts or the number of threads.

mod agreement;
pub(crate) mod algorithm;
mod carry;
mod choose;
mod dbscan;
pub(crate) mod error;
mod gmm;
mod groups;
mod hdbscan;
mod kmeans;
mod lloyd;
mod measures;
mod nearest;
mod neighbours;
mod partition;
mod settings;
mod silhouette;
mod trials;
mod ward;

use serde::{Deserialize, Deserializer, de::DeserializeSeed};

use self::{dbscan::Dbscan, gmm::Gmm, hdbscan::Hdbscan, kmeans::KMeans, settings::Ordered, ward::Ward};

pub(crate) use self::{
    agreement::agreement,
    algorithm::{ClusteringTask, Continuation},
    carry::{CarryOn, EarlierPartition, carry_on},
    choose::choose,
    error::check_count,
    groups::join_small,
    nearest::nearest,
    partition::Clustering,
    settings::{AlgorithmSettings, SettingsError},
    silhouette::SAMPLE,
    trials::{LEAST_MEAN_SIZE, Trials, candidates},
};
pub(crate) use self::{algorithm::Algorithm, error::ClusterError};

/// Every algorithm, the default first.
pub static ALGORITHMS: &[Algorithm] = &[
    Algorithm::of::<KMeans>(),
    Algorithm::of::<Gmm>(),
    Algorithm::of::<Ward>(),
    Algorithm::of::<Dbscan>(),
    Algorithm::of::<Hdbscan>(),
];

/// The algorithm of this name.
pub(crate) fn algorithm(name: &str) -> Option<&'static Algorithm> {
    ALGORITHMS.iter().find(|algorithm| algorithm.name == name)
}

impl AlgorithmSettings {
    /// Checks every table, used or not, before anything runs; names the first key whose value makes no sense.
    pub fn check(&self) -> Result<(), SettingsError> {
        ALGORITHMS.iter().try_for_each(|algorithm| (algorithm.check)(self))
    }
}

impl Default for AlgorithmSettings {
    fn default() -> Self {
        let table = |algorithm: &Algorithm| (algorithm.name, Ordered(algorithm.defaults.to_vec()));
        Self(Ordered(ALGORITHMS.iter().map(table).collect()))
    }
}

impl<'de> Deserialize<'de> for AlgorithmSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut settings = Self::default();
        settings.0.deserialize(deserializer)?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests;
