//! What an algorithm is, and what is asked of it.

use serde::de::DeserializeOwned;

use super::error::ClusterError;
use super::partition::Clustering;
use super::settings::{AlgorithmSettings, Number, SettingsError};
use crate::space::Points;

/// A way to group points: a struct whose fields are the keys of the table `[cluster.NAME]`. Its constants are the fields
/// of [`Algorithm`].
pub(super) trait Clusterer: DeserializeOwned {
    const NAME: &'static str;
    const ABOUT: &'static str;
    const TAKES_N: bool;
    const STARTS_FROM: Option<&'static str> = None;
    const CONTINUATION: Continuation;
    /// Every key of its table with the default, in the order of `config.example.toml`.
    const DEFAULTS: &'static [(&'static str, Number)];

    /// Names the first key whose value makes no sense.
    fn check(&self) -> Result<(), SettingsError>;

    /// Groups the points: into `task.n` clusters, none of them empty, or into as many as there are.
    fn cluster(&self, points: &Points, task: &ClusteringTask) -> Result<Clustering, ClusterError>;

    /// With the settings of its table.
    fn of(settings: &AlgorithmSettings) -> Self {
        settings.table(Self::NAME)
    }
}

/// What becomes of an algorithm's clusters at the next run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Continuation {
    /// They go on, and points move to centroids that have become clearly nearer: each point is in the cluster of the
    /// nearest centroid, so that is no other way of grouping.
    Settles,
    /// They go on, and no point moves: a point may well be nearer to another centroid.
    Stays,
    /// All points are grouped anew: what is dense changes with every point.
    None,
}

/// A row of [`ALGORITHMS`](super::ALGORITHMS).
#[derive(Debug)]
pub struct Algorithm {
    /// The word `--algorithm` takes; its settings are `[cluster.NAME]`.
    pub name: &'static str,
    /// One line for `--help`.
    pub about: &'static str,
    /// Makes as many clusters as it is told; the others find out how many there are.
    pub takes_n: bool,
    /// The algorithm whose clusters it starts from, so that the settings of that one are its own too.
    pub starts_from: Option<&'static str>,
    pub(crate) continuation: Continuation,
    pub(crate) cluster: fn(&Points, &ClusteringTask) -> Result<Clustering, ClusterError>,
    pub(super) defaults: &'static [(&'static str, Number)],
    pub(super) check: fn(&AlgorithmSettings) -> Result<(), SettingsError>,
}

impl Algorithm {
    pub(super) const fn of<A: Clusterer>() -> Self {
        Self {
            name: A::NAME,
            about: A::ABOUT,
            takes_n: A::TAKES_N,
            starts_from: A::STARTS_FROM,
            continuation: A::CONTINUATION,
            cluster: |points, task| A::of(task.settings).cluster(points, task),
            defaults: A::DEFAULTS,
            check: |settings| A::of(settings).check(),
        }
    }
}

/// What is asked of an algorithm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClusteringTask<'a> {
    /// How many clusters, for those that take it.
    pub n: usize,
    pub seed: u64,
    /// Checked.
    pub settings: &'a AlgorithmSettings,
}
