//! What a layout is, is given, and gives.

use ndarray::Array2;

/// Across and up.
pub(crate) type Position = [f32; 2];

/// A way of laying out points.
#[derive(Clone, Debug)]
pub struct MapLayout {
    /// The word that `--layout` takes.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// How many nearest rows of each row it looks at.
    pub(crate) neighbours: usize,
    /// It lays out at most so many points.
    pub(crate) most: usize,
    /// Of more points than it lays out, the others are placed among those; else they are too many.
    pub(crate) places_others: bool,
    /// How many steps `run` takes.
    pub(crate) steps: fn(&LayoutTask) -> u64,
    pub(crate) run: fn(&LayoutTask, &mut dyn FnMut()) -> Vec<Position>,
}

/// What is to be laid out.
pub(crate) struct LayoutTask<'a> {
    pub values: &'a Array2<f32>,
    /// The nearest rows of each row.
    pub nearest: &'a Nearest,
    /// What each row's random numbers are drawn from, so that they go with the row wherever it stands.
    pub keys: &'a [u64],
    /// Where a map of before has them; none: it is made anew.
    pub start: Option<Vec<Position>>,
}

/// The nearest rows of each row, the nearest first: equally many of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Nearest {
    pub k: usize,
    /// `k` for each row.
    pub rows: Vec<u32>,
    /// How far those are away.
    pub distances: Vec<f32>,
}

impl Nearest {
    pub(crate) fn len(&self) -> usize {
        self.rows.len().checked_div(self.k).unwrap_or_default()
    }

    /// The first `k` of each row.
    pub(crate) fn first(&self, k: usize) -> Self {
        if k >= self.k {
            return self.clone();
        }
        let rows = (0..self.len()).flat_map(|row| self.of(row).0[..k].iter().copied()).collect();
        let distances = (0..self.len()).flat_map(|row| self.of(row).1[..k].iter().copied()).collect();
        Self { k, rows, distances }
    }

    /// The nearest rows of one row, and their distances.
    pub(crate) fn of(&self, row: usize) -> (&[u32], &[f32]) {
        let range = row * self.k..(row + 1) * self.k;
        (&self.rows[range.clone()], &self.distances[range])
    }
}
