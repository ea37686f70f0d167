//! Groupings of a sample into different numbers of clusters, to compare the numbers.

use rand_xoshiro::{
    Xoshiro256Plus,
    rand_core::{RngCore, SeedableRng},
};
use rayon::prelude::*;

use super::agreement::agreement;
use super::algorithm::{Algorithm, ClusteringTask};
use super::settings::AlgorithmSettings;
use super::{error::ClusterError, kmeans::KMeans, partition::Clustering, silhouette::SAMPLE};
use crate::space::Points;

/// The largest number that is tried; whoever wants more playlists asks for a number.
const MOST_CLUSTERS: usize = 30;
/// No number is tried that leaves fewer songs for a playlist on average.
pub(crate) const LEAST_MEAN_SIZE: usize = 8;
/// Twice the standard deviation of a point's silhouette in real libraries.
const TWO_DEVIATIONS: f64 = 0.3;
/// Starts of k-means for each number, enough to compare numbers. In a small library, where chance counts for more, there
/// are more starts: `EXTRA_STARTS` over the number of tracks.
const STARTS: usize = 2;
const EXTRA_STARTS: usize = 1000;
/// Parts of the sample that are grouped to see how stable a grouping is, and the share of the points in each, as a fraction.
const PARTS: u64 = 5;
const SHARE: (usize, usize) = (4, 5);

/// Points to be grouped for trial: a fixed sample, so that a library of any size costs the same.
pub(crate) struct Trials {
    algorithm: &'static Algorithm,
    /// At most 2 000 of the points.
    pub sample: Points,
    settings: AlgorithmSettings,
    seed: u64,
}

impl Trials {
    /// Of some points; `task.n` is ignored.
    pub(crate) fn of(algorithm: &'static Algorithm, points: &Points, task: &ClusteringTask) -> Self {
        let sample = points.sample(SAMPLE);
        let starts = STARTS + EXTRA_STARTS / sample.len().max(1);
        let settings = KMeans::with_starts_up_to(starts, task.settings);
        Self { algorithm, sample, settings, seed: task.seed }
    }

    /// The sample in `n` clusters; none where it has fewer distinct points.
    pub(crate) fn cluster(&self, n: usize) -> Result<Option<Clustering>, ClusterError> {
        self.cluster_points(&self.sample, n, self.seed)
    }

    fn cluster_points(
        &self,
        points: &Points,
        n: usize,
        seed: u64,
    ) -> Result<Option<Clustering>, ClusterError> {
        match (self.algorithm.cluster)(points, &ClusteringTask { n, seed, settings: &self.settings }) {
            Ok(clustering) => Ok(Some(clustering)),
            Err(ClusterError::TooFewTracks { .. } | ClusterError::TooFewDistinct { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// How much of a grouping of the sample is found again in parts of it: the mean ARI with groupings of five random parts,
    /// each of four fifths of the points (after Hennig 2007). None: the parts have too few distinct points.
    pub(crate) fn stability(&self, clustering: &Clustering) -> Result<Option<f64>, ClusterError> {
        let of_part = |part: u64| {
            let rows = self.part(part);
            let found =
                self.cluster_points(&self.sample.only(&rows), clustering.n(), self.seed + 1 + part)?;
            let Some(found) = found else { return Ok(None) };
            let pairs: Vec<_> =
                rows.iter().map(|&row| clustering.labels[row]).zip(found.labels.iter().copied()).collect();
            Ok(Some(agreement(&pairs).ari))
        };
        let found: Vec<Option<f64>> =
            (0..PARTS).into_par_iter().map(of_part).collect::<Result<_, ClusterError>>()?;
        let found: Option<Vec<f64>> = found.into_iter().collect();
        Ok(found.map(|found| found.iter().sum::<f64>() / found.len() as f64))
    }

    /// Rows of the sample, ascending; every part has its own.
    fn part(&self, part: u64) -> Vec<usize> {
        let mut random = Xoshiro256Plus::seed_from_u64(self.seed ^ (part << 32));
        let mut rows: Vec<usize> = (0..self.sample.len()).collect();
        let kept = (rows.len() * SHARE.0).div_ceil(SHARE.1);
        for place in 0..kept {
            let left = (rows.len() - place) as u64;
            rows.swap(place, place + (((random.next_u64() >> 32) * left) >> 32) as usize);
        }
        rows.truncate(kept);
        rows.sort_unstable();
        rows
    }

    /// The smallest number on a curve of numbers and silhouettes, ascending, whose silhouette cannot be told from the best
    /// one on the sample: it is within two standard errors of it. 1 where there is none.
    pub(crate) fn best(&self, curve: &[(usize, f64)]) -> usize {
        best(curve, TWO_DEVIATIONS / (self.sample.len() as f64).sqrt())
    }
}

/// The numbers to try: from 2 to the square root of the tracks or what leaves some songs for each playlist, each about a
/// seventh larger than the one before.
pub(crate) fn candidates(tracks: usize) -> Vec<usize> {
    let most = MOST_CLUSTERS.min(tracks.isqrt()).min(tracks / LEAST_MEAN_SIZE);
    let next = |n: &usize| Some((n * 8).div_ceil(7));
    let steps = std::iter::successors(Some(2), next).take_while(|n| *n < most);
    steps.chain((most >= 2).then_some(most)).collect()
}

fn best(curve: &[(usize, f64)], margin: f64) -> usize {
    let most = curve.iter().map(|(_, silhouette)| *silhouette).fold(f64::NEG_INFINITY, f64::max);
    curve.iter().find(|(_, silhouette)| *silhouette >= most - margin).map_or(1, |(n, _)| *n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::{ALGORITHMS, tests::numbered};

    #[test]
    fn of_numbers_that_are_as_good_the_smallest_is_taken() {
        let curve = [(2, 0.28), (3, 0.295), (4, 0.302), (5, 0.298), (6, 0.28)];
        for (margin, n) in [(0.0, 4), (0.005, 4), (0.01, 3), (0.03, 2)] {
            assert_eq!(best(&curve, margin), n, "{margin}");
        }
        assert_eq!(best(&[], 0.01), 1);
    }

    #[test]
    fn a_number_is_tried_only_where_a_playlist_gets_some_songs() {
        assert!(candidates(15).is_empty());
        assert_eq!(candidates(16), [2]);
        assert_eq!(candidates(40), [2, 3, 4, 5]);
        assert_eq!(candidates(310), [2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 17]);
        for tracks in [1000, 100_000, 10_000_000] {
            assert_eq!(candidates(tracks).last(), Some(&30));
        }
    }

    fn stability(rows: &[Vec<f32>], n: usize) -> Option<f64> {
        let settings = AlgorithmSettings::default();
        let task = ClusteringTask { n: 0, seed: 42, settings: &settings };
        let trials = Trials::of(&ALGORITHMS[0], &numbered(rows), &task);
        trials.stability(&trials.cluster(n).unwrap().unwrap()).unwrap()
    }

    #[test]
    fn groups_that_are_there_are_stable_and_others_are_not() {
        let round = |n: usize| vec![(n as f32).sin() * 5.0, (n as f32).cos() * 5.0];
        let apart = |n: usize| vec![(n % 3) as f32 * 50.0 + (n % 7) as f32 * 0.1, (n % 11) as f32 * 0.1];
        let apart: Vec<_> = (0..120).map(apart).collect();
        assert_eq!(stability(&apart, 3), Some(1.0));
        let round: Vec<_> = (0..120).map(round).collect();
        assert!(stability(&round, 5).unwrap() < 0.9, "{:?}", stability(&round, 5));
        assert_eq!(stability(&round, 5), stability(&round, 5));
        let all: Vec<_> = (0..10).map(|n| vec![n as f32]).collect();
        assert_eq!(stability(&all, 10), None);
    }

    #[test]
    fn every_part_has_other_points_and_four_fifths_of_them() {
        let rows: Vec<_> = (0..50).map(|n| vec![n as f32]).collect();
        let settings = AlgorithmSettings::default();
        let task = ClusteringTask { n: 0, seed: 42, settings: &settings };
        let trials = Trials::of(&ALGORITHMS[0], &numbered(&rows), &task);
        let parts: Vec<_> = (0..PARTS).map(|part| trials.part(part)).collect();
        for part in &parts {
            assert_eq!(part.len(), 40);
            assert!(part.is_sorted_by(|a, b| a < b) && part[39] < 50);
        }
        assert!((1..PARTS as usize).all(|part| parts[part] != parts[0]));
    }
}
