//! Why points cannot be clustered, and the checks for it.

use std::collections::HashSet;

use ndarray::Array2;

use crate::space::Points;

/// Why points could not be clustered.
#[derive(Debug, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
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
        "--n {n}, but the {tracks} tracks have only {distinct} distinct {} in {space}: --n must be at most {distinct}",
        if *distinct == 1 { "vector" } else { "vectors" }
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

/// For algorithms that compare all pairs.
pub(super) fn check_size(algorithm: &'static str, points: &Points, most: usize) -> Result<(), ClusterError> {
    match points.len() {
        0 => Err(ClusterError::NoTracks { space: points.space().name.clone() }),
        tracks if tracks > most => Err(ClusterError::TooManyTracks { algorithm, tracks, most }),
        _ => Ok(()),
    }
}

/// For algorithms that are told how many clusters to make: whether there are enough points that differ.
pub(crate) fn check_count(points: &Points, n: usize) -> Result<(), ClusterError> {
    let (space, tracks) = (points.space().name.clone(), points.len());
    let distinct = distinct_up_to(points.values(), n);
    match n {
        _ if tracks == 0 => Err(ClusterError::NoTracks { space }),
        0 => Err(ClusterError::NoClusters),
        _ if n > tracks => Err(ClusterError::TooFewTracks { n, tracks, space }),
        _ if n > distinct => Err(ClusterError::TooFewDistinct { n, tracks, distinct, space }),
        _ => Ok(()),
    }
}

/// The number of distinct rows, but no more than `enough`.
pub(super) fn distinct_up_to(values: &Array2<f32>, enough: usize) -> usize {
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
