//! Recordings that are there more than once: as mp3 and flac, or on an album and a compilation.
//!
//! Two tracks count as one recording when they are equally long and their vectors are nearly the same. In doubt they
//! count as two, for a track that is left out is in no playlist. Rows are compared only with those in neighbouring
//! cells of a grid over length and the three columns that spread most, not with the whole library.

use std::collections::HashMap;

use ndarray::{ArrayView1, Axis};

use crate::{extract::traits_of, space::Points};

/// Seconds by which the lengths of two encodings of one recording differ at most. Of 20 songs in seven
/// encodings (mp3 at 128 kbit/s and V0, mp3 at 48 kHz, Vorbis, AAC, flac, the original) none differed by more
/// than 0.02; an mp3 that does not declare its encoder's padding is 0.1 longer.
const SECONDS: f64 = 0.25;

/// The rows that repeat another one, ascending. Of one recording the row of the lowest rank stays; of equal ranks, the
/// first row. `seconds` and `ranks` are those of the rows of `points`, which are unit vectors or close to it.
pub(crate) fn duplicates<R: Ord>(points: &Points, seconds: &[f64], ranks: &[R]) -> Vec<usize> {
    let radius = traits_of(&points.space().name).duplicate_radius;
    let grid = Grid::over(points, radius);
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| ranks[a].cmp(&ranks[b]).then(a.cmp(&b)));
    let mut kept: HashMap<Cell, Vec<usize>> = HashMap::new();
    let mut repeated = Vec::new();
    for row in order {
        let is_same = |other: usize| {
            (seconds[row] - seconds[other]).abs() <= SECONDS
                && is_within(points.values().row(row), points.values().row(other), radius)
        };
        let cell = grid.cell(points, row, seconds[row]);
        let mut near = neighbours(cell).filter_map(|cell| kept.get(&cell)).flatten();
        if near.any(|&other| is_same(other)) {
            repeated.push(row);
        } else {
            kept.entry(cell).or_default().push(row);
        }
    }
    repeated.sort_unstable();
    repeated
}

/// Length, then the three columns of a [`Grid`], in steps.
type Cell = [i64; 4];

struct Grid {
    /// The three columns that spread most.
    columns: Vec<usize>,
    /// Of a cell in each of them.
    width: f32,
}

impl Grid {
    fn over(points: &Points, width: f32) -> Self {
        let spread = points.values().var_axis(Axis(0), 0.0);
        let mut columns: Vec<usize> = (0..spread.len()).collect();
        columns.sort_by(|&a, &b| spread[b].total_cmp(&spread[a]).then(a.cmp(&b)));
        columns.truncate(3);
        Self { columns, width }
    }

    fn cell(&self, points: &Points, row: usize, seconds: f64) -> Cell {
        let mut cell = [(seconds / SECONDS).floor() as i64, 0, 0, 0];
        for (place, &column) in self.columns.iter().enumerate() {
            cell[place + 1] = (points.values()[(row, column)] / self.width).floor() as i64;
        }
        cell
    }
}

/// A cell and all that touch it.
fn neighbours(cell: Cell) -> impl Iterator<Item = Cell> {
    (0..81_i64).map(move |n| {
        let steps = [n % 3, n / 3 % 3, n / 9 % 3, n / 27];
        std::array::from_fn(|place| cell[place] + steps[place] - 1)
    })
}

/// Whether two rows are at most `radius` apart. For most pairs a few columns decide that they are not.
fn is_within(a: ArrayView1<f32>, b: ArrayView1<f32>, radius: f32) -> bool {
    let mut left = radius * radius;
    a.iter().zip(b).all(|(a, b)| {
        left -= (a - b) * (a - b);
        left >= 0.0
    })
}

#[cfg(test)]
mod tests;
