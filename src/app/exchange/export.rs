//! `export`: tracks with their vectors, playlists and runs as files of another program's format.

use std::path::{Path, PathBuf};

use super::TransferError;
use super::folder::ExportFolder;
use super::history::{each_playlist, each_run, playlists_table, runs_table};
use super::report::ExportSummary;
use super::rows::TrackRows;
use crate::app::damage::warn_of_damaged_rows;
use crate::app::progress::{Event, Progress};
use crate::exchange::SpaceColumn;
use crate::exchange::format::TableFormat;
use crate::exchange::tracks::{TrackRow, TrackTable};
use crate::extract::precision_of;
use crate::store::View;

/// What is exported, and how.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// The folder, which is made if it is not there.
    pub folder: PathBuf,
    /// A row of [`TABLE_FORMATS`](crate::TABLE_FORMATS).
    pub format: &'static TableFormat,
    /// Methods whose vectors are written; none: all that the library has.
    pub methods: Vec<String>,
    /// Replace files that are somebody else's.
    pub force: bool,
}

/// Exports the store in `store`. All files are written, or none.
/// Errors: a file that cannot be written or is somebody else's; no vectors of a method that was named.
pub(crate) fn export(
    request: &ExportRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<ExportSummary, TransferError> {
    let view = View::open(store)?;
    let tracks = TrackTable { spaces: spaces(&view, &request.methods)? };
    let mut folder = ExportFolder::open(&request.folder, request.force)?;
    let mut summary = ExportSummary { format: request.format.name, ..ExportSummary::default() };
    let tables = [tracks.table(), playlists_table(), runs_table()];
    for name in tables.iter().flat_map(|table| request.format.files(table)) {
        folder.check(&name)?;
    }
    let mut open = |name: String| folder.file(&name);
    let [of_tracks, of_playlists, of_runs] = tables;
    let mut writer = request.format.writer(&of_tracks, &mut open)?;
    let rows = TrackRows::new(&view, &tracks.spaces)?;
    progress.event(Event::Steps { steps: rows.len() });
    rows.each(|batch| {
        for row in batch {
            summary.count(&tracks, &row);
            writer.push(tracks.cells(row))?;
            progress.event(Event::Step);
        }
        Ok::<_, TransferError>(())
    })?;
    writer.finish()?;
    progress.event(Event::End);
    let mut writer = request.format.writer(&of_playlists, &mut open)?;
    summary.playlists = each_playlist(store, &mut |row| Ok(writer.push(row)?))?;
    writer.finish()?;
    let mut writer = request.format.writer(&of_runs, &mut open)?;
    summary.runs = each_run(store, &mut |row| Ok(writer.push(row)?))?;
    writer.finish()?;
    warn_of_damaged_rows(&view, progress);
    summary.files = folder.place()?;
    summary.folder.clone_from(&request.folder);
    Ok(summary)
}

impl ExportSummary {
    fn count(&mut self, tracks: &TrackTable, row: &TrackRow) {
        let is_track = row.track.is_some();
        self.tracks += u64::from(is_track);
        self.others += u64::from(!is_track);
        for (space, _) in tracks.spaces.iter().zip(&row.vectors).filter(|(_, vector)| vector.is_some()) {
            *self.vectors.entry(space.column.clone()).or_default() += 1;
        }
    }
}

/// The spaces of the methods that were named; none: all that have vectors.
fn spaces(view: &View, methods: &[String]) -> Result<Vec<SpaceColumn>, TransferError> {
    let stored = view.spaces()?;
    for name in methods {
        if !stored.iter().any(|record| record.space.name == *name) {
            let mut names: Vec<_> = stored.into_iter().map(|record| record.space.name).collect();
            names.dedup();
            let stored = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(TransferError::NoVectors { name: name.clone(), stored });
        }
    }
    let wanted =
        stored.into_iter().filter(|record| methods.is_empty() || methods.contains(&record.space.name));
    Ok(SpaceColumn::name_all(
        wanted
            .map(|record| {
                let precision = precision_of(&record.space.name);
                (record.space, record.dimension as usize, precision)
            })
            .collect(),
    ))
}
