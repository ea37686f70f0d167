//! A partition that goes on from the last run's, so that no song moves for nothing.

use std::cmp::Reverse;

use ndarray::{Array2, s};
use rand_xoshiro::{Xoshiro256Plus, rand_core::SeedableRng};

use super::{KMeans, inertia, seeding::plus_plus};
use crate::clustering::{ClusteringTask, LastPartition, lloyd};

/// How much inertia is given up so that fewer points change their cluster.
const SLACK: f64 = 1.01;

impl KMeans {
    /// What moves the fewest points out of the clusters that `last` had them in, among partitions whose inertia is
    /// within a hundredth of the `fresh` one's: the last one itself, or it after as many iterations as that needs. None:
    /// even its end is worse.
    pub(super) fn continued(
        &self,
        values: &Array2<f32>,
        last: &LastPartition,
        task: &ClusteringTask,
        fresh: &[usize],
    ) -> Option<Vec<usize>> {
        let n = task.n;
        let enough = SLACK * inertia(values, fresh, &lloyd::means(values, fresh, n));
        let mut labels = taken_over(values, last, n, task.seed)?;
        for _ in 0..self.max_iterations {
            let means = lloyd::means(values, &labels, n);
            if inertia(values, &labels, &means) <= enough {
                return Some(labels);
            }
            let next = lloyd::assign(values, &means);
            if next == labels {
                break;
            }
            labels = next;
        }
        None
    }
}

/// The last partition, made one of `n` clusters for the points that are here now. New points go to the nearest centroid.
/// Of too many clusters the largest stay; too few are joined by rows far from all.
fn taken_over(values: &Array2<f32>, last: &LastPartition, n: usize, seed: u64) -> Option<Vec<usize>> {
    let mut members = vec![Vec::new(); last.n];
    for (row, label) in last.labels.iter().enumerate() {
        label.iter().for_each(|&label| members[label].push(row));
    }
    members.retain(|rows| !rows.is_empty());
    members.sort_by_key(|rows| Reverse(rows.len()));
    members.truncate(n);
    let mut labels = vec![None; values.nrows()];
    for (label, rows) in members.iter().enumerate() {
        rows.iter().for_each(|&row| labels[row] = Some(label));
    }
    let kept = members.len();
    if kept == 0 {
        return None;
    }
    // Whoever has no cluster yet is measured as one more, which is then left out.
    let all: Vec<usize> = labels.iter().map(|label| label.unwrap_or(kept)).collect();
    let means = lloyd::means(values, &all, kept + 1).slice(s![..kept, ..]).to_owned();
    let centroids = plus_plus(values, means, n, &mut Xoshiro256Plus::seed_from_u64(seed));
    let nearest = lloyd::assign(values, &centroids);
    let stays = |(label, near): (Option<usize>, usize)| label.filter(|_| near < kept).unwrap_or(near);
    Some(lloyd::filled(values, labels.into_iter().zip(nearest).map(stays).collect(), &centroids))
}
