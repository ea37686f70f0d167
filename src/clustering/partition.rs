//! A partition of points, measured and numbered.

use std::{cmp::Reverse, collections::HashMap};

use ndarray::{Array2, Axis, s};

use super::{lloyd, silhouette};
use crate::space::Points;

/// Each point in one of n clusters, none of them empty, or in none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Clustering {
    /// The cluster of each point, below n. None: it is noise.
    pub labels: Vec<Option<u32>>,
    /// Mean of each cluster's points: n × columns.
    pub centroids: Array2<f32>,
    /// Euclidean distance of each point to its own centroid; 0 for noise.
    pub distances: Vec<f32>,
    /// Sum of the squared distances.
    pub inertia: f64,
}

impl Clustering {
    /// Measures and numbers a partition. Labels below `n` may be in any order; one that does not occur has no meaningful
    /// centroid.
    pub(crate) fn of(points: &Points, labels: &[Option<usize>], n: usize) -> Self {
        let labels = numbered_by_size(labels, n);
        // Noise is counted as one more cluster, which is then left out.
        let all: Vec<usize> = labels.iter().map(|label| label.map_or(n, |label| label as usize)).collect();
        let centroids = lloyd::means(points.values(), &all, n + 1);
        let mut squares = lloyd::squared_distances(points.values(), &all, &centroids);
        let noise = squares.iter_mut().zip(&labels).filter(|(_, label)| label.is_none());
        noise.for_each(|(square, _)| *square = 0.0);
        Self {
            labels,
            centroids: centroids.slice(s![..n, ..]).mapv(|value| value as f32),
            distances: squares.iter().map(|square| square.sqrt() as f32).collect(),
            inertia: squares.iter().sum(),
        }
    }

    /// As [`of`](Self::of), with any numbers as labels. None: all points are noise.
    pub(super) fn of_sets(points: &Points, labels: &[Option<usize>]) -> Option<Self> {
        let mut numbers = HashMap::new();
        let mut number = |label: usize| {
            let next = numbers.len();
            *numbers.entry(label).or_insert(next)
        };
        let labels: Vec<_> = labels.iter().map(|label| label.map(&mut number)).collect();
        let n = numbers.len();
        (n > 0).then(|| Self::of(points, &labels, n))
    }

    /// The same with its clusters in the order of the least rank of their points; those of which no point has one come last.
    pub(crate) fn ordered_by(mut self, ranks: &[Option<usize>]) -> Self {
        let mut least = vec![usize::MAX; self.n()];
        for (label, rank) in self.labels.iter().zip(ranks) {
            if let (Some(label), Some(rank)) = (label, rank) {
                least[*label as usize] = least[*label as usize].min(*rank);
            }
        }
        let mut order: Vec<usize> = (0..self.n()).collect();
        order.sort_by_key(|&cluster| least[cluster]);
        let mut number = vec![0; self.n()];
        (0..).zip(&order).for_each(|(new, old)| number[*old] = new);
        self.labels.iter_mut().flatten().for_each(|label| *label = number[*label as usize]);
        self.centroids = self.centroids.select(Axis(0), &order);
        self
    }

    pub(crate) fn n(&self) -> usize {
        self.centroids.nrows()
    }

    /// The rows of each cluster's points, ascending.
    pub(crate) fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.n()];
        for (row, label) in self.labels.iter().enumerate() {
            label.iter().for_each(|&label| members[label as usize].push(row));
        }
        members
    }

    /// How much nearer points are to their own cluster than to the next one (Rousseeuw 1987), from -1 to 1, on a sample
    /// of 2 000. None: there is only one cluster.
    pub(crate) fn silhouette(&self, points: &Points) -> Option<f64> {
        silhouette::silhouette(points, &self.labels)
    }

    /// How many points are in no cluster.
    pub(crate) fn noise(&self) -> usize {
        self.labels.iter().filter(|label| label.is_none()).count()
    }
}

/// Renumbers: the largest cluster first, equal ones by their first row.
fn numbered_by_size(labels: &[Option<usize>], n: usize) -> Vec<Option<u32>> {
    let mut sizes_and_firsts = vec![(0_usize, labels.len()); n];
    for (row, label) in labels.iter().enumerate() {
        let Some(label) = *label else { continue };
        let (size, first) = &mut sizes_and_firsts[label];
        *size += 1;
        *first = row.min(*first);
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|&label| (Reverse(sizes_and_firsts[label].0), sizes_and_firsts[label].1));
    let mut number = vec![0; n];
    (0..).zip(order).for_each(|(new, old)| number[old] = new);
    labels.iter().map(|label| label.map(|label| number[label])).collect()
}
