//! DBSCAN (Ester et al. 1996): points with enough others close by, and what is close to those; the rest is noise.
//!
//! Ours and not linfa's, which looks for the neighbours of one point after the other: 17 s for 20 000 x 52. A point between two clusters goes to the nearer one, not to the one that was found first.

use std::sync::{Mutex, PoisonError};

use ndarray::parallel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    ClusterError, Clustering, SettingsError, Task, check_size, neighbours::Neighbours, unions::Unions,
};
use crate::space::{Points, reduce::components};

/// `[cluster.dbscan]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dbscan {
    /// Points closer than this (Euclidean) are neighbours; 0: where the distances to the `min_points`-th neighbour,
    /// sorted, begin to rise steeply.
    pub tolerance: f64,
    /// Neighbours, itself one of them, that make a point the core of a cluster.
    pub min_points: usize,
    /// Principal components of the points that are compared: where there are many columns, nothing is dense.
    pub components: usize,
    /// All pairs are compared: more tracks are refused.
    pub max_tracks: usize,
}

impl Default for Dbscan {
    fn default() -> Self {
        Self { tolerance: 0.0, min_points: 3, components: 8, max_tracks: 20_000 }
    }
}

impl Dbscan {
    /// # Errors
    /// Names the first key whose value makes no sense.
    pub fn check(&self) -> Result<(), SettingsError> {
        SettingsError::unless(
            self.tolerance >= 0.0 && self.tolerance.is_finite(),
            "dbscan.tolerance",
            self.tolerance,
            "0 or a number above",
        )?;
        SettingsError::unless(self.min_points >= 2, "dbscan.min_points", self.min_points, "at least 2")?;
        let is_width = (1..=64).contains(&self.components);
        SettingsError::unless(is_width, "dbscan.components", self.components, "from 1 to 64")?;
        SettingsError::unless(self.max_tracks >= 1, "dbscan.max_tracks", self.max_tracks, "at least 1")
    }

    /// Groups the points into as many clusters as there are dense places.
    ///
    /// # Errors
    /// There are no points, too many, or none that are close to each other.
    pub fn cluster(&self, points: &Points, _: &Task) -> Result<Clustering, ClusterError> {
        check_size("dbscan", points, self.max_tracks)?;
        let neighbours = Neighbours::of(&components(points.values().clone(), self.components));
        let reach = neighbours.squares_to_kth(self.min_points);
        let within = if self.tolerance > 0.0 { self.tolerance.powi(2) as f32 } else { knee(&reach) };
        let is_core: Vec<bool> = reach.iter().map(|square| square.is_finite() && *square <= within).collect();
        Clustering::of_sets(points, &connected(&neighbours, &is_core, within)).ok_or(ClusterError::AllNoise {
            algorithm: "dbscan",
            advice: "raise cluster.dbscan.tolerance or lower cluster.dbscan.min_points",
        })
    }
}

/// A row of the cluster of each row, the same for all in it: cores that are neighbours are together, and other rows
/// go with the nearest core that is their neighbour.
fn connected(neighbours: &Neighbours, is_core: &[bool], within: f32) -> Vec<Option<usize>> {
    let unions = Mutex::new(Unions::new(neighbours.len()));
    let nearest = neighbours.tiles().flat_map_iter(|rows| {
        let squares = neighbours.squares(rows.clone(), 0);
        let mut unions = unions.lock().unwrap_or_else(PoisonError::into_inner);
        let nearest = rows.zip(squares.rows()).map(|(row, squares)| {
            let close = squares.into_iter().enumerate();
            let close = close.filter(|(other, square)| is_core[*other] && **square <= within);
            if is_core[row] {
                close.for_each(|(other, _)| unions.join(row, other));
                return Some(row);
            }
            // The first of equal ones.
            close.min_by(|a, b| a.1.total_cmp(b.1)).map(|(core, _)| core)
        });
        nearest.collect::<Vec<_>>()
    });
    let nearest: Vec<Option<usize>> = nearest.collect();
    let mut unions = unions.into_inner().unwrap_or_else(PoisonError::into_inner);
    nearest.into_iter().map(|core| core.map(|core| unions.first(core))).collect()
}

/// Where the sorted roots turn upwards: the one farthest below the line from the first to the last (Satopää et al. 2011).
fn knee(squares: &[f32]) -> f32 {
    let mut squares = squares.to_vec();
    squares.sort_unstable_by(f32::total_cmp);
    let roots: Vec<f64> = squares.iter().map(|square| f64::from(*square).sqrt()).collect();
    let last = roots.len() - 1;
    let slope = (roots[last] - roots[0]) / last.max(1) as f64;
    let below = |rank: &usize| roots[0] + slope * *rank as f64 - roots[*rank];
    let knee = (0..=last).rev().max_by(|a, b| below(a).total_cmp(&below(b)));
    squares[knee.unwrap_or(last)]
}
