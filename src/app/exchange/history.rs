//! Playlists and runs as tables.

use std::path::Path;

use super::TransferError;
use crate::exchange::table::{Cell, Kind, Row, TableColumn, TableSchema, column};
use crate::store::{Playlists, RunRecord};
use crate::track::ContentId;

/// Takes a row.
type Take<'a> = &'a mut dyn FnMut(Row) -> Result<(), TransferError>;

fn table(name: &'static str, columns: &[(&str, Kind)]) -> TableSchema {
    let columns: Vec<TableColumn> = columns.iter().map(|(name, kind)| column(*name, kind.clone())).collect();
    TableSchema { name, columns, metadata: vec![] }
}

/// A row for each song of each playlist of the latest run of each set.
pub(super) fn playlists_table() -> TableSchema {
    table(
        "playlists",
        &[
            ("set", Kind::Text),
            ("run", Kind::Text),
            ("made", Kind::Time),
            ("playlist", Kind::Whole),
            ("name", Kind::Text),
            ("content_id", Kind::Bytes),
            // It is not in the library now, and was in the playlist last.
            ("absent", Kind::Flag),
            ("pinned", Kind::Flag),
        ],
    )
}

/// A row for each run that is kept.
pub(super) fn runs_table() -> TableSchema {
    let lists = ["id", "name", "songs"].into_iter().zip([Kind::Whole, Kind::Text, Kind::Whole]);
    let lists = lists.map(|(name, kind)| column(name, kind)).collect();
    table(
        "runs",
        &[
            ("set", Kind::Text),
            ("run", Kind::Text),
            ("made", Kind::Time),
            ("lineage", Kind::Whole),
            ("restored", Kind::Flag),
            ("method", Kind::Text),
            ("fingerprint", Kind::Text),
            ("algorithm", Kind::Text),
            ("settings", Kind::Text),
            ("inertia", Kind::Real),
            ("songs", Kind::Whole),
            ("playlists", Kind::Rows(lists)),
        ],
    )
}

/// Gives how many playlists there are.
pub(super) fn each_playlist(store: &Path, take: Take) -> Result<u64, TransferError> {
    let Some(database) = Playlists::read(store)? else { return Ok(0) };
    let mut count = 0;
    for set in database.sets()? {
        let Some((_, Some(run))) = database.set(&set)? else { continue };
        let choices = database.choices(&set, run.lineage)?;
        for list in &run.playlists {
            count += 1;
            let choice = choices.get(&list.id).cloned().unwrap_or_default();
            let name = choice.name.as_ref().unwrap_or(&list.name);
            let songs = list.members.iter().map(|song| (song, false));
            for (song, is_absent) in songs.chain(list.absent.iter().map(|song| (song, true))) {
                let is_pinned = choice.pinned.is_some() || choice.songs.contains(song);
                take(vec![
                    Cell::Text(set.clone()),
                    Cell::Text(run.id.clone()),
                    Cell::Time(run.made),
                    Cell::Whole(list.id.into()),
                    Cell::Text(name.clone()),
                    id(song),
                    Cell::Flag(is_absent),
                    Cell::Flag(is_pinned),
                ])?;
            }
        }
    }
    Ok(count)
}

/// Gives how many runs there are.
pub(super) fn each_run(store: &Path, take: Take) -> Result<u64, TransferError> {
    let Some(database) = Playlists::read(store)? else { return Ok(0) };
    let mut rows = Vec::new();
    for set in database.sets()? {
        // At most fifty.
        database.runs(&set, |run| rows.push(run_row(&set, run)))?;
    }
    let count = rows.len() as u64;
    rows.into_iter().try_for_each(take)?;
    Ok(count)
}

fn run_row(set: &str, run: RunRecord) -> Row {
    let whole = |count: usize| Cell::Whole(i64::try_from(count).unwrap_or(i64::MAX));
    let songs = run.playlists.iter().map(|list| list.members.len()).sum();
    let lists = run
        .playlists
        .into_iter()
        .map(|list| vec![Cell::Whole(list.id.into()), Cell::Text(list.name), whole(list.members.len())]);
    vec![
        Cell::Text(set.to_owned()),
        Cell::Text(run.id),
        Cell::Time(run.made),
        Cell::Whole(run.lineage.cast_signed()),
        Cell::Flag(run.is_restored),
        Cell::Text(run.space.name),
        Cell::Text(run.space.fingerprint.to_string()),
        Cell::Text(run.algorithm),
        Cell::Text(run.settings),
        Cell::Real(run.inertia),
        whole(songs),
        Cell::Rows(lists.collect()),
    ]
}

fn id(song: &ContentId) -> Cell {
    Cell::Bytes(crate::exchange::tracks::content_bytes(song))
}
