//! Blocks of columns: each is brought to one scale by itself, so that blocks that measure different things in different
//! numbers of columns can stand side by side.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis, s};
use serde::{Deserialize, Serialize};

use super::scale::{mean_and_deviation, unit_length_in_place};

/// Columns side by side that are compared together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub first: usize,
    /// One past the last column; of the last block it may lie beyond the vectors.
    pub end: usize,
    pub scaling: Scaling,
    /// The length of each row of the block, once it is scaled.
    pub weight: f32,
}

/// What is done with the columns of a block before its rows get their length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scaling {
    Unchanged,
    /// The means of the columns are taken away.
    Centred,
    /// Then the columns are divided by their deviations.
    Standardised,
}

impl Block {
    /// Its columns in vectors of so many.
    pub(crate) fn columns(&self, width: usize) -> Range<usize> {
        self.first.min(width)..self.end.min(width)
    }
}

/// The columns of whole vectors, which are compared by their angles.
pub(crate) const WHOLE: &[Block] =
    &[Block { first: 0, end: usize::MAX, scaling: Scaling::Unchanged, weight: 1.0 }];

/// A block with the means and deviations of a sample of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct FittedBlock {
    first: u32,
    columns: u32,
    /// Of each column; empty: nothing is taken away.
    means: Vec<f32>,
    /// What each column is multiplied by; empty: nothing is.
    factors: Vec<f32>,
    weight: f32,
}

/// All blocks of a space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FittedBlocks(Vec<FittedBlock>);

impl FittedBlocks {
    /// Fits blocks to a sample of rows (rows × columns), of which there is at least one.
    pub(crate) fn fit(blocks: &[Block], rows: &Array2<f32>) -> Self {
        Self(blocks.iter().map(|block| FittedBlock::fit(block, rows)).collect())
    }

    /// Vectors of so many columns that are compared by their angles.
    pub(crate) fn whole(columns: usize) -> Self {
        Self::fit(WHOLE, &Array2::zeros((1, columns)))
    }

    /// The rows as they are compared (rows × columns of all blocks).
    pub(crate) fn apply(&self, rows: ArrayView2<f32>) -> Array2<f32> {
        let columns = self.0.iter().map(|block| block.columns as usize).sum();
        let mut applied = Array2::zeros((rows.nrows(), columns));
        let mut first = 0;
        for block in &self.0 {
            let end = first + block.columns as usize;
            block.apply(rows.slice(s![.., block.range()]), applied.slice_mut(s![.., first..end]));
            first = end;
        }
        applied
    }

    /// Columns that the rows must have at least.
    pub(crate) fn least_columns(&self) -> usize {
        self.0.iter().map(|block| block.range().end).max().unwrap_or(0)
    }
}

impl FittedBlock {
    fn fit(block: &Block, rows: &Array2<f32>) -> Self {
        let columns = block.columns(rows.ncols());
        let values = rows.slice(s![.., columns.clone()]);
        let (means, factors) = match block.scaling {
            Scaling::Unchanged => (vec![], vec![]),
            scaling => {
                let moments = values.columns().into_iter().map(mean_and_deviation);
                let (means, deviations): (Vec<_>, Vec<_>) = moments.unzip();
                // A column of equal values says nothing.
                let factor = |deviation: f64| if deviation > 0.0 { (1.0 / deviation) as f32 } else { 0.0 };
                let factors = deviations.into_iter().map(factor);
                let means = means.into_iter().map(|mean: f64| mean as f32).collect();
                (means, factors.filter(|_| scaling == Scaling::Standardised).collect())
            }
        };
        let (first, columns) = (columns.start as u32, columns.len() as u32);
        Self { first, columns, means, factors, weight: block.weight }
    }

    fn range(&self) -> Range<usize> {
        self.first as usize..(self.first + self.columns) as usize
    }

    fn apply(&self, rows: ArrayView2<f32>, mut applied: ArrayViewMut2<f32>) {
        applied.assign(&rows);
        if !self.means.is_empty() {
            applied -= &Array1::from(self.means.clone());
        }
        if !self.factors.is_empty() {
            applied *= &Array1::from(self.factors.clone());
        }
        for row in applied.axis_iter_mut(Axis(0)) {
            unit_length_in_place(row, self.weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn each_block_is_scaled_by_itself_and_has_its_weight() {
        let blocks = [
            Block { first: 1, end: 3, scaling: Scaling::Centred, weight: 1.0 },
            Block { first: 3, end: 5, scaling: Scaling::Standardised, weight: 0.5 },
        ];
        let rows = array![[9., 0., 4., 10., 7.], [9., 6., -4., 30., 7.], [9., 3., 0., 20., 7.]];
        let fitted = FittedBlocks::fit(&blocks, &rows);
        // Centred: (-3, 4), (3, -4), (0, 0); the column of sevens says nothing.
        let expected = array![[-0.6, 0.8, -0.5, 0.], [0.6, -0.8, 0.5, 0.], [0., 0., 0., 0.]];
        let found = fitted.apply(rows.view());
        assert!((&found - &expected).iter().all(|gap: &f32| gap.abs() < 1e-6), "{found}");
        assert_eq!(fitted.least_columns(), 5);
        // Other rows are scaled by what was fitted.
        let other = fitted.apply(array![[0., 3., 1., 20., 0.]].view());
        assert!((&other - &array![[0., 1., 0., 0.]]).iter().all(|gap: &f32| gap.abs() < 1e-6), "{other}");
    }

    #[test]
    fn a_whole_vector_gets_unit_length() {
        let rows = array![[3., 4.], [0., 0.]];
        let expected = array![[0.6, 0.8], [0., 0.]];
        assert_eq!(FittedBlocks::fit(WHOLE, &rows).apply(rows.view()), expected);
        assert_eq!(FittedBlocks::whole(2).apply(rows.view()), expected);
    }
}
