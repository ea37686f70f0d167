//! A warm start from the last run's partition, so that no song moves without need.

use std::cmp::Reverse;

use ndarray::{Array2, s};
use rand_xoshiro::{Xoshiro256Plus, rand_core::SeedableRng};

use super::seeding::plus_plus;
use crate::{clustering::algorithm::ClusteringTask, clustering::lloyd, clustering::partition::LastPartition};

/// A continued partition may have this many times the inertia of a fresh one, so that fewer points change their cluster.
const INERTIA_RATIO: f64 = 1.01;

/// The partition that moves the fewest points out of their clusters in `last`, among those whose inertia is within
/// [`INERTIA_RATIO`] of the `fresh` one's: the last one itself, or it after as many iterations as that takes. None: it
/// converges to something worse.
pub(super) fn continued(
    values: &Array2<f32>,
    last: &LastPartition,
    task: &ClusteringTask,
    max_iterations: usize,
    fresh: &[usize],
) -> Option<Vec<usize>> {
    let n = task.n;
    let enough = INERTIA_RATIO * lloyd::inertia(values, fresh, &lloyd::means(values, fresh, n));
    let mut labels = adapted(values, last, n, task.seed)?;
    for _ in 0..max_iterations {
        let means = lloyd::means(values, &labels, n);
        if lloyd::inertia(values, &labels, &means) <= enough {
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

/// The last partition as one of `n` clusters of today's points. New points go to the nearest centroid. Of too many
/// clusters the largest stay; if there are too few, new ones begin at points far from all others.
fn adapted(values: &Array2<f32>, last: &LastPartition, n: usize, seed: u64) -> Option<Vec<usize>> {
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
    // Points without a cluster are counted as one more, which is then left out.
    let all: Vec<usize> = labels.iter().map(|label| label.unwrap_or(kept)).collect();
    let means = lloyd::means(values, &all, kept + 1).slice(s![..kept, ..]).to_owned();
    let centroids = plus_plus(values, means, n, &mut Xoshiro256Plus::seed_from_u64(seed));
    let nearest = lloyd::assign(values, &centroids);
    let stays = |(label, near): (Option<usize>, usize)| label.filter(|_| near < kept).unwrap_or(near);
    Some(lloyd::filled(values, labels.into_iter().zip(nearest).map(stays).collect(), &centroids))
}
