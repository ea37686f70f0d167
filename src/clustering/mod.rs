//! Points into clusters: one file and one row of [`ALGORITHMS`] per method.
//!
//! Whatever the method, clusters are numbered by size (large first, then by their smallest `ContentId`), so a
//! result depends on the points alone: not on the order of insertion, the starts or the number of threads.

mod choose;
mod dbscan;
mod gmm;
mod hdbscan;
mod kmeans;
mod lloyd;
mod neighbours;
mod silhouette;
mod unions;
mod ward;

use std::collections::{HashMap, HashSet};

use ndarray::{Array2, s};
use serde::{Deserialize, Serialize};

pub use self::{choose::choose, dbscan::Dbscan, gmm::Gmm, hdbscan::Hdbscan, kmeans::KMeans, ward::Ward};
use crate::space::Points;

/// A way to group points.
#[derive(Debug)]
pub struct Algorithm {
    /// The word `--algorithm` takes; its settings are `[cluster.NAME]`.
    pub name: &'static str,
    /// One line for `--help`.
    pub about: &'static str,
    /// Makes as many clusters as it is told; the others find out how many there are.
    pub takes_n: bool,
    pub cluster: fn(&Points, &ClusteringTask) -> Result<Clustering, ClusterError>,
}

/// What is asked of an algorithm.
#[derive(Clone, Copy, Debug)]
pub struct ClusteringTask<'a> {
    /// How many clusters, for those that take it.
    pub n: usize,
    pub seed: u64,
    /// Checked.
    pub settings: &'a AlgorithmSettings,
    /// The partition that is continued where that costs little.
    pub last: Option<&'a LastPartition>,
}

/// The partition that the last run left.
#[derive(Clone, Debug, PartialEq)]
pub struct LastPartition {
    pub n: usize,
    /// The cluster of each point, below n; none: the point is new.
    pub labels: Vec<Option<usize>>,
}

/// Every algorithm, the default first.
pub static ALGORITHMS: &[Algorithm] = &[
    Algorithm {
        name: "kmeans",
        about: "n clusters of the least inertia (k-means++, best of several starts); takes the whole library",
        takes_n: true,
        cluster: |points, task| task.settings.kmeans.cluster(points, task),
    },
    Algorithm {
        name: "gmm",
        about: "n Gaussians of any shape on the first principal components; takes the whole library",
        takes_n: true,
        cluster: |points, task| task.settings.gmm.cluster(points, task),
    },
    Algorithm {
        name: "ward",
        about: "n clusters, the two most alike of which are joined again and again; up to 20 000 tracks",
        takes_n: true,
        cluster: |points, task| task.settings.ward.cluster(points, task),
    },
    Algorithm {
        name: "dbscan",
        about: "as many clusters as there are dense places, the rest in none; up to 20 000 tracks",
        takes_n: false,
        cluster: |points, task| task.settings.dbscan.cluster(points, task),
    },
    Algorithm {
        name: "hdbscan",
        about: "as many clusters as stand out at any density, the rest in none; up to 20 000 tracks",
        takes_n: false,
        cluster: |points, task| task.settings.hdbscan.cluster(points, task),
    },
];

/// The algorithm of this name.
pub fn algorithm(name: &str) -> Option<&'static Algorithm> {
    ALGORITHMS.iter().find(|algorithm| algorithm.name == name)
}

/// The settings of every algorithm: the tables `[cluster.NAME]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlgorithmSettings {
    pub kmeans: KMeans,
    pub gmm: Gmm,
    pub ward: Ward,
    pub dbscan: Dbscan,
    pub hdbscan: Hdbscan,
}

impl AlgorithmSettings {
    /// Checks every table, used or not, before anything runs.
    ///
    /// # Errors
    /// Names the first key whose value makes no sense.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.kmeans.check()?;
        self.gmm.check()?;
        self.ward.check()?;
        self.dbscan.check()?;
        self.hdbscan.check()
    }
}

/// A setting that makes no sense.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("cluster.{key} = {value}: it must be {must_be}")]
pub struct SettingsError {
    /// Below `cluster`, such as `kmeans.starts`.
    pub key: &'static str,
    pub value: String,
    pub must_be: &'static str,
}

impl SettingsError {
    fn unless(
        makes_sense: bool,
        key: &'static str,
        value: impl ToString,
        must_be: &'static str,
    ) -> Result<(), Self> {
        if makes_sense { Ok(()) } else { Err(Self { key, value: value.to_string(), must_be }) }
    }
}

/// Why points could not be clustered.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ClusterError {
    #[error("no track is indexed in {space}: run `indexer scan` first")]
    NoTracks { space: String },
    #[error("--n 0 asks for no playlist: choose at least 1")]
    NoClusters,
    #[error(
        "--n {n}, but only {tracks} {} indexed in {space}: choose at most {tracks}",
        if *tracks == 1 { "track is" } else { "tracks are" }
    )]
    TooFewTracks { n: usize, tracks: usize, space: String },
    #[error(
        "--n {n}, but the {tracks} tracks have only {distinct} distinct vectors in {space}: --n must be at most {distinct}"
    )]
    TooFewDistinct { n: usize, tracks: usize, distinct: usize, space: String },
    #[error(
        "{algorithm} compares all pairs and takes at most {most} tracks, not {tracks}: use --algorithm kmeans, --path for \
         a part, or raise cluster.{algorithm}.max_tracks"
    )]
    TooManyTracks { algorithm: &'static str, tracks: usize, most: usize },
    #[error("{algorithm} finds no songs that stand together: {advice}, or use --algorithm kmeans")]
    AllNoise { algorithm: &'static str, advice: &'static str },
}

/// Points in one of n clusters each, none of them empty, or in none.
#[derive(Clone, Debug, PartialEq)]
pub struct Clustering {
    /// The cluster of each point, below n; none: it is noise, like nothing around it.
    pub labels: Vec<Option<u32>>,
    /// Mean of each cluster's points: n × columns.
    pub centroids: Array2<f32>,
    /// Euclidean distance of each point to its own centroid; 0 for noise.
    pub distances: Vec<f32>,
    /// Sum of the squared distances.
    pub inertia: f64,
}

impl Clustering {
    /// Measures and numbers a partition. `labels` may be in any order; a number below `n` that does not occur has no
    /// centroid to speak of.
    pub fn of(points: &Points, labels: &[Option<usize>], n: usize) -> Self {
        let labels = numbered_by_size(labels, n);
        // Noise is measured as one more cluster, which is then left out.
        let all: Vec<usize> = labels.iter().map(|label| label.unwrap_or(n)).collect();
        let centroids = lloyd::means(points.values(), &all, n + 1);
        let squares = lloyd::squared_distances(points.values(), &all, &centroids);
        let squares = squares.into_iter().zip(&labels).map(|(square, label)| label.map_or(0.0, |_| square));
        let squares: Vec<f64> = squares.collect();
        Self {
            labels: labels.iter().map(|label| label.map(|label| label as u32)).collect(),
            centroids: centroids.slice(s![..n, ..]).mapv(|value| value as f32),
            distances: squares.iter().map(|square| square.sqrt() as f32).collect(),
            inertia: squares.iter().sum(),
        }
    }

    /// As [`of`](Self::of), with any numbers for labels. None: all is noise.
    fn of_sets(points: &Points, labels: &[Option<usize>]) -> Option<Self> {
        let mut numbers = HashMap::new();
        let mut number = |label: usize| {
            let next = numbers.len();
            *numbers.entry(label).or_insert(next)
        };
        let labels: Vec<_> = labels.iter().map(|label| label.map(&mut number)).collect();
        let n = numbers.len();
        (n > 0).then(|| Self::of(points, &labels, n))
    }

    /// How many clusters.
    pub fn n(&self) -> usize {
        self.centroids.nrows()
    }

    /// The rows of each cluster's points, ascending.
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.n()];
        for (row, label) in self.labels.iter().enumerate() {
            label.iter().for_each(|&label| members[label as usize].push(row));
        }
        members
    }

    /// How much nearer points are to their own cluster than to the next one (Rousseeuw 1987), from -1 to 1, on a sample
    /// of 2 000. None: there is only one cluster.
    pub fn silhouette(&self, points: &Points) -> Option<f64> {
        silhouette::silhouette(points, &self.labels)
    }

    /// How many points are in no cluster.
    pub fn noise(&self) -> usize {
        self.labels.iter().filter(|label| label.is_none()).count()
    }
}

/// Renumbers: the largest cluster first, equal ones by their first row.
fn numbered_by_size(labels: &[Option<usize>], n: usize) -> Vec<Option<usize>> {
    let mut sizes_and_firsts = vec![(0_usize, labels.len()); n];
    for (row, label) in labels.iter().enumerate() {
        let Some(label) = *label else { continue };
        let (size, first) = &mut sizes_and_firsts[label];
        *size += 1;
        *first = row.min(*first);
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|&label| (std::cmp::Reverse(sizes_and_firsts[label].0), sizes_and_firsts[label].1));
    let mut number = vec![0; n];
    for (new, old) in order.into_iter().enumerate() {
        number[old] = new;
    }
    labels.iter().map(|label| label.map(|label| number[label])).collect()
}

/// For methods that compare all pairs.
fn check_size(algorithm: &'static str, points: &Points, most: usize) -> Result<(), ClusterError> {
    match points.len() {
        0 => Err(ClusterError::NoTracks { space: points.space().name.clone() }),
        tracks if tracks > most => Err(ClusterError::TooManyTracks { algorithm, tracks, most }),
        _ => Ok(()),
    }
}

/// For methods that are told how many clusters to make: whether so many can be made.
///
/// # Errors
/// There are too few points, or too few that differ.
pub fn check_count(points: &Points, n: usize) -> Result<(), ClusterError> {
    let space = points.space().name.clone();
    let tracks = points.len();
    if tracks == 0 {
        return Err(ClusterError::NoTracks { space });
    }
    if n == 0 {
        return Err(ClusterError::NoClusters);
    }
    if n > tracks {
        return Err(ClusterError::TooFewTracks { n, tracks, space });
    }
    let distinct = distinct_up_to(points.values(), n);
    if distinct < n {
        return Err(ClusterError::TooFewDistinct { n, tracks, distinct, space });
    }
    Ok(())
}

/// The number of distinct rows, but no more than `enough`.
fn distinct_up_to(values: &Array2<f32>, enough: usize) -> usize {
    let mut seen = HashSet::new();
    for row in values.rows() {
        if seen.len() == enough {
            break;
        }
        // Adding 0 makes one zero of two.
        seen.insert(row.iter().map(|value| (value + 0.0).to_bits()).collect::<Vec<_>>());
    }
    seen.len()
}

#[cfg(test)]
mod tests;
