//! The points of one space, as they are compared: scaled, and less their mean.

use ndarray::{Array1, Array2, Axis, s};
use rayon::{iter::ParallelIterator, slice::ParallelSlice};

use super::error::SimilarError;
use crate::app::reduction::reduced_with_basis;
use crate::extract::traits_of;
use crate::space::basis::{Basis, WIDTH};
use crate::space::blocks::FittedBlocks;
use crate::space::{SpaceId, scale::unit_length_in_place};
use crate::store::{StoreError, View};
use crate::track::TrackNumber;

/// How many whole vectors one thread reads at once.
const BATCH: usize = 64;

/// The points of one space.
pub(super) struct SpacePart {
    space: SpaceId,
    /// The length of each point beside those of other spaces; none: it stands alone, and each keeps its own.
    weight: Option<f32>,
    /// What reduces whole vectors to coarse points; none: the coarse points are the exact ones.
    basis: Option<Basis>,
    /// A row for each song, and behind them one for each file from outside.
    pub coarse: Array2<f32>,
    /// The exact points of those files.
    outside: Array2<f32>,
}

impl SpacePart {
    /// Reads the points of a space, with the tracks of the first rows, and adds the vectors of files from outside.
    pub(super) fn read(
        view: &View,
        space: &SpaceId,
        weight: Option<f32>,
        outside: &[&[f32]],
    ) -> Result<(Vec<TrackNumber>, Self), SimilarError> {
        let other_width = || SimilarError::OtherWidth { space: space.name.clone() };
        let matrix = |rows: &[&[f32]]| {
            let width = rows.first().map_or(0, |row| row.len());
            Array2::from_shape_vec((rows.len(), width), rows.concat()).map_err(|_| other_width())
        };
        let (tracks, basis, mut coarse, mut exact) = match reduced_with_basis(view, space)? {
            Some((basis, reduced)) => {
                let (tracks, mut values) = (reduced.tracks, reduced.values);
                let mut exact = Array2::zeros((0, 0));
                if !outside.is_empty() {
                    let rows = matrix(outside)?;
                    if rows.ncols() < basis.least_columns() {
                        return Err(other_width());
                    }
                    values.extend(basis.project(rows.view()));
                    exact = basis.centred(rows.view());
                }
                let rows = tracks.len() + outside.len();
                let coarse = Array2::from_shape_vec((rows, WIDTH), values).map_err(|_| other_width())?;
                (tracks, Some(basis), coarse, exact)
            }
            None => {
                let (tracks, rows): (Vec<_>, Vec<_>) = view.vectors(space)?.into_iter().unzip();
                let rows: Vec<_> = rows.iter().map(Vec::as_slice).chain(outside.iter().copied()).collect();
                let points = compared(space, matrix(&rows)?, tracks.len());
                let exact = points.slice(s![tracks.len().., ..]).to_owned();
                (tracks, None, points, exact)
            }
        };
        weigh(&mut coarse, weight);
        weigh(&mut exact, weight);
        Ok((tracks, Self { space: space.clone(), weight, basis, coarse, outside: exact }))
    }

    /// The points of some of the tracks, both ascending, and those from outside.
    pub(super) fn only(mut self, all: &[TrackNumber], some: &[TrackNumber]) -> Self {
        if all.len() > some.len() {
            let rows = some.iter().map(|track| all.binary_search(track).expect("it is one of all"));
            let rows: Vec<_> = rows.chain(all.len()..self.coarse.nrows()).collect();
            self.coarse = self.coarse.select(Axis(0), &rows);
        }
        self
    }

    /// The exact points of some rows, of which the first are those of `tracks`; none where a vector cannot be read.
    pub(super) fn exact(
        &self,
        view: &View,
        tracks: &[TrackNumber],
        rows: &[usize],
    ) -> Result<Vec<Option<Array1<f32>>>, StoreError> {
        let Some(basis) = &self.basis else {
            return Ok(rows.iter().map(|&row| Some(self.coarse.row(row).to_owned())).collect());
        };
        let of_batch = |rows: &[usize]| self.exact_batch(view, basis, tracks, rows);
        let batches = rows.par_chunks(BATCH).map(of_batch).collect::<Result<Vec<_>, _>>()?;
        Ok(batches.into_iter().flatten().collect())
    }

    fn exact_batch(
        &self,
        view: &View,
        basis: &Basis,
        tracks: &[TrackNumber],
        rows: &[usize],
    ) -> Result<Vec<Option<Array1<f32>>>, StoreError> {
        let numbers: Vec<_> = rows.iter().filter_map(|&row| tracks.get(row).copied()).collect();
        let mut vectors = view.vectors_of(&self.space, &numbers)?;
        let width = vectors.values().next().map_or(0, Vec::len);
        vectors.retain(|_, vector| vector.len() == width && width >= basis.least_columns());
        let values = vectors.values().flatten().copied().collect();
        let matrix = Array2::from_shape_vec((vectors.len(), width), values).expect("rows of one width");
        let mut points = if vectors.is_empty() { matrix } else { basis.centred(matrix.view()) };
        weigh(&mut points, self.weight);
        let found: Vec<_> = vectors.into_keys().collect();
        let point = |row: &usize| match tracks.get(*row) {
            Some(track) => found.binary_search(track).ok().map(|row| points.row(row).to_owned()),
            None => Some(self.outside.row(row - tracks.len()).to_owned()),
        };
        Ok(rows.iter().map(point).collect())
    }
}

/// Vectors that are not reduced, as they are compared and less the mean of the first ones, those of the library, to which
/// all are scaled.
fn compared(space: &SpaceId, vectors: Array2<f32>, library: usize) -> Array2<f32> {
    if library == 0 {
        return vectors;
    }
    let traits = traits_of(&space.name);
    // Vectors of earlier recipes may lack the columns that are compared now.
    let is_current = traits.blocks.iter().all(|block| !block.columns(vectors.ncols()).is_empty());
    let points = match is_current {
        true => {
            let fitted = FittedBlocks::fit(traits.blocks, &vectors.slice(s![..library, ..]).to_owned());
            fitted.apply(vectors.view())
        }
        false => (traits.prepare)(vectors),
    };
    match points.slice(s![..library, ..]).mean_axis(Axis(0)) {
        Some(mean) => points - &mean,
        None => points,
    }
}

/// Gives each row the length that it has beside points of other spaces.
fn weigh(points: &mut Array2<f32>, weight: Option<f32>) {
    if let Some(weight) = weight {
        points.rows_mut().into_iter().for_each(|row| unit_length_in_place(row, weight));
    }
}
