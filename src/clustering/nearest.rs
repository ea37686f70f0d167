//! The nearest neighbours of some points among all, by brute force.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis, s};
use rayon::prelude::*;

/// Queries, and points, whose distances are computed at once.
const QUERIES: usize = 64;
const BLOCK: usize = 8192;

/// The `k` nearest rows of each of the `queries`, which are rows too, the nearest first. Only rows count that
/// `is_allowed(query, row)`, and never the query itself. There may be fewer than `k`.
pub(crate) fn nearest(
    values: &Array2<f32>,
    queries: &[usize],
    k: usize,
    is_allowed: impl Fn(usize, usize) -> bool + Sync,
) -> Vec<Vec<usize>> {
    // Less their mean, as products lose the fewest digits around 0.
    let mean = values.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(values.ncols()));
    let values = values - &mean;
    let norms = values.rows().into_iter().map(|row| row.dot(&row)).collect();
    let search = NearestSearch { values, norms, k };
    let tiles = queries.par_chunks(QUERIES).map(|queries| search.tile(queries, &is_allowed));
    tiles.collect::<Vec<_>>().concat()
}

struct NearestSearch {
    values: Array2<f32>,
    /// Squared.
    norms: Array1<f32>,
    k: usize,
}

impl NearestSearch {
    fn tile(&self, queries: &[usize], is_allowed: &impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
        let own = self.values.select(Axis(0), queries);
        let mut found: Vec<Vec<(f32, usize)>> = vec![Vec::with_capacity(self.k + 1); queries.len()];
        for first in (0..self.values.nrows()).step_by(BLOCK) {
            let rows = first..self.values.nrows().min(first + BLOCK);
            let products = own.dot(&self.values.slice(s![rows.clone(), ..]).t());
            for ((query, found), products) in queries.iter().zip(&mut found).zip(products.rows()) {
                self.take(*query, found, rows.clone(), products.iter(), is_allowed);
            }
        }
        found.into_iter().map(|found| found.into_iter().map(|(_, row)| row).collect()).collect()
    }

    /// Puts those of `rows` among the nearest of a query that have a place there.
    fn take<'p>(
        &self,
        query: usize,
        found: &mut Vec<(f32, usize)>,
        rows: Range<usize>,
        products: impl Iterator<Item = &'p f32>,
        is_allowed: &impl Fn(usize, usize) -> bool,
    ) {
        for (row, product) in rows.zip(products) {
            // Less the square of the query's own length, which is the same for all.
            let distance = self.norms[row] - 2.0 * product;
            let is_full = found.len() == self.k;
            if is_full && found.last().is_none_or(|(worst, _)| distance >= *worst) {
                continue;
            }
            if row == query || !is_allowed(query, row) {
                continue;
            }
            let place = found.partition_point(|(nearer, _)| *nearer <= distance);
            found.insert(place, (distance, row));
            found.truncate(self.k);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    #[test]
    fn the_nearest_are_those_that_sorting_all_finds() {
        let value = |row: usize, column: usize| {
            f32::from(Digest::of(&[row.to_le_bytes(), column.to_le_bytes()].concat()).0[0])
        };
        let rows = BLOCK + 300;
        let values = Array2::from_shape_fn((rows, 3), |(row, column)| value(row, column));
        let queries: Vec<usize> = (0..rows).step_by(97).collect();
        let is_allowed = |query: usize, row: usize| query % 7 != row % 7;
        let found = nearest(&values, &queries, 4, is_allowed);
        for (&query, found) in queries.iter().zip(found) {
            let square = |row: &usize| {
                let gap = &values.row(*row) - &values.row(query);
                gap.dot(&gap) as u64
            };
            let others = (0..rows).filter(|&row| row != query && is_allowed(query, row));
            let mut squares: Vec<_> = others.map(|row| square(&row)).collect();
            squares.sort_unstable();
            assert!(found.iter().all(|&row| row != query && is_allowed(query, row)));
            assert_eq!(found.iter().map(square).collect::<Vec<_>>(), squares[..4], "{query}");
        }
    }

    #[test]
    fn who_has_fewer_neighbours_gets_those() {
        let values = ndarray::array![[0.], [1.], [3.]];
        assert_eq!(nearest(&values, &[0, 2], 5, |_, _| true), [vec![1, 2], vec![1, 0]]);
        assert_eq!(nearest(&values, &[1], 5, |_, row| row == 2), [vec![2]]);
        assert_eq!(nearest(&values, &[1], 0, |_, _| true), [Vec::<usize>::new()]);
        assert!(nearest(&values, &[], 5, |_, _| true).is_empty());
    }
}
