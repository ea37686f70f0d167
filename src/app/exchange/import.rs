//! `import`: what other machines have analysed comes into this store.

use std::path::{Path, PathBuf};

use super::TransferError;
use super::merge::Merge;
use super::report::{ForeignSpace, ImportSummary};
use crate::app::progress::{Event, Progress};
use crate::app::reduction;
use crate::exchange::tracks::{TRACKS, TrackTable};
use crate::exchange::{ExchangeError, SpaceColumn, TableReader};
use crate::space::SpaceId;
use crate::store::{Library, SpaceRecord, StoreError, View};
use crate::text::one_line;

/// What is imported.
pub(crate) struct ImportRequest<'a> {
    /// Files of tables of tracks.
    pub files: &'a [PathBuf],
    /// The spaces that this program fills now.
    pub current: Vec<SpaceId>,
}

/// A file whose table is known to fit.
struct Opened {
    reader: TableReader,
    tracks: TrackTable,
    /// Whether the vectors of each of its spaces are taken.
    taken: Vec<bool>,
}

/// Imports files into the store in `store`, which is made where there is none. All of them are looked at before anything is
/// written; each batch of rows is written whole, so that a second import completes what a first one has begun.
/// Errors: a file that is not whole, not ours, or of spaces of which this program has none.
pub(crate) fn import(
    request: &ImportRequest<'_>,
    store: &Path,
    progress: &dyn Progress,
) -> Result<ImportSummary, TransferError> {
    let stored = match View::open(store) {
        Err(StoreError::Missing(_)) => vec![],
        view => view?.spaces()?,
    };
    let mut foreign = Vec::new();
    let opened = request.files.iter().map(|path| open(path, request, &stored, &mut foreign));
    let opened = opened.collect::<Result<Vec<_>, TransferError>>()?;
    let library = Library::open(store)?;
    let mut merge = Merge::new(&library)?;
    merge.summary.foreign = foreign;
    progress.event(Event::Steps { steps: opened.iter().map(|file| file.reader.rows()).sum() });
    for Opened { reader, tracks, taken } in opened {
        let path = reader.path().to_owned();
        let taken: Vec<_> =
            tracks.spaces.iter().zip(taken).map(|(space, is_taken)| is_taken.then_some(space)).collect();
        let mut batches = reader.batches(tracks.needed())?;
        while let Some(batch) = batches.next()? {
            let steps = batch.len();
            let rows = batch.into_iter().map(|cells| tracks.row(cells)).collect::<Result<_, _>>();
            let rows = rows.map_err(|what| ExchangeError::Row { path: path.clone(), what })?;
            merge.batch(rows, &taken)?;
            (0..steps).for_each(|_| progress.event(Event::Step));
        }
    }
    progress.event(Event::End);
    let summary = merge.summary;
    for record in library.view()?.spaces()? {
        if summary.spaces.get(&record.space.name).is_some_and(|counts| counts.stored > 0) {
            let covered = library.view()?.covered(&record.space)?;
            reduction::update(&library, &record.space, &covered)?;
        }
    }
    Ok(summary)
}

/// Opens a file, and refuses it if nothing of it can be merged.
fn open(
    path: &Path,
    request: &ImportRequest<'_>,
    stored: &[SpaceRecord],
    foreign: &mut Vec<ForeignSpace>,
) -> Result<Opened, TransferError> {
    let reader = TableReader::open(path)?;
    if reader.table() != TRACKS {
        let found = one_line(reader.table());
        return Err(ExchangeError::NotTracks { path: path.to_owned(), found }.into());
    }
    let tracks = TrackTable::of(reader.said(TrackTable::SPACES));
    let tracks = tracks.ok_or_else(|| ExchangeError::Foreign(path.to_owned()))?;
    let mut taken = Vec::with_capacity(tracks.spaces.len());
    for column in &tracks.spaces {
        let of_store = stored.iter().find(|record| record.space == column.space);
        check_dimension(path, column, of_store)?;
        taken.push(of_store.is_some() || request.current.contains(&column.space));
    }
    let left_out =
        || tracks.spaces.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(column, _)| column);
    if !taken.is_empty() && !taken.contains(&true) {
        let found: Vec<_> = left_out().map(|column| described(&column.space)).collect();
        return Err(TransferError::ForeignSpaces { path: path.to_owned(), found: found.join(", ") });
    }
    foreign
        .extend(left_out().map(|column| ForeignSpace { space: column.space.clone(), file: path.to_owned() }));
    Ok(Opened { reader, tracks, taken })
}

fn check_dimension(
    path: &Path,
    column: &SpaceColumn,
    stored: Option<&SpaceRecord>,
) -> Result<(), TransferError> {
    match stored {
        Some(record) if record.dimension as usize != column.dimension => Err(TransferError::Dimension {
            path: path.to_owned(),
            space: described(&column.space),
            found: column.dimension,
            stored: record.dimension as usize,
        }),
        _ => Ok(()),
    }
}

fn described(space: &SpaceId) -> String {
    format!("{} {}", one_line(&space.name), space.fingerprint.short(16))
}
