//! The two steps of Lloyd's algorithm (Lloyd 1982), exact and the same for any number of threads.
//!
//! Points are f32, sums and distances f64: scikit-learn's arithmetic for f64 input, without a second copy of the points.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip, parallel::prelude::*};

/// Rows that one thread sums up. The blocks do not depend on the number of threads and are added up in order.
const BLOCK: usize = 4096;
/// Rows whose products with the centroids fit into a core's cache.
const TILE: usize = 512;

/// The mean of each cluster's rows: n × columns. Every cluster has a row.
pub(super) fn means(values: &Array2<f32>, labels: &[usize], n: usize) -> Array2<f64> {
    let blocks = values.axis_chunks_iter(Axis(0), BLOCK).into_par_iter();
    let sums = |(block, rows)| sums(rows, &labels[block * BLOCK..], n);
    let blocks: Vec<Array2<f64>> = blocks.enumerate().map(sums).collect();
    let mut counts = Array1::<f64>::zeros(n);
    labels.iter().for_each(|&label| counts[label] += 1.0);
    blocks.iter().fold(Array2::zeros((n, values.ncols())), |total, block| total + block)
        / counts.insert_axis(Axis(1))
}

fn sums(rows: ArrayView2<f32>, labels: &[usize], n: usize) -> Array2<f64> {
    let mut sums = Array2::zeros((n, rows.ncols()));
    for (row, &label) in rows.rows().into_iter().zip(labels) {
        Zip::from(sums.row_mut(label)).and(row).for_each(|sum, &value| *sum += f64::from(value));
    }
    sums
}

/// The nearest centroid of each row, the lower one of equally near ones. No row may be nearest to some centroid.
pub(super) fn nearest(values: &Array2<f32>, centroids: &Array2<f64>) -> Vec<usize> {
    let norms: Vec<f64> = centroids.rows().into_iter().map(|centroid| centroid.dot(&centroid)).collect();
    let tiles = values.axis_chunks_iter(Axis(0), TILE).into_par_iter();
    tiles.map(|rows| nearest_in_tile(rows, centroids, &norms)).collect::<Vec<_>>().concat()
}

/// The same where every centroid has a row.
///
/// A centroid that is nearest to no row gets the row that lies farthest from its own (scikit-learn's rule), so no
/// cluster is empty as long as there are at least as many rows as centroids.
pub(super) fn assign(values: &Array2<f32>, centroids: &Array2<f64>) -> Vec<usize> {
    filled(values, nearest(values, centroids), centroids)
}

/// As [`assign`], in f32: a row between two centroids may go to the one that is farther by a rounding error. Precise
/// enough while the centroids still move, and several times as fast.
pub(super) fn assign_roughly(values: &Array2<f32>, centroids: &Array2<f64>) -> Vec<usize> {
    let rough = centroids.mapv(|value| value as f32);
    let norms: Vec<f32> = rough.rows().into_iter().map(|centroid| centroid.dot(&centroid) / 2.0).collect();
    let tiles = values.axis_chunks_iter(Axis(0), TILE).into_par_iter();
    let labels = tiles.map(|rows| nearest_roughly(rows, &rough, &norms)).collect::<Vec<_>>().concat();
    filled(values, labels, centroids)
}

fn nearest_roughly(rows: ArrayView2<f32>, centroids: &Array2<f32>, half_norms: &[f32]) -> Vec<usize> {
    let products = rows.dot(&centroids.t());
    let nearest = products.rows().into_iter().map(|products| {
        let scores = products.into_iter().zip(half_norms).map(|(product, norm)| norm - product);
        let (mut best, mut least) = (0, f32::INFINITY);
        for (centroid, score) in scores.enumerate() {
            if score < least {
                (best, least) = (centroid, score);
            }
        }
        best
    });
    nearest.collect()
}

/// The labels, changed so that every centroid has a row.
pub(super) fn filled(values: &Array2<f32>, mut labels: Vec<usize>, centroids: &Array2<f64>) -> Vec<usize> {
    let mut counts = vec![0_usize; centroids.nrows()];
    labels.iter().for_each(|&label| counts[label] += 1);
    if counts.iter().all(|count| *count > 0) {
        return labels;
    }
    let mut squares = squared_distances(values, &labels, centroids);
    for empty in 0..counts.len() {
        if counts[empty] == 0 {
            let farthest = (0..labels.len())
                .filter(|&row| counts[labels[row]] > 1)
                .rev() // max_by takes the last of equals
                .max_by(|&a, &b| squares[a].total_cmp(&squares[b]))
                .expect("at least as many rows as centroids");
            counts[labels[farthest]] -= 1;
            counts[empty] = 1;
            (labels[farthest], squares[farthest]) = (empty, 0.0);
        }
    }
    labels
}

/// The nearest centroid of each row, by |c|² − 2 x·c: the squared distance less |x|², which all centroids share.
fn nearest_in_tile(rows: ArrayView2<f32>, centroids: &Array2<f64>, norms: &[f64]) -> Vec<usize> {
    let products = rows.mapv(f64::from).dot(&centroids.t());
    let nearest = products.rows().into_iter().map(|products| {
        let scores = products.into_iter().zip(norms).map(|(product, norm)| norm - 2.0 * product);
        // The first of equal ones.
        let best = scores.enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b));
        best.expect("at least one centroid").0
    });
    nearest.collect()
}

pub(super) fn inertia(values: &Array2<f32>, labels: &[usize], centroids: &Array2<f64>) -> f64 {
    squared_distances(values, labels, centroids).iter().sum()
}

/// The candidate of the least inertia, the first of equal ones.
pub(super) fn least<T>(candidates: impl Iterator<Item = T>, inertia: impl Fn(&T) -> f64) -> T {
    let measured = candidates.map(|candidate| (inertia(&candidate), candidate));
    measured.min_by(|a, b| a.0.total_cmp(&b.0)).expect("at least one candidate").1
}

/// Squared Euclidean distance of each row to its cluster's centroid.
pub(super) fn squared_distances(values: &Array2<f32>, labels: &[usize], centroids: &Array2<f64>) -> Vec<f64> {
    let rows = values.rows().into_iter().zip(labels);
    rows.map(|(row, &label)| squared_distance(row, centroids.row(label))).collect()
}

/// Eight sums side by side keep the processor's lanes busy; their order is fixed.
fn squared_distance(row: ArrayView1<f32>, centroid: ArrayView1<f64>) -> f64 {
    let (Some(row), Some(centroid)) = (row.to_slice(), centroid.to_slice()) else {
        return Zip::from(row)
            .and(centroid)
            .fold(0.0, |sum, &value, &mean| sum + (f64::from(value) - mean).powi(2));
    };
    let (rows, row_rest) = row.as_chunks::<8>();
    let (means, mean_rest) = centroid.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (row, means) in rows.iter().zip(means) {
        for lane in 0..8 {
            let difference = f64::from(row[lane]) - means[lane];
            sums[lane] += difference * difference;
        }
    }
    let rest = row_rest.iter().zip(mean_rest).map(|(&value, mean)| (f64::from(value) - mean).powi(2));
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_row_between_two_centroids_goes_to_the_lower() {
        assert_eq!(assign(&array![[1.], [0.], [2.]], &array![[2.], [0.]]), [0, 1, 0]);
    }

    #[test]
    fn an_empty_cluster_gets_the_farthest_row() {
        // Both clusters 1 and 2 are empty; of the equally far rows 0 and 3 the lower one goes first.
        let values = array![[-5.], [0.], [1.], [5.]];
        assert_eq!(assign(&values, &array![[0.], [100.], [200.]]), [1, 0, 0, 2]);
    }

    #[test]
    fn means_over_many_blocks_are_those_of_one_sum() {
        let values = Array2::from_shape_fn((3 * BLOCK + 17, 2), |(row, column)| (row * (column + 1)) as f32);
        let labels: Vec<usize> = (0..values.nrows()).map(|row| row % 3).collect();
        let means = means(&values, &labels, 3);
        for cluster in 0..3 {
            let rows: Vec<usize> = (cluster..values.nrows()).step_by(3).collect();
            let mean = rows.iter().sum::<usize>() as f64 / rows.len() as f64;
            assert_eq!(means.row(cluster), array![mean, 2.0 * mean]);
        }
    }
}
