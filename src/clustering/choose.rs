//! How many clusters, where nobody says: the number with the best silhouette on a sample.

use super::algorithm::{Algorithm, ClusteringTask};
use super::{error::ClusterError, kmeans::KMeans, silhouette::SAMPLE};
use crate::space::Points;

/// The largest number that is tried; whoever wants more playlists asks for a number.
const MOST_CLUSTERS: usize = 30;
/// No number is tried that leaves fewer songs for a playlist on average.
const LEAST_MEAN_SIZE: usize = 8;
/// Twice the standard deviation of a point's silhouette in real libraries.
const TWO_DEVIATIONS: f64 = 0.3;
/// Starts of k-means for each number, enough to compare numbers. In a small library, where chance counts for more, there
/// are more starts: `EXTRA_STARTS` over the number of tracks.
const STARTS: usize = 2;
const EXTRA_STARTS: usize = 1000;

/// How many clusters an algorithm is to make: the given number, or else a chosen one, together with every number that
/// was tried, ascending, and its silhouette. `task.n` is ignored.
///
/// The smallest number is chosen whose silhouette cannot be told from the best one on the sample. Where there are too few
/// points for two clusters it is 1.
pub(crate) fn choose(
    algorithm: &Algorithm,
    points: &Points,
    given: Option<usize>,
    task: &ClusteringTask,
) -> Result<(usize, Vec<(usize, f64)>), ClusterError> {
    if !algorithm.takes_n || given.is_some() {
        return Ok((given.unwrap_or_default(), vec![]));
    }
    let sample = points.sample(SAMPLE);
    let starts = STARTS + EXTRA_STARTS / sample.len().max(1);
    let settings = KMeans::with_starts_up_to(starts, task.settings);
    let trial = ClusteringTask { settings: &settings, ..*task };
    let mut curve = Vec::new();
    for n in candidates(points.len()) {
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
    Ok((best(&curve, margin), curve))
}

/// The numbers to try: from 2 to the square root of the tracks or what leaves some songs for each playlist, each about a
/// seventh larger than the one before.
fn candidates(tracks: usize) -> Vec<usize> {
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
    use crate::{
        clustering::{ALGORITHMS, AlgorithmSettings},
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

    fn chosen(algorithm: &Algorithm, points: &Points) -> (usize, Vec<(usize, f64)>) {
        let settings = AlgorithmSettings::default();
        choose(algorithm, points, None, &ClusteringTask { n: 0, seed: 42, settings: &settings }).unwrap()
    }

    #[test]
    fn as_many_clusters_as_there_are_places_are_chosen() {
        for algorithm in ALGORITHMS.iter().filter(|algorithm| algorithm.takes_n) {
            for (groups, each) in [(2, 30), (5, 20), (8, 10), (14, 100)] {
                let (n, curve) = chosen(algorithm, &places(groups, each));
                assert_eq!(n, groups, "{}: {curve:?}", algorithm.name);
                assert!(curve.is_sorted_by_key(|(n, _)| *n));
                assert!(curve.iter().all(|(_, silhouette)| (-1.0..=1.0).contains(silhouette)));
            }
        }
    }

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

    #[test]
    fn too_few_or_equal_points_are_one_cluster() {
        for algorithm in ALGORITHMS.iter().filter(|algorithm| algorithm.takes_n) {
            for tracks in [1, 2, 9] {
                assert_eq!(chosen(algorithm, &places(1, tracks)), (1, vec![]));
            }
            let equal = places(1, 50).map(|values| values * 0.0);
            assert_eq!(chosen(algorithm, &equal), (1, vec![]), "{}", algorithm.name);
        }
    }
}
