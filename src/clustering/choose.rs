//! How many clusters, where nobody says: the number with the best silhouette on a sample.

use super::algorithm::{Algorithm, ClusteringTask};
use super::{error::ClusterError, kmeans::KMeans, silhouette::SAMPLE};
use crate::space::Points;

/// The largest number that is tried; whoever wants more playlists asks for a number.
const MOST_CLUSTERS: usize = 50;
/// No number is tried that leaves fewer songs for a playlist on average.
const LEAST_MEAN_SIZE: usize = 5;
/// Twice the standard deviation of a point's silhouette in real libraries.
const TWO_DEVIATIONS: f64 = 0.3;
/// Starts of k-means for each number, enough to compare numbers. In a small library, where chance counts for more, there
/// are more starts: `EXTRA_STARTS` over the number of tracks.
const STARTS: usize = 2;
const EXTRA_STARTS: usize = 1000;

/// How many clusters an algorithm is to make: the given number, or else a chosen one, together with every number that
/// was tried, ascending, and its silhouette. `task.n` is ignored.
///
/// Among the numbers whose silhouette cannot be told from the best one on the sample, that of the last partition is
/// chosen, so that playlists do not change without need, or else the largest: two halves of a library nearly always
/// have the best silhouette, and say least. Where there are too few points for two clusters the number is 1.
pub(crate) fn choose(
    algorithm: &Algorithm,
    points: &Points,
    given: Option<usize>,
    task: &ClusteringTask,
) -> Result<(usize, Vec<(usize, f64)>), ClusterError> {
    if !algorithm.takes_n || given.is_some() {
        return Ok((given.unwrap_or_default(), vec![]));
    }
    let last = task.last.map(|last| last.n);
    let sample = points.sample(SAMPLE);
    let starts = STARTS + EXTRA_STARTS / sample.len().max(1);
    let settings = KMeans::with_starts_up_to(starts, task.settings);
    let trial = ClusteringTask { settings: &settings, last: None, ..*task };
    let mut curve = Vec::new();
    for n in candidates(points.len(), last) {
        let silhouette = match (algorithm.cluster)(&sample, &ClusteringTask { n, ..trial }) {
            Ok(clustering) => clustering.silhouette(&sample),
            // The sample has fewer distinct points.
            Err(ClusterError::TooFewTracks { .. } | ClusterError::TooFewDistinct { .. }) => None,
            Err(error) => return Err(error),
        };
        if let Some(silhouette) = silhouette {
            tracing::debug!("n = {n}: silhouette {silhouette:.3}");
            curve.push((n, silhouette));
        }
    }
    // Two standard errors.
    let margin = TWO_DEVIATIONS / (sample.len() as f64).sqrt();
    Ok((best(&curve, margin, last), curve))
}

/// The numbers to try: at least a tenth of the square root of the tracks, which is 10 for 10 000, at most what leaves
/// some songs for each playlist. Each is about a seventh larger than the one before. That of the last partition is among
/// them.
fn candidates(tracks: usize, last: Option<usize>) -> Vec<usize> {
    let most = MOST_CLUSTERS.min(tracks / LEAST_MEAN_SIZE);
    let least = (tracks.isqrt() / 10).clamp(2, MOST_CLUSTERS);
    let next = |n: &usize| Some((n * 8).div_ceil(7));
    let steps = std::iter::successors(Some(least), next).take_while(|n| *n < most).chain([most]);
    let mut candidates: Vec<_> = steps.chain(last).filter(|n| (least..=most).contains(n)).collect();
    candidates.sort_unstable();
    candidates.dedup();
    candidates
}

fn best(curve: &[(usize, f64)], margin: f64, last: Option<usize>) -> usize {
    let most = curve.iter().map(|(_, silhouette)| *silhouette).fold(f64::NEG_INFINITY, f64::max);
    let good = || curve.iter().filter(|(_, silhouette)| *silhouette >= most - margin).map(|(n, _)| *n);
    good().find(|n| Some(*n) == last).or_else(|| good().next_back()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clustering::{ALGORITHMS, AlgorithmSettings, LastPartition},
        digest::Digest,
        space::SpaceId,
        track::ContentId,
    };

    /// `groups` places with `each` points around them.
    fn places(groups: usize, each: usize) -> Points {
        let row = |row: usize| {
            let noise = Digest::of(&row.to_le_bytes());
            let place = row % groups;
            let value =
                |column: usize| f32::from(noise.0[column]) / 256.0 + ((place >> column) & 1) as f32 * 3.0;
            (ContentId { recipe: 1, digest: noise }, (0..6).map(value).collect::<Vec<f32>>())
        };
        let space = SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) };
        Points::new(space, (0..groups * each).map(row).collect()).unwrap()
    }

    fn chosen(
        algorithm: &Algorithm,
        points: &Points,
        last: Option<&LastPartition>,
    ) -> (usize, Vec<(usize, f64)>) {
        let settings = AlgorithmSettings::default();
        choose(algorithm, points, None, &ClusteringTask { n: 0, seed: 42, settings: &settings, last })
            .unwrap()
    }

    #[test]
    fn as_many_clusters_as_there_are_places_are_chosen() {
        for algorithm in ALGORITHMS.iter().filter(|algorithm| algorithm.takes_n) {
            for (groups, each) in [(2, 30), (5, 20), (8, 10), (14, 100)] {
                let (n, curve) = chosen(algorithm, &places(groups, each), None);
                assert_eq!(n, groups, "{}: {curve:?}", algorithm.name);
                assert!(curve.is_sorted_by_key(|(n, _)| *n));
                assert!(curve.iter().all(|(_, silhouette)| (-1.0..=1.0).contains(silhouette)));
            }
        }
    }

    #[test]
    fn the_last_number_stays_while_it_is_nearly_as_good() {
        let curve = [(2, 0.302), (3, 0.28), (4, 0.295), (5, 0.298), (6, 0.28)];
        for (last, n) in [(None, 5), (Some(2), 2), (Some(4), 4), (Some(6), 5), (Some(9), 5)] {
            assert_eq!(best(&curve, 0.01, last), n, "{last:?}");
        }
        assert_eq!(best(&[], 0.01, Some(3)), 1);
    }

    #[test]
    fn a_number_is_tried_only_where_a_playlist_gets_some_songs() {
        assert!(candidates(9, Some(1)).is_empty());
        assert_eq!(candidates(20, None), [2, 3, 4]);
        assert_eq!(candidates(20, Some(9)), [2, 3, 4]);
        let thousand = [3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 17, 19, 22, 26, 30, 35, 40, 46, 50];
        assert!(!candidates(1000, None).contains(&17));
        assert_eq!(candidates(1000, Some(17)), thousand);
        assert_eq!(candidates(100_000, Some(5)), [31, 36, 42, 48, 50]);
        assert_eq!(candidates(10_000_000, None), [50]);
    }

    #[test]
    fn too_few_or_equal_points_are_one_cluster() {
        for algorithm in ALGORITHMS.iter().filter(|algorithm| algorithm.takes_n) {
            for tracks in [1, 2, 9] {
                assert_eq!(chosen(algorithm, &places(1, tracks), None), (1, vec![]));
            }
            let equal = places(1, 50).map(|values| values * 0.0);
            assert_eq!(chosen(algorithm, &equal, None), (1, vec![]), "{}", algorithm.name);
        }
    }

    #[test]
    fn the_last_partition_counts_by_its_number() {
        let points = places(5, 20);
        let last = LastPartition { n: 5, labels: vec![Some(0); points.len()] };
        assert_eq!(chosen(&ALGORITHMS[0], &points, Some(&last)).0, 5);
    }
}
