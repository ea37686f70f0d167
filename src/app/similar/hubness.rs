//! What makes distances of different regions comparable. In many dimensions some songs lie near to nearly everything; each
//! distance is therefore divided by how far the surroundings of both its ends reach.
//!
//! Local scaling (Zelnik-Manor and Perona 2004) by the mean distance to the nearest of a sample, as in NICDM (Schnitzer et al.
//! 2012), so that nothing depends on how many songs there are.

use ndarray::{Array1, Array2, ArrayView1};
use rayon::prelude::*;

use super::space::{Point, SearchSpace};
use crate::store::{StoreError, View};

/// Songs among which the surroundings of a song are measured, and how many of them those are.
pub(crate) const SAMPLE: usize = 1000;
pub(crate) const NEAREST: usize = 10;

/// Songs from which is told how much farther apart exact points are than coarse ones.
const EXACT_SAMPLE: usize = 64;

/// Rows whose distances to the sample are computed at once.
const TILE: usize = 64;

/// A sample of a space.
pub(crate) struct LocalScale {
    /// Ascending.
    rows: Vec<usize>,
    points: Array2<f32>,
    squares: Array1<f32>,
    /// What the square of an exact distance has in excess of that of a coarse one, in the mean.
    excess: f32,
}

impl LocalScale {
    /// The sample is the same while the songs are, and changes little with them.
    pub(crate) fn of(view: &View, space: &SearchSpace) -> Result<Self, StoreError> {
        let mut rows: Vec<_> = (0..space.tracks().len()).collect();
        if rows.len() > SAMPLE {
            let order = |row: &usize| scrambled(space.tracks()[*row].0);
            rows.select_nth_unstable_by_key(SAMPLE, order);
            rows.truncate(SAMPLE);
            rows.sort_unstable();
        }
        let points = space.coarse(&rows);
        let squares = points.rows().into_iter().map(|row| row.dot(&row)).collect();
        let excess = space.excess(view, &rows[..rows.len().min(EXACT_SAMPLE)])?;
        Ok(Self { rows, points, squares, excess })
    }

    /// How far the surroundings of some rows of the space reach.
    pub(crate) fn reach_of(&self, space: &SearchSpace, rows: &[usize]) -> Vec<f32> {
        let of_tile = |rows: &[usize]| {
            let points = space.coarse(rows);
            let products = points.dot(&self.points.t());
            let tile = points.rows().into_iter().zip(products.rows()).zip(rows);
            tile.map(|((point, products), row)| self.reach(point, products, &[*row])).collect::<Vec<_>>()
        };
        rows.par_chunks(TILE).map(of_tile).collect::<Vec<_>>().concat()
    }

    /// The same of a point, which may be that of some rows.
    pub(crate) fn reach_of_point(&self, point: &Point, rows: &[usize]) -> f32 {
        let coarse = point.coarse();
        self.reach(coarse.view(), self.points.dot(&coarse).view(), rows)
    }

    /// The mean distance of a point to its nearest in the sample, without its `own` rows; 0 where there are none. `products` are
    /// its scalar products with the sample.
    fn reach(&self, point: ArrayView1<f32>, products: ArrayView1<f32>, own: &[usize]) -> f32 {
        let length = point.dot(&point);
        let mut squares = Vec::with_capacity(self.rows.len());
        for ((row, square), product) in self.rows.iter().zip(&self.squares).zip(products) {
            if !own.contains(row) {
                squares.push((length + square - 2.0 * product).max(0.0) + self.excess);
            }
        }
        if squares.len() > NEAREST {
            squares.select_nth_unstable_by(NEAREST, f32::total_cmp);
            squares.truncate(NEAREST);
        }
        // In one order, as sums of floats depend on it.
        squares.sort_unstable_by(f32::total_cmp);
        squares.iter().map(|square| square.sqrt()).sum::<f32>() / squares.len().max(1) as f32
    }
}

/// A distance between two points as it is shown, from the reach of the surroundings of both. Equal points are 0 apart, whatever
/// surrounds them; 1 is as far as the nearest hundredth of a large library.
pub(crate) fn scaled(distance: f32, one: f32, other: f32) -> f32 {
    let reach = (one * other).sqrt();
    if reach > 0.0 { distance / reach } else { distance }
}

/// A number that says nothing of the one from which it is made: the finaliser of MurmurHash3.
fn scrambled(number: u32) -> u32 {
    let number = (number ^ (number >> 16)).wrapping_mul(0x85eb_ca6b);
    let number = (number ^ (number >> 13)).wrapping_mul(0xc2b2_ae35);
    number ^ (number >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaled_distances_have_no_direction_and_equal_points_are_none_apart() {
        assert_eq!(scaled(2.0, 1.0, 4.0), scaled(2.0, 4.0, 1.0));
        assert_eq!((scaled(2.0, 1.0, 4.0), scaled(3.0, 3.0, 3.0)), (1.0, 1.0));
        // All songs of a library are equal.
        assert_eq!(scaled(0.0, 0.0, 0.0), 0.0);
    }

    #[test]
    fn scrambled_numbers_are_spread() {
        let low = (0..1000).filter(|number| scrambled(*number) < u32::MAX / 4).count();
        assert!((200..300).contains(&low), "{low}");
    }
}
