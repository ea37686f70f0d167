//! Reduced vectors of wide spaces: stores them, and computes them for readers where none are stored.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use ndarray::Array2;

use crate::space::basis::{Basis, LEAST, SAMPLE, WIDTH};
use crate::store::{Change, Library, Reduced, SpaceRecord, StoreError, View};
use crate::{extract::traits_of, space::SpaceId, track::TrackNumber};

/// How many vectors are read at once: 8 MB of the widest.
const BATCH: usize = 1000;

/// Fits a basis if `covered`, the tracks of a space, are enough for a first one or twice as many as the last
/// one was fitted to, and reduces the vectors that are not reduced yet.
pub(crate) fn update(
    library: &Library,
    space: &SpaceId,
    covered: &HashSet<TrackNumber>,
) -> Result<(), StoreError> {
    let view = library.view()?;
    if !is_wide(&view, space)? || covered.len() < LEAST {
        return Ok(());
    }
    let valid = view.basis(space)?.filter(|basis| covered.len() < 2 * basis.tracks as usize);
    let change = match valid {
        None => {
            let Some(change) = anew(&view, space, covered)? else { return Ok(()) };
            change
        }
        Some(basis) => {
            let reduced: HashSet<_> = view.reduced(space, basis.number)?.tracks.into_iter().collect();
            let rows = project(&view, space, &basis, covered.difference(&reduced).copied())?;
            if rows.is_empty() {
                return Ok(());
            }
            Change::Reduced(space.clone(), basis.number, rows)
        }
    };
    drop(view);
    library.commit(&[change])
}

/// Fits a basis to all tracks of a space as they are now, and reduces all of its vectors by it, so that both are as if the tracks
/// had come at once. Where there are too few tracks nothing is done.
pub(crate) fn renew(library: &Library, space: &SpaceId) -> Result<(), StoreError> {
    let view = library.view()?;
    let covered = view.covered(space)?;
    if !is_wide(&view, space)? || covered.len() < LEAST {
        return Ok(());
    }
    let Some(change) = anew(&view, space, &covered)? else { return Ok(()) };
    drop(view);
    library.commit(&[change])
}

/// A new basis with the vectors that are reduced by it.
fn anew(view: &View, space: &SpaceId, covered: &HashSet<TrackNumber>) -> Result<Option<Change>, StoreError> {
    let number = view.basis(space)?.map_or(0, |basis| basis.number + 1);
    let Some(basis) = fit(view, space, covered, number)? else { return Ok(None) };
    let rows = project(view, space, &basis, covered.iter().copied())?;
    Ok(Some(Change::Basis(space.clone(), Arc::new(basis), rows)))
}

/// A basis fitted to a sample: the tracks whose content ids are smallest. None where too few of their vectors
/// can be read.
fn fit(
    view: &View,
    space: &SpaceId,
    covered: &HashSet<TrackNumber>,
    number: u32,
) -> Result<Option<Basis>, StoreError> {
    let mut contents = Vec::with_capacity(covered.len());
    view.tracks(|track, record| {
        if covered.contains(&track) {
            contents.push((record.content, track));
        }
    })?;
    contents.sort_unstable();
    let sample: Vec<_> = contents.into_iter().take(SAMPLE).map(|(_, track)| track).collect();
    let mut vectors = view.vectors_of(space, &sample)?;
    let rows: Vec<_> = sample.iter().filter_map(|track| vectors.remove(track)).collect();
    let blocks = traits_of(&space.name).blocks;
    let is_enough = rows.len() >= LEAST;
    Ok(is_enough.then(|| Basis::fit(blocks, &matrix(rows), number, covered.len() as u64)))
}

/// Whether a space's vectors are reduced where there are many.
fn is_wide(view: &View, space: &SpaceId) -> Result<bool, StoreError> {
    let columns = |dimension: u32| -> usize {
        traits_of(&space.name).blocks.iter().map(|block| block.columns(dimension as usize).len()).sum()
    };
    let is_wide = |record: &SpaceRecord| record.space == *space && columns(record.dimension) > WIDTH;
    Ok(view.spaces()?.iter().any(is_wide))
}

fn project(
    view: &View,
    space: &SpaceId,
    basis: &Basis,
    tracks: impl Iterator<Item = TrackNumber>,
) -> Result<BTreeMap<TrackNumber, Vec<f32>>, StoreError> {
    let mut tracks: Vec<_> = tracks.collect();
    tracks.sort_unstable();
    let mut reduced = BTreeMap::new();
    for batch in tracks.chunks(BATCH) {
        let vectors =
            view.vectors_of(space, batch)?.into_iter().filter(|(_, row)| row.len() >= basis.least_columns());
        let (tracks, rows): (Vec<_>, Vec<_>) = vectors.unzip();
        if !rows.is_empty() {
            let rows = basis.project(matrix(rows).view());
            reduced.extend(tracks.into_iter().zip(rows.rows().into_iter().map(|row| row.to_vec())));
        }
    }
    Ok(reduced)
}

/// The reduced vectors of a space, if it is wide and has enough tracks. Where none are stored they are computed.
pub(crate) fn reduced(view: &View, space: &SpaceId) -> Result<Option<Reduced>, StoreError> {
    Ok(reduced_with_basis(view, space)?.map(|(_, reduced)| reduced))
}

/// The same with what they are reduced by.
pub(crate) fn reduced_with_basis(
    view: &View,
    space: &SpaceId,
) -> Result<Option<(Basis, Reduced)>, StoreError> {
    if let Some(basis) = view.basis(space)? {
        let reduced = view.reduced(space, basis.number)?;
        return Ok(Some((basis, reduced)));
    }
    if !is_wide(view, space)? {
        return Ok(None);
    }
    let covered = view.covered(space)?;
    let basis = if covered.len() < LEAST { None } else { fit(view, space, &covered, 0)? };
    let Some(basis) = basis else { return Ok(None) };
    let rows = project(view, space, &basis, covered.into_iter())?;
    let (tracks, rows): (_, Vec<_>) = rows.into_iter().unzip();
    Ok(Some((basis, Reduced { tracks, values: rows.concat() })))
}

/// The tracks of a space. Where reduced vectors are stored these are read, which is forty times as fast.
pub(crate) fn covered(view: &View, space: &SpaceId) -> Result<HashSet<TrackNumber>, StoreError> {
    match view.basis(space)? {
        Some(basis) => Ok(view.reduced(space, basis.number)?.tracks.into_iter().collect()),
        None => view.covered(space),
    }
}

/// A matrix of the rows that have the width of the first one. All vectors of a space do, unless the store is damaged.
fn matrix(rows: Vec<Vec<f32>>) -> Array2<f32> {
    let width = rows.first().map_or(0, Vec::len);
    let rows: Vec<_> = rows.into_iter().filter(|row| row.len() == width).collect();
    Array2::from_shape_vec((rows.len(), width), rows.concat()).expect("rows of one width")
}

#[cfg(test)]
mod tests;
