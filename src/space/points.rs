//! The vectors of many tracks in one space: what is clustered, compared and drawn.

use std::iter;

use ndarray::{Array2, Axis, s};
use rayon::prelude::*;

use super::SpaceId;
use super::basis::{WIDTH, components};
use super::blocks::{Block, FittedBlocks, Scaling};
use crate::track::ContentId;

/// One row of finite values per track, in the order of the `ContentId`s, so that the order in which the tracks were
/// found never matters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Points {
    space: SpaceId,
    contents: Vec<ContentId>,
    values: Array2<f32>,
}

/// Why vectors cannot be compared.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum PointsError {
    #[error(
        "the {space} vector of track {content} has {found} values where others have {expected}: scan into a new --store"
    )]
    Ragged { space: String, content: ContentId, found: usize, expected: usize },
    #[error("the {space} vector of track {content} has {value} in column {column}: scan into a new --store")]
    NotFinite { space: String, content: ContentId, column: usize, value: f32 },
    #[error("track {content} has two vectors in {space}: scan into a new --store")]
    Twice { space: String, content: ContentId },
}

impl Points {
    /// Sorts the rows by `ContentId`. An error names the first track, in that order, whose vector is not finite, is of
    /// another width than the first one's, or is there twice.
    pub(crate) fn new<R: AsRef<[f32]> + Sync>(
        space: SpaceId,
        mut rows: Vec<(ContentId, R)>,
    ) -> Result<Self, PointsError> {
        rows.sort_unstable_by_key(|(content, _)| *content);
        let expected = rows.first().map_or(0, |(_, row)| row.as_ref().len());
        for (before, (content, row)) in iter::once(None).chain(rows.iter().map(Some)).zip(&rows) {
            let (space, content, found) = (|| space.name.clone(), *content, row.as_ref().len());
            if before.is_some_and(|(before, _)| *before == content) {
                return Err(PointsError::Twice { space: space(), content });
            }
            if found != expected {
                return Err(PointsError::Ragged { space: space(), content, found, expected });
            }
        }
        let mut values = vec![0.0; rows.len() * expected];
        // The rows are scattered in memory: two cores wait for them half as long as one.
        let copied = values.par_chunks_exact_mut(expected.max(1)).zip(&rows);
        let wrong = copied.find_map_first(|(values, (content, row))| {
            values.copy_from_slice(row.as_ref());
            let column = values.iter().position(|value| !value.is_finite())?;
            let (space, content, value) = (space.name.clone(), *content, values[column]);
            Some(PointsError::NotFinite { space, content, column, value })
        });
        if let Some(error) = wrong {
            return Err(error);
        }
        let contents: Vec<_> = rows.into_iter().map(|(content, _)| content).collect();
        let values = Array2::from_shape_vec((contents.len(), expected), values).expect("rows of one width");
        Ok(Self { space, contents, values })
    }

    /// The same from rows of one width that stand in the order of their tracks, each once.
    pub(crate) fn of_matrix(
        space: SpaceId,
        contents: Vec<ContentId>,
        values: Array2<f32>,
    ) -> Result<Self, PointsError> {
        assert!(
            contents.is_sorted() && contents.len() == values.nrows(),
            "rows stand in the order of tracks"
        );
        if let Some(twice) = contents.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(PointsError::Twice { space: space.name, content: twice[0] });
        }
        let rows = values.as_slice().unwrap_or_default().par_chunks_exact(values.ncols().max(1));
        let wrong = rows.enumerate().find_map_first(|(row, values)| {
            let column = values.iter().position(|value| !value.is_finite())?;
            let (space, content, value) = (space.name.clone(), contents[row], values[column]);
            Some(PointsError::NotFinite { space, content, column, value })
        });
        wrong.map_or(Ok(Self { space, contents, values }), Err)
    }

    /// Where the vectors come from.
    pub(crate) fn space(&self) -> &SpaceId {
        &self.space
    }

    /// The tracks, ascending; one per row.
    pub(crate) fn contents(&self) -> &[ContentId] {
        &self.contents
    }

    /// Tracks × columns.
    pub(crate) fn values(&self) -> &Array2<f32> {
        &self.values
    }

    /// Frees the values: what is left are the tracks, with rows of no columns.
    pub(crate) fn forget_values(&mut self) {
        self.values = Array2::zeros((self.contents.len(), 0));
    }

    pub(crate) fn len(&self) -> usize {
        self.contents.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.contents.is_empty()
    }

    /// The tracks that are not `excluded`.
    pub(crate) fn without(&self, excluded: impl Fn(&ContentId) -> bool) -> Self {
        let rows: Vec<_> = (0..self.len()).filter(|row| !excluded(&self.contents[*row])).collect();
        self.only(&rows)
    }

    /// At most so many of the tracks, spread evenly, which makes them random, as they stand in the order of hashes.
    pub(crate) fn sample(&self, most: usize) -> Self {
        let (tracks, kept) = (self.len(), self.len().min(most));
        let rows: Vec<usize> = (0..kept).map(|row| row * tracks / kept).collect();
        self.only(&rows)
    }

    /// Points of the same tracks side by side, each centred, of unit length and then of its weight; from there on their
    /// principal components.
    ///
    /// # Panics
    /// When they are not of the same tracks.
    pub(crate) fn side_by_side(space: SpaceId, parts: Vec<(Self, f32)>) -> Self {
        let (mut blocks, mut first) = (Vec::new(), 0);
        for (part, weight) in &parts {
            let end = first + part.values.ncols();
            blocks.push(Block { first, end, scaling: Scaling::Centred, weight: *weight });
            first = end;
        }
        let contents = parts.first().map_or(vec![], |(part, _)| part.contents.clone());
        assert!(parts.iter().all(|(part, _)| part.contents == contents), "parts have the same tracks");
        let mut values = Array2::zeros((contents.len(), first));
        for ((part, _), block) in parts.into_iter().zip(&blocks) {
            values.slice_mut(s![.., block.columns(first)]).assign(&part.values);
        }
        let values = components(FittedBlocks::fit(&blocks, &values).apply(values.view()), WIDTH);
        Self { space, contents, values }
    }

    /// Some of the tracks, by their rows, ascending.
    pub(crate) fn only(&self, rows: &[usize]) -> Self {
        Self {
            space: self.space.clone(),
            contents: rows.iter().map(|&row| self.contents[row]).collect(),
            values: self.values.select(Axis(0), rows),
        }
    }

    /// As [`map`](Self::map), where the values are there already.
    pub(crate) fn with_values(&self, values: Array2<f32>) -> Self {
        assert_eq!(values.nrows(), self.contents.len(), "a change of values keeps the rows");
        Self { space: self.space.clone(), contents: self.contents.clone(), values }
    }

    /// The same tracks with other values, such as [scaled](super::scale) ones.
    ///
    /// # Panics
    /// When `change` adds or drops rows.
    pub(crate) fn map(self, change: impl FnOnce(Array2<f32>) -> Array2<f32>) -> Self {
        let values = change(self.values);
        assert_eq!(values.nrows(), self.contents.len(), "a change of values keeps the rows");
        Self { values, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use ndarray::array;

    fn track(n: u8) -> ContentId {
        ContentId { recipe: 1, digest: Digest([n; 32]) }
    }

    type Rows<'a> = &'a [(u8, &'a [f32])];

    fn points(rows: Rows) -> Result<Points, PointsError> {
        let space = SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) };
        Points::new(space, rows.iter().map(|(n, row)| (track(*n), row.to_vec())).collect())
    }

    #[test]
    fn rows_stand_in_the_order_of_their_content() {
        let points = points(&[(3, &[3., 0.]), (1, &[1., 0.]), (2, &[2., 0.])]).unwrap();
        assert_eq!(points.contents(), [track(1), track(2), track(3)]);
        assert_eq!(points.values(), array![[1., 0.], [2., 0.], [3., 0.]]);
    }

    #[test]
    fn what_is_no_point_is_refused_with_its_track() {
        let cases: [(Rows, &str); 4] = [
            (&[(1, &[0.]), (2, &[f32::NAN])], "has NaN in column 0"),
            (&[(1, &[0., 0.]), (2, &[0., f32::NEG_INFINITY])], "has -inf in column 1"),
            (&[(1, &[0., 0.]), (2, &[0.])], "has 1 values where others have 2"),
            (&[(2, &[0.]), (1, &[0.]), (2, &[0.])], "has two vectors in mfcc"),
        ];
        for (rows, reason) in cases {
            let message = points(rows).unwrap_err().to_string();
            assert!(message.contains(reason) && message.contains(&track(2).to_string()), "{message}");
        }
    }

    #[test]
    fn what_is_taken_out_leaves_the_others_as_they_are() {
        let points = points(&[(3, &[3., 0.]), (1, &[1., 0.]), (2, &[2., 0.])]).unwrap();
        let left = points.without(|content| *content == track(2));
        assert_eq!(left.contents(), [track(1), track(3)]);
        assert_eq!(left.values(), array![[1., 0.], [3., 0.]]);
        assert!(points.without(|_| true).is_empty());
    }

    #[test]
    fn a_sample_is_spread_evenly() {
        let all = points(&[(1, &[1.]), (2, &[2.]), (3, &[3.]), (4, &[4.]), (5, &[5.])]).unwrap();
        assert_eq!(all.sample(2).contents(), [track(1), track(3)]);
        assert_eq!(all.sample(2).values(), array![[1.], [3.]]);
        assert_eq!(all.sample(5), all);
        assert_eq!(all.sample(9), all);
        assert!(points(&[]).unwrap().sample(3).is_empty());
    }

    #[test]
    fn no_tracks_are_no_points() {
        assert!(points(&[]).unwrap().is_empty());
    }
}
