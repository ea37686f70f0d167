//! Measures of a grouping that need no labels, as scikit-learn defines them; sums are kept in f64. The silhouette has a
//! file of its own.

use ndarray::{Array1, Array2, Axis};

use super::{lloyd, partition::Clustering};
use crate::space::Points;

/// How far groups lie apart, for how far their points do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Separation {
    /// How alike groups are to the one that they are most alike (Davies and Bouldin 1979): the less, the better.
    pub davies_bouldin: f64,
    /// The variance between groups over that within them (Calinski and Harabasz 1974): the more, the better.
    pub calinski_harabasz: f64,
}

impl Clustering {
    /// None: there are fewer than two clusters, or as many as points. Every point is in a cluster.
    pub(crate) fn separation(&self, points: &Points) -> Option<Separation> {
        let labels: Option<Vec<usize>> = self.labels.iter().map(|label| Some((*label)? as usize)).collect();
        let (labels, n) = (labels?, self.n());
        (n >= 2 && n < labels.len()).then(|| separation(points.values(), &labels, n))
    }
}

fn separation(values: &Array2<f32>, labels: &[usize], n: usize) -> Separation {
    let centroids = lloyd::means(values, labels, n);
    let squares = lloyd::squared_distances(values, labels, &centroids);
    let (mut sizes, mut widths) = (Array1::<f64>::zeros(n), Array1::<f64>::zeros(n));
    for (&label, square) in labels.iter().zip(&squares) {
        sizes[label] += 1.0;
        widths[label] += square.sqrt();
    }
    widths /= &sizes;
    let mean = values.mapv(f64::from).mean_axis(Axis(0)).expect("there are points");
    let gaps = &centroids - &mean;
    let between = (gaps.mapv(|gap| gap * gap).sum_axis(Axis(1)) * &sizes).sum();
    let within: f64 = squares.iter().sum();
    let calinski_harabasz = match within {
        0.0 => 1.0,
        within => between * (labels.len() - n) as f64 / (within * (n - 1) as f64),
    };
    Separation { davies_bouldin: davies_bouldin(&centroids, &widths), calinski_harabasz }
}

/// `widths` are the mean distances of the points of each cluster to its centroid.
fn davies_bouldin(centroids: &Array2<f64>, widths: &Array1<f64>) -> f64 {
    let n = widths.len();
    let likeness = |one: usize, other: usize| {
        let gap = &centroids.row(one) - &centroids.row(other);
        let distance = gap.dot(&gap).sqrt();
        // Equal centroids do not count.
        if distance > 0.0 { (widths[one] + widths[other]) / distance } else { 0.0 }
    };
    let most = |one: usize| {
        let others = (0..n).filter(|other| *other != one);
        others.map(|other| likeness(one, other)).fold(0.0, f64::max)
    };
    (0..n).map(most).sum::<f64>() / n as f64
}
