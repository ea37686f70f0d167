//! The songs of one or several spaces as points: coarse ones of all songs, which are held in memory, and exact ones, which are
//! read where they are needed.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::error::SimilarError;
use super::part::SpacePart;
use crate::app::cluster::combination::Combination;
use crate::store::{StoreError, View};
use crate::track::TrackNumber;

/// Rows whose distances are computed by one thread at a time.
const CHUNK: usize = 4096;

/// The songs that all of some spaces have, a row each, and behind them files from outside the library.
pub(crate) struct SearchSpace {
    /// Ascending.
    tracks: Vec<TrackNumber>,
    /// One for each space.
    parts: Vec<SpacePart>,
}

/// A point of each space, as it is compared with coarse and with exact points.
#[derive(Clone, Debug)]
pub(crate) struct Point(pub Vec<PartPoint>);

/// A point of one space.
#[derive(Clone, Debug)]
pub(crate) struct PartPoint {
    pub coarse: Array1<f32>,
    /// None where its whole vector cannot be read.
    pub exact: Option<Array1<f32>>,
}

/// The vectors of a file, one for each space.
pub(crate) type FileVectors = Vec<Vec<f32>>;

impl SearchSpace {
    /// Reads the points of the spaces, and adds those of files from `outside` the library.
    pub(crate) fn open(
        view: &View,
        spaces: &Combination,
        outside: &[FileVectors],
    ) -> Result<Self, SimilarError> {
        let mut read = Vec::new();
        for (part, (space, weight)) in spaces.0.iter().enumerate() {
            let outside: Vec<_> = outside.iter().map(|vectors| vectors[part].as_slice()).collect();
            let weight = (spaces.0.len() > 1).then_some(*weight);
            read.push(SpacePart::read(view, space, weight, &outside)?);
        }
        let mut common = read.first().map_or(vec![], |(tracks, _)| tracks.clone());
        common.retain(|track| read.iter().all(|(tracks, _)| tracks.binary_search(track).is_ok()));
        let parts = read.into_iter().map(|(tracks, part)| part.only(&tracks, &common)).collect();
        Ok(Self { tracks: common, parts })
    }

    pub(crate) fn tracks(&self) -> &[TrackNumber] {
        &self.tracks
    }

    /// The row of a song, if all spaces have it.
    pub(crate) fn row(&self, track: TrackNumber) -> Option<usize> {
        self.tracks.binary_search(&track).ok()
    }

    /// The point of a row.
    pub(crate) fn point(&self, view: &View, row: usize) -> Result<Point, StoreError> {
        let part = |part: &SpacePart| {
            let exact = part.exact(view, &self.tracks, &[row])?.remove(0);
            Ok(PartPoint { coarse: part.coarse.row(row).to_owned(), exact })
        };
        Ok(Point(self.parts.iter().map(part).collect::<Result<_, StoreError>>()?))
    }

    /// What the squares of exact distances between some rows have in excess of those of coarse ones, in the mean.
    pub(crate) fn excess(&self, view: &View, rows: &[usize]) -> Result<f32, StoreError> {
        let mut excess = 0.0;
        for part in &self.parts {
            let exact = part.exact(view, &self.tracks, rows)?;
            let both =
                rows.iter().zip(&exact).filter_map(|(&row, exact)| Some((row, exact.as_ref()?.view())));
            let (rows, exact): (Vec<_>, Vec<_>) = both.unzip();
            let coarse: Vec<_> = rows.iter().map(|&row| part.coarse.row(row)).collect();
            excess += mean_square_between(&exact) - mean_square_between(&coarse);
        }
        Ok(excess.max(0.0))
    }

    /// The coarse points of some rows, those of all spaces side by side.
    pub(crate) fn coarse(&self, rows: &[usize]) -> Array2<f32> {
        let parts: Vec<_> = self.parts.iter().map(|part| part.coarse.select(Axis(0), rows)).collect();
        let views: Vec<ArrayView2<f32>> = parts.iter().map(Array2::view).collect();
        ndarray::concatenate(Axis(1), &views).expect("parts have the same rows")
    }

    /// The squared distances of all songs to a point, by coarse points.
    pub(crate) fn coarse_squares(&self, point: &Point) -> Vec<f32> {
        let mut squares = vec![0.0; self.tracks.len()];
        for (part, point) in self.parts.iter().zip(&point.0) {
            squares.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, squares)| {
                let rows = part.coarse.slice(s![chunk * CHUNK.., ..]);
                for (square, row) in squares.iter_mut().zip(rows.rows()) {
                    *square += square_between(row, point.coarse.view());
                }
            });
        }
        squares
    }

    /// The squared distances of some songs to a point, by exact points as far as there are any.
    pub(crate) fn exact_squares(
        &self,
        view: &View,
        point: &Point,
        rows: &[usize],
    ) -> Result<Vec<f32>, StoreError> {
        let mut squares = vec![0.0; rows.len()];
        for (part, point) in self.parts.iter().zip(&point.0) {
            let exact = part.exact(view, &self.tracks, rows)?;
            for ((square, &row), exact) in squares.iter_mut().zip(rows).zip(&exact) {
                *square += match (exact, &point.exact) {
                    (Some(exact), Some(point)) => square_between(exact.view(), point.view()),
                    _ => square_between(part.coarse.row(row), point.coarse.view()),
                };
            }
        }
        Ok(squares)
    }
}

impl Point {
    /// The coarse points of all spaces side by side.
    pub(crate) fn coarse(&self) -> Array1<f32> {
        self.0.iter().flat_map(|part| part.coarse.iter().copied()).collect()
    }
}

/// The mean squared distance between any two of some points: twice their variance.
fn mean_square_between(points: &[ArrayView1<f32>]) -> f32 {
    let (Some(first), count) = (points.first(), points.len() as f32) else { return 0.0 };
    let mean = points.iter().fold(Array1::zeros(first.len()), |sum, point| sum + point) / count;
    let around: f32 = points.iter().map(|point| square_between(*point, mean.view())).sum();
    2.0 * around / (count - 1.0).max(1.0)
}

/// The squared Euclidean distance, summed up in eight lanes.
fn square_between(a: ArrayView1<f32>, b: ArrayView1<f32>) -> f32 {
    let (Some(a), Some(b)) = (a.to_slice(), b.to_slice()) else {
        return a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
    };
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut lanes = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..8 {
            lanes[lane] += (a[lane] - b[lane]) * (a[lane] - b[lane]);
        }
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| (a - b) * (a - b)).sum::<f32>()
}
