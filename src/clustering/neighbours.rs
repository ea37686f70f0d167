//! Distances between all points, a few rows at a time, so that they need not all be held in memory.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis, parallel::prelude::*, s};

/// Rows whose distances to all others are computed at once.
const TILE: usize = 128;

/// The points.
pub(super) struct Neighbours {
    /// Less their mean, as products lose the fewest digits around 0.
    values: Array2<f32>,
    norms: Array1<f32>,
}

impl Neighbours {
    pub(super) fn of(values: &Array2<f32>) -> Self {
        let mean = values.mapv(f64::from).mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(values.ncols()));
        let values = values - &mean.mapv(|value| value as f32);
        let norms = values.rows().into_iter().map(|row| row.dot(&row)).collect();
        Self { values, norms }
    }

    pub(super) fn len(&self) -> usize {
        self.values.nrows()
    }

    /// All rows, in tiles that do not depend on the number of threads.
    pub(super) fn tiles(&self) -> impl IndexedParallelIterator<Item = Range<usize>> + use<> {
        let rows = self.len();
        (0..rows.div_ceil(TILE)).into_par_iter().map(move |tile| tile * TILE..rows.min((tile + 1) * TILE))
    }

    /// Squared Euclidean distances of `rows` to all rows from `first` on.
    pub(super) fn squares(&self, rows: Range<usize>, first: usize) -> Array2<f32> {
        let norms = self.norms.slice(s![first..]);
        let mut squares =
            self.values.slice(s![rows.clone(), ..]).dot(&self.values.slice(s![first.., ..]).t());
        for (mut squares, &own) in squares.rows_mut().into_iter().zip(&self.norms.slice(s![rows])) {
            squares.zip_mut_with(&norms, |square, norm| *square = (own + norm - 2.0 * *square).max(0.0));
        }
        squares
    }

    /// The squared distance of each row to its `k`-th nearest row, itself counted first; infinite where there are fewer.
    pub(super) fn squares_to_kth(&self, k: usize) -> Vec<f32> {
        if k > self.len() {
            return vec![f32::INFINITY; self.len()];
        }
        let of_tile = |rows: Range<usize>| -> Vec<f32> {
            let squares = self.squares(rows, 0);
            let kth =
                |row: ndarray::ArrayView1<f32>| *row.to_vec().select_nth_unstable_by(k - 1, f32::total_cmp).1;
            squares.rows().into_iter().map(kth).collect()
        };
        self.tiles().map(of_tile).collect::<Vec<_>>().concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn distances_are_those_of_the_rows() {
        let values =
            Array2::from_shape_fn((300, 3), |(row, column)| ((row * (column + 7)) % 31) as f32 + 1e3);
        let neighbours = Neighbours::of(&values);
        let tiles: Vec<_> = neighbours.tiles().collect();
        assert_eq!(tiles.iter().cloned().flatten().collect::<Vec<_>>(), (0..300).collect::<Vec<_>>());
        for rows in tiles {
            for ((row, other), square) in neighbours.squares(rows.clone(), 5).indexed_iter() {
                let gap = &values.row(rows.start + row) - &values.row(other + 5);
                assert!((gap.dot(&gap) - square).abs() < 1e-2, "{row} {other} {square}");
            }
        }
    }

    #[test]
    fn the_first_neighbour_of_a_point_is_itself() {
        let neighbours = Neighbours::of(&array![[0.], [1.], [3.], [3.]]);
        for (k, squares) in [(1, [0., 0., 0., 0.]), (2, [1., 1., 0., 0.]), (4, [9., 4., 9., 9.])] {
            assert_eq!(neighbours.squares_to_kth(k), squares);
        }
        assert_eq!(neighbours.squares_to_kth(5), [f32::INFINITY; 4]);
    }
}
