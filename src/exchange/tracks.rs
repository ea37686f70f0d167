//! The table of tracks: a row is a recording, or a file that holds none.

mod mapping;
mod row;

use self::mapping::{Cells, EXACT, FILES, SHOWN, content_of, exact, file_cells, file_row, score, shown};
use super::spaces::SpaceColumn;
use super::table::{Cell, Kind, Row, SPACES_KEY, TableColumn, TableSchema, column};
use crate::space::Score;
use crate::track::TrackRecord;

pub(crate) use self::mapping::content_bytes;
pub(crate) use self::row::{FileDetails, FileRow, TrackRow, VectorCell};

/// The name of the table.
pub(crate) const TRACKS: &str = "tracks";

/// The columns of tracks with the vectors of some spaces.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TrackTable {
    pub spaces: Vec<SpaceColumn>,
}

impl TrackTable {
    /// The spaces of a file that says them so; none where it does not.
    pub(crate) fn of(said: Option<&str>) -> Option<Self> {
        SpaceColumn::from_json(said?).map(|spaces| Self { spaces })
    }

    /// The key under which a file says its spaces.
    pub(crate) const SPACES: &str = SPACES_KEY;

    pub(crate) fn table(&self) -> TableSchema {
        let metadata = vec![(SPACES_KEY.to_owned(), SpaceColumn::to_json(&self.spaces))];
        TableSchema { name: TRACKS, columns: self.columns(), metadata }
    }

    fn columns(&self) -> Vec<TableColumn> {
        let for_all = SHOWN.iter().chain(EXACT).map(|(name, kind)| column(*name, kind.clone()));
        let files = FILES.iter().map(|(name, kind)| column(*name, kind.clone())).collect();
        let of_spaces = self.spaces.iter().flat_map(|space| {
            let score = vec![column("class", Kind::Whole), column("score", Kind::Single)];
            let vector = column(&space.column, Kind::Vector(space.dimension));
            [vector, column(space.scores_column(), Kind::Rows(score))]
        });
        for_all.chain([column("files", Kind::Rows(files))]).chain(of_spaces).collect()
    }

    /// The columns that [`Self::row`] reads.
    pub(crate) fn needed(&self) -> Vec<TableColumn> {
        self.columns().split_off(SHOWN.len())
    }

    /// A row of the table.
    pub(crate) fn cells(&self, row: TrackRow) -> Row {
        let TrackRow { content, track, files, vectors } = row;
        let mut cells = shown(files.first());
        cells.extend(exact(content, track));
        cells.push(Cell::Rows(files.into_iter().map(file_cells).collect()));
        let mut vectors = vectors.into_iter();
        for _ in &self.spaces {
            let score = |score: Score| vec![Cell::Whole(score.class.into()), Cell::Single(score.value)];
            let (vector, scores) = match vectors.next().flatten() {
                Some(cell) => (Cell::Vector(cell.values), cell.scores.into_iter().map(score).collect()),
                None => (Cell::Null, vec![]),
            };
            cells.extend([vector, Cell::Rows(scores)]);
        }
        cells
    }

    /// The row from its [needed](Self::needed) cells; else what is wrong with it.
    pub(crate) fn row(&self, cells: Row) -> Result<TrackRow, String> {
        let mut cells = Cells(cells.into_iter());
        let content = match cells.bytes() {
            Some(bytes) => Some(content_of(&bytes).ok_or("a content_id has not 33 bytes")?),
            None => None,
        };
        let (codec, rate, channels) = (cells.text(), cells.whole(), cells.whole());
        let (seconds, partial, damage, decoder) = (cells.real(), cells.flag(), cells.text(), cells.text());
        let track = match (content, codec) {
            (Some(content), Some(codec)) => Some(TrackRecord {
                content,
                codec,
                rate: rate.and_then(|rate| rate.try_into().ok()).unwrap_or(0),
                channels: channels.and_then(|channels| channels.try_into().ok()).unwrap_or(0),
                seconds: seconds.unwrap_or(0.0),
                partial: partial.unwrap_or(false),
                decoder: decoder.unwrap_or_default(),
                damage,
            }),
            _ => None,
        };
        let files = cells.rows().into_iter().map(file_row).collect::<Result<_, _>>()?;
        let vectors = self.spaces.iter().map(|_| {
            let (vector, scores) = (cells.vector(), cells.rows());
            vector.map(|values| VectorCell { values, scores: scores.into_iter().filter_map(score).collect() })
        });
        let vectors = vectors.collect();
        Ok(TrackRow { content, track, files, vectors })
    }
}

#[cfg(all(test, feature = "parquet"))]
mod tests;
