//! Ward's hierarchical clustering (1963): the two clusters whose union adds the least inertia are joined, until n are
//! left.
//!
//! By the nearest-neighbour chain of Murtagh (1983), on all distances at once in f32: 2 bytes × tracks², 800 MB for
//! 20 000 tracks.

use ndarray::parallel::prelude::*;
use serde::Deserialize;

use super::algorithm::{Clusterer, ClusteringTask, Continuation};
use super::error::{ClusterError, check_count, check_size};
use super::settings::{Number, SettingsError};
use super::{neighbours::Neighbours, partition::Clustering};
use crate::space::Points;

/// `[cluster.ward]`.
#[derive(Debug, Deserialize)]
pub(super) struct Ward {
    /// More tracks are refused, as all distances are held in memory.
    pub max_tracks: usize,
}

impl Clusterer for Ward {
    const NAME: &'static str = "ward";
    const ABOUT: &'static str =
        "n clusters, the two most alike of which are joined again and again; up to 20 000 tracks";
    const TAKES_N: bool = true;
    const CONTINUATION: Continuation = Continuation::Stays;
    const DEFAULTS: &'static [(&'static str, Number)] = &[("max_tracks", Number::Count(20_000))];

    fn check(&self) -> Result<(), SettingsError> {
        SettingsError::unless(self.max_tracks >= 1, "ward.max_tracks", self.max_tracks, "at least 1")
    }

    fn cluster(&self, points: &Points, task: &ClusteringTask) -> Result<Clustering, ClusterError> {
        check_size(Self::NAME, points, self.max_tracks)?;
        check_count(points, task.n)?;
        let rows = points.len();
        let mut distances = distances(&Neighbours::of(points.values()));
        let tree = kodama::linkage(&mut distances, rows, kodama::Method::Ward);
        // A step joins rows or the outcomes of earlier steps, which are numbered after the rows. Seen from the last
        // step, each passes its cluster on to what it joined.
        let joins = &tree.steps()[..rows - task.n];
        let mut labels: Vec<usize> = (0..rows + joins.len()).collect();
        for (step, join) in joins.iter().enumerate().rev() {
            (labels[join.cluster1], labels[join.cluster2]) = (labels[rows + step], labels[rows + step]);
        }
        let labels: Vec<_> = labels[..rows].iter().copied().map(Some).collect();
        Ok(Clustering::of_sets(points, &labels).expect("every point is in a cluster"))
    }
}

/// Distances of each row to all later ones, row after row: the condensed matrix that kodama takes.
fn distances(neighbours: &Neighbours) -> Vec<f32> {
    let rows = neighbours.len();
    let mut distances = vec![0.0; rows * (rows - 1) / 2];
    let mut rest = distances.as_mut_slice();
    let tiles: Vec<_> = neighbours.tiles().collect();
    let parts = tiles.into_iter().map(|tile| {
        let length = tile.clone().map(|row| rows - 1 - row).sum();
        let (part, after) = std::mem::take(&mut rest).split_at_mut(length);
        rest = after;
        (tile, part)
    });
    parts.collect::<Vec<_>>().into_par_iter().for_each(|(tile, part)| {
        let squares = neighbours.squares(tile.clone(), tile.start);
        let later = squares.rows().into_iter().enumerate().flat_map(|(row, squares)| {
            squares.into_iter().skip(row + 1).map(|square| square.sqrt()).collect::<Vec<_>>()
        });
        part.iter_mut().zip(later).for_each(|(distance, value)| *distance = value);
    });
    distances
}
