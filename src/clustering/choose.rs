//! How many clusters, where nobody says: the number with the best silhouette on a sample.

use super::algorithm::{Algorithm, ClusteringTask};
use super::error::ClusterError;
use super::trials::{Trials, candidates};
use crate::space::Points;

/// How many clusters an algorithm is to make: the given number, or else a chosen one, together with every number that
/// was tried, ascending, and its silhouette. `task.n` is ignored.
///
/// The smallest number is chosen whose silhouette cannot be told from the best one on the sample. Where there are too few
/// points for two clusters it is 1.
pub(crate) fn choose(
    algorithm: &'static Algorithm,
    points: &Points,
    given: Option<usize>,
    task: &ClusteringTask,
) -> Result<(usize, Vec<(usize, f64)>), ClusterError> {
    if !algorithm.takes_n || given.is_some() {
        return Ok((given.unwrap_or_default(), vec![]));
    }
    let trials = Trials::of(algorithm, points, task);
    let mut curve = Vec::new();
    for n in candidates(points.len()) {
        let clustering = trials.cluster(n)?;
        if let Some(silhouette) = clustering.and_then(|clustering| clustering.silhouette(&trials.sample)) {
            tracing::debug!("n = {n}: silhouette {silhouette:.3}");
            curve.push((n, silhouette));
        }
    }
    Ok((trials.best(&curve), curve))
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

    fn chosen(algorithm: &'static Algorithm, points: &Points) -> (usize, Vec<(usize, f64)>) {
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
