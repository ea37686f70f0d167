use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use super::{algorithm::Clusterer, algorithm::Continuation, settings::Number, *};
use crate::{
    digest::Digest,
    space::{Points, SpaceId},
    track::ContentId,
};

fn track(n: usize) -> ContentId {
    // The order of the ids is not that of the numbers.
    ContentId { recipe: 1, digest: Digest::of(&n.to_le_bytes()) }
}

fn points(rows: impl IntoIterator<Item = (usize, Vec<f32>)>) -> Points {
    let space = SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) };
    Points::new(space, rows.into_iter().map(|(n, row)| (track(n), row)).collect()).unwrap()
}

pub(super) fn numbered(rows: &[Vec<f32>]) -> Points {
    points(rows.iter().cloned().enumerate())
}

fn fresh(n: usize, seed: u64, settings: &AlgorithmSettings) -> ClusteringTask<'_> {
    ClusteringTask { n, seed, settings }
}

/// The defaults but for what the JSON says.
fn settings(json: &str) -> AlgorithmSettings {
    serde_json::from_str(json).unwrap()
}

fn run(algorithm: &Algorithm, points: &Points, n: usize) -> Result<Clustering, ClusterError> {
    (algorithm.cluster)(points, &fresh(n, 42, &AlgorithmSettings::default()))
}

fn measured(points: &Points, labels: &[usize], n: usize) -> Clustering {
    Clustering::of(points, &labels.iter().copied().map(Some).collect::<Vec<_>>(), n)
}

fn kmeans(points: &Points, n: usize) -> Result<Clustering, ClusterError> {
    run(algorithm("kmeans").unwrap(), points, n)
}

/// Every bit of a result.
fn bytes(clustering: &Clustering) -> Vec<u8> {
    let labels = clustering.labels.iter().flat_map(|label| label.unwrap_or(u32::MAX).to_le_bytes());
    let floats =
        clustering.centroids.iter().chain(&clustering.distances).flat_map(|value| value.to_le_bytes());
    labels.chain(floats).chain(clustering.inertia.to_le_bytes()).collect()
}

#[derive(Deserialize)]
struct Golden {
    sets: Vec<Blobs>,
}

#[derive(Deserialize)]
struct Blobs {
    name: String,
    n: usize,
    inertia: f64,
    points: Vec<Vec<f32>>,
}

fn golden() -> Vec<Blobs> {
    let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/blobs.json")).unwrap();
    golden.sets
}

/// 9 000 points (three blocks of sums) around 7 places.
fn many() -> Vec<Vec<f32>> {
    let value = |row: usize, column: usize| {
        let noise = Digest::of(&[row.to_le_bytes(), column.to_le_bytes()].concat()).0[0];
        ((row % 7) * (column + 1) % 7) as f32 + f32::from(noise) / 100.0
    };
    (0..9000).map(|row| (0..5).map(|column| value(row, column)).collect()).collect()
}

#[test]
fn inertia_is_within_a_hundredth_of_scikit_learns() {
    for set in golden() {
        let clustering = kmeans(&numbered(&set.points), set.n).unwrap();
        let ratio = clustering.inertia / set.inertia;
        println!("{}: {ratio:.4} × scikit-learn's inertia", set.name);
        assert!(ratio <= 1.01, "{}: {ratio}", set.name);
    }
}

#[test]
fn every_point_can_be_a_cluster_of_its_own() {
    let rows: Vec<Vec<f32>> = (0..20).map(|n| vec![n as f32, (n * n) as f32]).collect();
    let clustering = kmeans(&numbered(&rows), 20).unwrap();
    assert_eq!(clustering.labels, (0..20).map(Some).collect::<Vec<Option<u32>>>());
    assert_eq!(clustering.inertia, 0.0);
}

#[test]
fn one_cluster_holds_everything_at_its_mean() {
    let clustering = kmeans(&numbered(&[vec![0., 3.], vec![2., 3.], vec![4., 3.]]), 1).unwrap();
    assert_eq!(clustering.labels, [Some(0); 3]);
    assert_eq!(clustering.centroids, ndarray::array![[2., 3.]]);
    assert_eq!(clustering.inertia, 8.0);
}

#[test]
fn equal_points_are_one_cluster() {
    let rows = vec![vec![0.1, -7e20]; 50];
    let clustering = kmeans(&numbered(&rows), 1).unwrap();
    assert_eq!((clustering.n(), clustering.inertia < 1e30), (1, true));
}

#[test]
fn what_cannot_be_clustered_is_said_in_one_line() {
    let twenty: Vec<Vec<f32>> = (0..20).map(|n| vec![n as f32]).collect();
    let zeros = vec![vec![0.0], vec![-0.0], vec![1.0]];
    let cases = [
        (vec![], 3, "no track is indexed in mfcc: run `indexer scan` first"),
        (twenty.clone(), 0, "--n 0 asks for no playlist: choose at least 1"),
        (twenty, 30, "--n 30, but only 20 tracks are indexed in mfcc: choose at most 20"),
        (zeros, 3, "--n 3, but the 3 tracks have only 2 distinct vectors in mfcc: --n must be at most 2"),
    ];
    for (rows, n, message) in cases {
        assert_eq!(kmeans(&numbered(&rows), n).unwrap_err().to_string(), message);
    }
}

#[test]
fn as_many_clusters_as_distinct_points_are_never_empty() {
    let rows: Vec<Vec<f32>> = (0..300).map(|n| vec![(n % 9) as f32, 1.0]).collect();
    for n in 1..=9 {
        assert_eq!(
            kmeans(&numbered(&rows), n).unwrap().members().iter().filter(|rows| !rows.is_empty()).count(),
            n
        );
    }
    assert_eq!(kmeans(&numbered(&rows), 9).unwrap().inertia, 0.0);
}

#[test]
fn a_single_iteration_still_fills_every_cluster() {
    let settings = settings(r#"{"kmeans": {"starts": 1, "max_iterations": 1}}"#);
    for seed in 0..20 {
        let clustering =
            KMeans::of(&settings).cluster(&numbered(&many()[..60]), &fresh(30, seed, &settings)).unwrap();
        assert!(clustering.members().iter().all(|rows| !rows.is_empty()));
    }
}

/// Starts of a large library compete on a sample; what they lose by that is within the promise of 1.01.
#[test]
fn a_large_library_has_the_inertia_of_all_starts_over_all_rows() {
    let rows: Vec<Vec<f32>> = many().into_iter().cycle().take(27_000).collect();
    let shifted = rows.into_iter().enumerate().map(|(row, values)| {
        let shift = f32::from(Digest::of(&row.to_be_bytes()).0[1]) / 500.0;
        (row, values.into_iter().map(|value| value + shift).collect::<Vec<f32>>())
    });
    let all = points(shifted);
    let sampled = kmeans(&all, 7).unwrap();
    let exact = KMeans::of(&AlgorithmSettings::default()).best(all.values(), 7, 42);
    let exact = measured(&all, &exact, 7);
    assert!(sampled.inertia <= 1.01 * exact.inertia, "{} {}", sampled.inertia, exact.inertia);
}

#[test]
fn rows_that_a_sample_misses_are_clusters_all_the_same() {
    // Every other row is like the first one, and a sample of every second row sees nothing else.
    let rows: Vec<Vec<f32>> =
        (0..20_000).map(|n| vec![if n % 2 == 0 { 0.0 } else { (n % 9) as f32 }]).collect();
    let ordered = points((0..20_000).map(|n| (n, vec![0.0])));
    let values = ndarray::Array2::from_shape_fn((20_000, 1), |(row, _)| rows[row][0]);
    let clustering = kmeans(&ordered.map(|_| values), 9).unwrap();
    assert_eq!((clustering.n(), clustering.inertia), (9, 0.0));
}

#[test]
fn clusters_stand_in_the_order_that_is_asked_for() {
    // Seven points at 0, two at 5, three at 9; the first of the three is nobody's.
    let points =
        points((0..12).map(|row| (row, vec![[0.0, 5.0, 9.0][usize::from(row > 6) + usize::from(row > 8)]])));
    let place = |row: usize| points.values()[(row, 0)];
    let labels: Vec<_> = (0..12)
        .map(|row| {
            Some(match place(row) {
                0.0 => 2,
                5.0 => 1,
                _ => 0,
            })
        })
        .collect();
    let by_size = Clustering::of(&points, &labels, 3);
    assert_eq!(by_size.centroids.column(0).to_vec(), [0.0, 9.0, 5.0]);
    let mut ranks = labels;
    *ranks.iter_mut().find(|rank| **rank == Some(0)).unwrap() = None;
    let ordered = by_size.clone().ordered_by(&ranks);
    assert_eq!(ordered.centroids.column(0).to_vec(), [9.0, 5.0, 0.0]);
    let of_places = (0..12).map(|row| {
        Some(match place(row) {
            0.0 => 2,
            5.0 => 1,
            _ => 0,
        })
    });
    assert_eq!(ordered.labels, of_places.collect::<Vec<_>>());
    assert_eq!((ordered.inertia, ordered.distances), (by_size.inertia, by_size.distances));
}

mod carrying;
mod walks;
