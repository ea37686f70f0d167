//! The silhouette (Rousseeuw 1987): how much nearer points are to their own cluster than to the next one.

use std::ops::Range;

use ndarray::{Axis, parallel::prelude::*, s};

use crate::space::Points;

/// Rows that are compared with each other, so that a library of any size costs the same.
pub(crate) const SAMPLE: usize = 2000;
/// Rows whose distances to all others are computed at once.
const TILE: usize = 128;

/// The mean silhouette of a sample of the points that are in a cluster, from -1 to 1; a point alone in its cluster counts
/// as 0. None: there are fewer than two clusters.
pub(super) fn silhouette(points: &Points, labels: &[Option<u32>]) -> Option<f64> {
    let rows: Vec<usize> = (0..labels.len()).filter(|&row| labels[row].is_some()).collect();
    let kept = rows.len().min(SAMPLE);
    let rows: Vec<usize> = (0..kept).map(|row| rows[row * rows.len() / kept]).collect();
    let labels: Vec<usize> = rows.iter().filter_map(|&row| Some(labels[row]? as usize)).collect();
    let mut sizes = vec![0_usize; labels.iter().max()? + 1];
    labels.iter().for_each(|&label| sizes[label] += 1);
    if sizes.iter().filter(|size| **size > 0).count() < 2 {
        return None;
    }
    // In f64: products of f32 lose the digits in which two numbers of clusters may differ.
    let values = points.values().select(Axis(0), &rows).mapv(f64::from);
    let norms: Vec<f64> = values.rows().into_iter().map(|row| row.dot(&row)).collect();
    let tiles = (0..kept.div_ceil(TILE)).into_par_iter().map(|tile| tile * TILE..kept.min((tile + 1) * TILE));
    let widths = tiles.map(|tile: Range<usize>| {
        let products = values.slice(s![tile.clone(), ..]).dot(&values.t());
        let mut widths = 0.0;
        for (row, products) in tile.zip(products.rows()) {
            let mut sums = vec![0.0; sizes.len()];
            for ((other, product), &label) in products.indexed_iter().zip(&labels) {
                let square = norms[row] + norms[other] - 2.0 * product;
                // Rounding may leave a distance of a point to itself.
                sums[label] += if other == row { 0.0 } else { square.max(0.0).sqrt() };
            }
            widths += width(&sums, &sizes, labels[row]);
        }
        widths
    });
    // Summed in the order of the tiles, whichever thread is done first.
    let sum = widths.collect::<Vec<f64>>().into_iter().sum::<f64>();
    Some(sum / kept as f64)
}

/// The silhouette of a point, by the sums of its distances to the points of each cluster.
fn width(sums: &[f64], sizes: &[usize], own: usize) -> f64 {
    if sizes[own] == 1 {
        return 0.0;
    }
    let within = sums[own] / (sizes[own] - 1) as f64;
    let others = (0..sizes.len()).filter(|&label| label != own && sizes[label] > 0);
    let next = others.map(|label| sums[label] / sizes[label] as f64).fold(f64::INFINITY, f64::min);
    let larger = next.max(within);
    if larger > 0.0 { (next - within) / larger } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{digest::Digest, space::SpaceId, track::ContentId};

    fn points(values: &[[f32; 2]]) -> Points {
        let track = |n: usize| ContentId { recipe: 1, digest: Digest([n as u8; 32]) };
        let rows = values.iter().enumerate().map(|(n, row)| (track(n), row.to_vec()));
        Points::new(SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) }, rows.collect()).unwrap()
    }

    const PLACES: [[f32; 2]; 6] = [[0., 0.], [0., 1.], [5., 5.], [5., 6.], [6., 5.], [20., 0.]];

    #[test]
    fn the_silhouette_is_scikit_learns() {
        // sklearn.metrics.silhouette_score(PLACES, labels), scikit-learn 1.7
        for (labels, expected) in [
            ([0, 0, 1, 1, 1, 2], 0.708_563_310),
            ([0, 0, 1, 1, 1, 1], 0.424_650_775),
            ([0, 1, 0, 1, 0, 1], -0.045_339_851),
        ] {
            let found = silhouette(&points(&PLACES), &labels.map(Some)).unwrap();
            assert!((found - expected).abs() < 1e-8, "{labels:?}: {found}");
        }
    }

    #[test]
    fn noise_is_left_out_and_one_cluster_has_no_silhouette() {
        let all = points(&PLACES);
        let mut labels = [0, 0, 1, 1, 1, 0].map(Some);
        labels[5] = None;
        let expected = silhouette(&points(&PLACES[..5]), &[0, 0, 1, 1, 1].map(Some)).unwrap();
        assert!((silhouette(&all, &labels).unwrap() - expected).abs() < 1e-6);
        assert_eq!(silhouette(&all, &[Some(0); 6]), None);
        assert_eq!(silhouette(&all, &[None; 6]), None);
        assert_eq!(silhouette(&points(&[]), &[]), None);
    }
}
