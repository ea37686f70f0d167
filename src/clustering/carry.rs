//! An earlier partition carried on over today's points, so that no point moves without need.

use super::groups::Groups;
use super::{lloyd, partition::Clustering};
use crate::space::Points;

/// A point leaves its cluster only for a centroid that is nearer than its own by this part of that distance.
///
/// Without it, Lloyd's iterations wander: they move points that lie between two centroids whenever a few others came. In
/// the simulated months of `app::cluster::tests`, with vectors as the built-in method prepares them, up to 2.4 % of the songs
/// moved when an album went with a margin of 10 %, and up to 1.4 % with 15 %.
const MARGIN: f64 = 0.15;
/// Iterations after which all points stay where they are.
const MOST_ITERATIONS: usize = 100;

/// The partition that an earlier run left.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EarlierPartition {
    /// The cluster of each point, below their number. None: the point is new.
    pub labels: Vec<Option<usize>>,
    /// For each cluster, whether the user named it or pinned something in it: it is merged last.
    pub is_users: Vec<bool>,
}

/// How a partition is carried on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CarryOn {
    /// Into so many clusters; none: as many as there are.
    pub n: Option<usize>,
    /// Points may move to a centroid that has become clearly nearer.
    pub settles: bool,
    /// Clusters of fewer points are joined to others, and none is split into such.
    pub min_size: usize,
}

/// The clusters of `earlier` with today's points: new ones go to the nearest centroid, too many clusters are merged, of
/// too few the loosest are split. None: no cluster has any of the points.
pub(crate) fn carry_on(points: &Points, earlier: &EarlierPartition, task: CarryOn) -> Option<Clustering> {
    let values = points.values();
    let (mut labels, mut is_users) = placed(points, earlier)?;
    if let Some(n) = task.n.filter(|n| *n != is_users.len()) {
        let mut groups = Groups::of(values, &labels, &is_users);
        groups.resize(n, task.min_size);
        (labels, is_users) = (groups.labels(), groups.is_users());
    }
    if task.settles {
        settle(points, &mut labels, is_users.len());
    }
    if task.min_size <= 1 {
        let labels: Vec<_> = labels.into_iter().map(Some).collect();
        return Some(Clustering::of(points, &labels, is_users.len()));
    }
    let mut groups = Groups::of(values, &labels, &is_users);
    groups.join_small(task.min_size);
    Some(groups.clustering(points))
}

/// The cluster of every point, where clusters without any have no number; and which clusters are the user's.
fn placed(points: &Points, earlier: &EarlierPartition) -> Option<(Vec<usize>, Vec<bool>)> {
    let mut counts = vec![0_usize; earlier.is_users.len()];
    earlier.labels.iter().flatten().for_each(|&label| counts[label] += 1);
    let present: Vec<usize> = (0..counts.len()).filter(|&label| counts[label] > 0).collect();
    let n = present.len();
    let is_users = present.iter().map(|&label| earlier.is_users[label]).collect();
    let number = |label: usize| present.binary_search(&label).expect("a cluster with a point");
    // New points are counted as one more cluster, which is then left out.
    let mut labels: Vec<usize> = earlier.labels.iter().map(|label| label.map_or(n, number)).collect();
    if n == 0 {
        return None;
    }
    if labels.contains(&n) {
        let means = lloyd::means(points.values(), &labels, n + 1).slice_move(ndarray::s![..n, ..]);
        let nearest = lloyd::nearest(points.values(), &means);
        let is_new = |(label, _): &(&mut usize, usize)| **label == n;
        labels.iter_mut().zip(nearest).filter(is_new).for_each(|(label, nearest)| *label = nearest);
    }
    Some((labels, is_users))
}

/// Lloyd's iterations in which a point moves only beyond the [`MARGIN`]. Each move lowers the inertia, so they end; and
/// a point alone in its cluster lies at its centroid, so none becomes empty.
fn settle(points: &Points, labels: &mut [usize], n: usize) {
    let values = points.values();
    for _ in 0..MOST_ITERATIONS {
        let means = lloyd::means(values, labels, n);
        let nearest = lloyd::nearest(values, &means);
        let own = lloyd::squared_distances(values, labels, &means);
        let other = lloyd::squared_distances(values, &nearest, &means);
        let mut has_moved = false;
        for (row, label) in labels.iter_mut().enumerate() {
            if nearest[row] != *label && other[row] < (1.0 - MARGIN).powi(2) * own[row] {
                (*label, has_moved) = (nearest[row], true);
            }
        }
        if !has_moved {
            break;
        }
    }
}
