//! Groups of points while their number changes: the closest are merged, the loosest are split.

use std::cmp::Reverse;

use ndarray::{Array1, Array2, Axis};

use super::{lloyd, partition::Clustering};
use crate::space::{Points, basis::components};

/// Iterations of a split, at most.
const SPLIT_ITERATIONS: usize = 100;

/// Joins the clusters of fewer points to those with the nearest means.
pub(crate) fn join_small(points: &Points, clustering: Clustering, min_size: usize) -> Clustering {
    let sizes = clustering.members().into_iter().map(|rows| rows.len());
    if clustering.noise() > 0 || sizes.min().is_none_or(|least| least >= min_size) {
        return clustering;
    }
    let labels: Vec<usize> = clustering.labels.iter().flatten().map(|&label| label as usize).collect();
    let mut groups = Groups::of(points.values(), &labels, &vec![false; clustering.n()]);
    groups.join_small(min_size);
    groups.clustering(points)
}

/// Each row of some values in one group.
pub(super) struct Groups<'a> {
    values: &'a Array2<f32>,
    groups: Vec<Group>,
}

struct Group {
    /// Ascending.
    rows: Vec<usize>,
    mean: Array1<f64>,
    /// Sum of the squared distances to the mean.
    inertia: f64,
    is_users: bool,
}

impl Group {
    fn of(values: &Array2<f32>, mut rows: Vec<usize>, is_users: bool) -> Self {
        rows.sort_unstable();
        let members = values.select(Axis(0), &rows);
        let labels = vec![0; rows.len()];
        let mean = lloyd::means(&members, &labels, 1);
        let inertia = lloyd::inertia(&members, &labels, &mean);
        Self { rows, mean: mean.remove_axis(Axis(0)), inertia, is_users }
    }

    fn square_to(&self, other: &Self) -> f64 {
        (&self.mean - &other.mean).mapv(|gap| gap * gap).sum()
    }
}

impl<'a> Groups<'a> {
    /// No group is empty. `is_users` says of each whether the user cares for it.
    pub(super) fn of(values: &'a Array2<f32>, labels: &[usize], is_users: &[bool]) -> Self {
        let mut rows = vec![Vec::new(); is_users.len()];
        labels.iter().enumerate().for_each(|(row, &label)| rows[label].push(row));
        let group = |(rows, &is_users): (Vec<usize>, _)| Group::of(values, rows, is_users);
        Self { values, groups: rows.into_iter().zip(is_users).map(group).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.groups.len()
    }

    /// Which of them the user cares for.
    pub(super) fn is_users(&self) -> Vec<bool> {
        self.groups.iter().map(|group| group.is_users).collect()
    }

    pub(super) fn clustering(&self, points: &Points) -> Clustering {
        Clustering::of(points, &self.labels().into_iter().map(Some).collect::<Vec<_>>(), self.len())
    }

    /// The group of each row.
    pub(super) fn labels(&self) -> Vec<usize> {
        let mut labels = vec![0; self.values.nrows()];
        for (number, group) in self.groups.iter().enumerate() {
            group.rows.iter().for_each(|&row| labels[row] = number);
        }
        labels
    }

    /// Merges and splits until there are `n`, or no group can be split into parts of at least `min_size` rows that differ.
    pub(super) fn resize(&mut self, n: usize, min_size: usize) {
        while self.len() > n.max(1) {
            let (one, other) = self.closest();
            self.merge(one, other);
        }
        while self.len() < n && self.split_loosest(min_size) {}
    }

    /// Joins each group of fewer rows to the one with the nearest mean, the smallest first; not those of the user's.
    pub(super) fn join_small(&mut self, min_size: usize) {
        loop {
            let small = |number: &usize| {
                let group = &self.groups[*number];
                group.rows.len() < min_size && !group.is_users
            };
            let smallest = (0..self.len()).filter(small).min_by_key(|&number| self.groups[number].rows.len());
            let Some(smallest) = smallest.filter(|_| self.len() > 1) else { return };
            let square = |other: &usize| self.groups[smallest].square_to(&self.groups[*other]);
            let others = (0..self.len()).filter(|other| *other != smallest);
            let nearest = others.min_by(|a, b| square(a).total_cmp(&square(b)));
            self.merge(smallest, nearest.expect("there is another group"));
        }
    }

    /// The pair whose union adds least to the inertia (Ward 1963), first among pairs of which neither is the user's, then
    /// among those of which one is.
    fn closest(&self) -> (usize, usize) {
        let cost = |one: &Group, other: &Group| {
            let (a, b) = (one.rows.len() as f64, other.rows.len() as f64);
            let users = usize::from(one.is_users) + usize::from(other.is_users);
            (users, a * b / (a + b) * one.square_to(other))
        };
        let pairs = (0..self.len()).flat_map(|one| (one + 1..self.len()).map(move |other| (one, other)));
        let costs = pairs.map(|pair| (cost(&self.groups[pair.0], &self.groups[pair.1]), pair));
        let least = costs.min_by(|((users, a), _), ((others, b), _)| users.cmp(others).then(a.total_cmp(b)));
        least.expect("at least two groups").1
    }

    fn merge(&mut self, one: usize, other: usize) {
        let second = self.groups.remove(one.max(other));
        let first = &mut self.groups[one.min(other)];
        let rows = [std::mem::take(&mut first.rows), second.rows].concat();
        *first = Group::of(self.values, rows, first.is_users || second.is_users);
    }

    /// Splits the group of the largest inertia that has two such parts.
    fn split_loosest(&mut self, min_size: usize) -> bool {
        let mut loosest: Vec<usize> = (0..self.len()).collect();
        loosest.sort_by(|&a, &b| self.groups[b].inertia.total_cmp(&self.groups[a].inertia));
        for number in loosest {
            let Some([kept, split]) = self.parts(number, min_size) else { continue };
            let is_users = self.groups[number].is_users;
            self.groups[number] = Group::of(self.values, kept, is_users);
            self.groups.push(Group::of(self.values, split, false));
            return true;
        }
        false
    }

    /// The rows of a group as two clusters, the larger first: 2-means that start at the two sides of its mean along its
    /// first principal axis, so that nothing is left to chance.
    fn parts(&self, number: usize, min_size: usize) -> Option<[Vec<usize>; 2]> {
        let group = &self.groups[number];
        if group.inertia <= 0.0 || group.rows.len() < 2 * min_size.max(1) {
            return None;
        }
        let members = self.values.select(Axis(0), &group.rows);
        let along = components(members.clone(), 1);
        let middle = along.column(0).mean().unwrap_or_default();
        let mut labels: Vec<usize> = along.column(0).iter().map(|&at| usize::from(at > middle)).collect();
        if !labels.contains(&0) || !labels.contains(&1) {
            return None;
        }
        for _ in 0..SPLIT_ITERATIONS {
            let next = lloyd::assign(&members, &lloyd::means(&members, &labels, 2));
            if next == labels {
                break;
            }
            labels = next;
        }
        let part = |wanted: usize| {
            let rows = group.rows.iter().zip(&labels).filter(move |(_, label)| **label == wanted);
            rows.map(|(row, _)| *row).collect::<Vec<_>>()
        };
        let mut parts = [part(0), part(1)];
        parts.sort_by_key(|rows| Reverse(rows.len()));
        (parts[1].len() >= min_size.max(1)).then_some(parts)
    }
}
