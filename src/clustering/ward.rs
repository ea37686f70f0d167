//! Ward's hierarchical clustering (1963): the two clusters whose union adds the least inertia, until n are left.
//!
//! By the nearest-neighbour chain of Murtagh (1983), on all distances at once in f32: 2 bytes × tracks², 800 MB for 20
//! 000.

use ndarray::parallel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    ClusterError, Clustering, ClusteringTask, SettingsError, check_count, check_size, neighbours::Neighbours,
    unions::Unions,
};
use crate::space::Points;

/// `[cluster.ward]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ward {
    /// All distances are kept in memory: more tracks are refused.
    pub max_tracks: usize,
}

impl Default for Ward {
    fn default() -> Self {
        Self { max_tracks: 20_000 }
    }
}

impl Ward {
    /// # Errors
    /// Names the key whose value makes no sense.
    pub fn check(&self) -> Result<(), SettingsError> {
        SettingsError::unless(self.max_tracks >= 1, "ward.max_tracks", self.max_tracks, "at least 1")
    }

    /// Groups the points into exactly `n` clusters.
    ///
    /// # Errors
    /// There are no points, too many, or fewer distinct ones than clusters are asked for.
    pub fn cluster(&self, points: &Points, task: &ClusteringTask) -> Result<Clustering, ClusterError> {
        check_size("ward", points, self.max_tracks)?;
        check_count(points, task.n)?;
        let rows = points.len();
        let mut distances = distances(&Neighbours::of(points.values()));
        let tree = kodama::linkage(&mut distances, rows, kodama::Method::Ward);
        let mut unions = Unions::new(rows);
        // A step's clusters are rows, or the outcomes of earlier steps.
        let mut first: Vec<usize> = (0..rows).collect();
        for step in &tree.steps()[..rows - task.n] {
            unions.join(first[step.cluster1], first[step.cluster2]);
            first.push(first[step.cluster1]);
        }
        let labels: Vec<_> = (0..rows).map(|row| Some(unions.first(row))).collect();
        Ok(Clustering::of_sets(points, &labels).expect("every point is in a cluster"))
    }
}

/// Of each row to all later ones, one row after the other.
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
