//! Laying out vectors that are in no store.

use std::error::Error;

use ndarray::{Array2, Axis};

use crate::app::map::arrange::arrange;
use crate::app::progress::Quiet;
use crate::digest::Digest;
use crate::layout::layout;
use crate::space::{Points, SpaceId};
use crate::store::MapRecord;
use crate::track::ContentId;

/// Where each row lies by the layout of this name, starting from where the first ones were `before`, if they were anywhere. The
/// songs of the rows are those of their numbers.
///
/// # Errors
/// There is no such layout, or it is not for so many rows.
pub fn lay_out(
    values: &Array2<f32>,
    name: &str,
    seed: u64,
    before: Option<&[[f32; 2]]>,
) -> Result<Vec<[f32; 2]>, Box<dyn Error>> {
    let song = |row: usize| ContentId { recipe: 1, digest: Digest::of(&row.to_le_bytes()) };
    let space = SpaceId { name: "rows".to_owned(), fingerprint: Digest::of(b"rows") };
    let rows = values.axis_iter(Axis(0)).enumerate().map(|(row, values)| (song(row), values.to_vec()));
    let points = Points::new(space.clone(), rows.collect())?;
    let layout = layout(name).ok_or("no such layout")?;
    let last = before.map(|before| {
        let songs = before.iter().enumerate().map(|(row, position)| (song(row), *position));
        MapRecord::new(Digest::of(b"before"), vec![space], songs)
    });
    let found = arrange(&points, layout, seed, last.as_ref(), &Quiet)?.positions;
    let mut positions = vec![[0.0; 2]; values.nrows()];
    for (row, position) in positions.iter_mut().enumerate() {
        let place = points.contents().binary_search(&song(row)).map_err(|_| "every row is a song")?;
        *position = found[place];
    }
    Ok(positions)
}
