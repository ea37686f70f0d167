//! Points into a plane: where each of many vectors lies on a map.
//!
//! Every layout takes the nearest rows of each row, and moves all rows at once, from where they were in the step before: the
//! same points give the same map, whatever the number of threads.

mod fuzzy;
mod pca;
mod placing;
mod procrustes;
mod random;
mod tsne;
mod umap;

use ndarray::Array2;

pub(crate) use self::{pca::pca, placing::mean_of_nearest, placing::place, procrustes::align};

/// Across and up.
pub(crate) type Position = [f32; 2];

/// A way of laying out points.
#[derive(Clone, Debug)]
pub struct Layout {
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

/// Every layout, the default first.
pub static LAYOUTS: &[Layout] = &[
    Layout {
        name: "umap",
        about: "songs that sound alike lie together",
        neighbours: 15,
        most: 20_000,
        places_others: true,
        steps: umap::steps,
        run: umap::run,
    },
    Layout {
        name: "tsne",
        about: "the same by t-SNE, of at most 10 000 songs",
        neighbours: 90,
        most: 10_000,
        places_others: false,
        steps: tsne::steps,
        run: tsne::run,
    },
    Layout {
        name: "pca",
        about: "the two directions in which songs differ most",
        neighbours: 0,
        most: usize::MAX,
        places_others: false,
        steps: |_| 0,
        run: |task, _| pca(task.values),
    },
];

/// The layout of this name.
pub(crate) fn layout(name: &str) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|layout| layout.name == name)
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

#[cfg(test)]
mod tests;
