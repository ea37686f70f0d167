//! The table of one list: written beside its name, and named when it is whole.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::error::EmbedError;
use super::list::FileList;
use super::request::EmbedSummary;
use crate::app::exchange::TrackRows;
use crate::exchange::tracks::{FileDetails, FileRow, TRACKS, TrackRow, TrackTable};
use crate::exchange::{ExchangeError, SpaceColumn, TableReader, TableWriter};
use crate::extract::{Method, precision_of};
use crate::file::FailureRecord;
use crate::fs::output::{self, StagedOutput};
use crate::library::WalkError;
use crate::store::View;
use crate::time::Moment;
use crate::track::{Failure, FailureKind};

/// The key under which a shard says of which list it is.
const LIST: &str = "indexer.list";

/// Where the vectors of each method stand.
pub(super) fn spaces(methods: &[Method]) -> Vec<SpaceColumn> {
    let space = |method: &Method| (method.space(), method.dimension(), precision_of(method.name()));
    SpaceColumn::name_all(methods.iter().map(space).collect())
}

/// Whether a shard is that of this list and these spaces. It got its name when it was whole.
pub(super) fn is_finished(path: &Path, list: &FileList, spaces: &[SpaceColumn]) -> bool {
    let Ok(reader) = TableReader::open(path) else { return false };
    let said = TrackTable::of(reader.said(TrackTable::SPACES));
    reader.table() == TRACKS
        && reader.said(LIST) == Some(&list.digest().to_string())
        && said.is_some_and(|said| said.spaces == spaces)
}

/// A shard before it has its name. It is removed if it gets none.
pub(super) struct ShardWriter {
    path: PathBuf,
    staged: StagedOutput,
    table: TrackTable,
    writer: TableWriter<File>,
}

impl ShardWriter {
    /// Errors: a file of somebody else is there, or the folder takes none.
    pub(super) fn begin(
        path: &Path,
        list: &FileList,
        spaces: Vec<SpaceColumn>,
        force: bool,
    ) -> Result<Self, EmbedError> {
        let is_ours = |path: &Path| TableReader::open(path).is_ok();
        let (staged, file) = output::begin(path, force, is_ours)?;
        let table = TrackTable { spaces };
        let mut said = table.table();
        said.metadata.push((LIST.to_owned(), list.digest().to_string()));
        let writer = TableWriter::new(path, file, &said)?;
        Ok(Self { path: path.to_owned(), staged, table, writer })
    }

    /// Adds the rows of a library, and of files that were not there.
    pub(super) fn write(
        &mut self,
        view: &View,
        lost: Vec<WalkError>,
        summary: &mut EmbedSummary,
    ) -> Result<(), EmbedError> {
        let (table, writer) = (&self.table, &mut self.writer);
        let mut push = |row: TrackRow| {
            summary.tracks += u64::from(row.track.is_some());
            let has_failed = |file: &&FileRow| !file.details.failures.is_empty();
            summary.failed += row.files.iter().filter(has_failed).count() as u64;
            for (space, _) in table.spaces.iter().zip(&row.vectors).filter(|(_, vector)| vector.is_some()) {
                *summary.vectors.entry(space.space.name.clone()).or_default() += 1;
            }
            writer.push(table.cells(row))
        };
        TrackRows::new(view, &table.spaces)?
            .each(|rows| rows.into_iter().try_for_each(&mut push).map_err(EmbedError::from))?;
        Ok(lost.into_iter().map(lost_row).try_for_each(push)?)
    }

    /// Gives the shard its name; gives its size.
    pub(super) fn finish(self) -> Result<u64, EmbedError> {
        let file = self.writer.finish()?;
        let synced = file.sync_all().and_then(|()| file.metadata());
        let size = synced.map_err(|source| ExchangeError::Write { path: self.path, source })?.len();
        self.staged.place()?;
        Ok(size)
    }
}

/// The row of a file that is not there.
fn lost_row(lost: WalkError) -> TrackRow {
    let now = Moment::now();
    let failure = Failure::of_system(FailureKind::Unreadable, lost.reason);
    let decoder = String::new();
    let record = FailureRecord { failure, decoder, first: now, last: now, tries: 1 };
    let details = FileDetails { failures: vec![(String::new(), record)], ..FileDetails::default() };
    let file =
        FileRow { path: lost.path, root: None, size: 0, modified: 0, missing: None, checked: now, details };
    TrackRow { files: vec![file], ..TrackRow::default() }
}
