//! The same recording twice: as mp3 and flac, or on an album and a compilation.
//!
//! Two tracks are taken for one recording when they are equally long and their vectors are nearly the same; rather too
//! seldom than too often, for what is left out is in no playlist. Rows meet only in cells of a grid over length and the
//! three columns that spread most, so a library is not compared with itself.

use std::collections::HashMap;

use ndarray::{ArrayView1, Axis};

use crate::space::{Points, mfcc};

/// Seconds by which two encodings of one recording differ at most. Of 20 songs in seven encodings (mp3 at 128 kbit/s and
/// V0, mp3 at 48 kHz, Vorbis, AAC, flac, the original) none differed by more than 0.02; an mp3 that says nothing of its
/// encoder's padding is 0.1 longer.
const SECONDS: f64 = 0.25;

/// The largest distance between vectors, as they are clustered, of two encodings of one recording. In `mfcc` those lie up
/// to 0.52 apart, 85 % of the pairs within 0.3; two pieces of one length from one synthesiser 0.35. In a model's space
/// (miniature weights) encodings lie up to 0.08 apart, and other songs of the same length from 0.19 on.
fn nearest(space: &str) -> f32 {
    if space == mfcc::NAME { 0.3 } else { 0.1 }
}

/// The rows that repeat another: of the same recording the first in the order of `rank` stays, of equal ones the first
/// row. `seconds` and `ranks` are those of the rows of `points`, which are unit vectors or close to it.
pub fn duplicates<R: Ord>(points: &Points, seconds: &[f64], ranks: &[R]) -> Vec<usize> {
    let nearest = nearest(&points.space().name);
    let grid = Grid::over(points, nearest);
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| ranks[a].cmp(&ranks[b]).then(a.cmp(&b)));
    let mut kept: HashMap<Cell, Vec<usize>> = HashMap::new();
    let mut repeated = Vec::new();
    for row in order {
        let is_same = |other: usize| {
            (seconds[row] - seconds[other]).abs() <= SECONDS
                && is_within(points.values().row(row), points.values().row(other), nearest)
        };
        let cell = grid.cell(points, row, seconds[row]);
        let near = around(cell).filter_map(|cell| kept.get(&cell)).flatten();
        if near.into_iter().any(|&other| is_same(other)) {
            repeated.push(row);
        } else {
            kept.entry(cell).or_default().push(row);
        }
    }
    repeated.sort_unstable();
    repeated
}

type Cell = [i64; 4];

struct Grid {
    columns: Vec<usize>,
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
fn around(cell: Cell) -> impl Iterator<Item = Cell> {
    (0..81_i64).map(move |n| {
        let steps = [n % 3, n / 3 % 3, n / 9 % 3, n / 27];
        std::array::from_fn(|place| cell[place] + steps[place] - 1)
    })
}

/// Whether two rows are no farther apart; most pairs are told apart by a few columns.
fn is_within(a: ArrayView1<f32>, b: ArrayView1<f32>, nearest: f32) -> bool {
    let mut left = nearest * nearest;
    a.iter().zip(b).all(|(a, b)| {
        left -= (a - b) * (a - b);
        left >= 0.0
    })
}

#[cfg(test)]
mod tests;
