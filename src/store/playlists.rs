//! `playlists.redb`: sets with their runs, what the user chose for playlists, and the files that were written.

mod maps;
mod order;
mod owned;
mod places;
pub(crate) mod records;

use std::path::{Path, PathBuf};
use std::{cell::Cell, collections::BTreeSet};

use redb::{Database, ReadOnlyDatabase, ReadTransaction, ReadableDatabase, ReadableTable};
use redb::{Savepoint, WriteTransaction};

use super::codec::{BadRow, RowMark, decode, decode_first};
use super::guard::{Handle, guarded};
use super::tables::{CHOICES, ORDERS, PLACES, PLAYLISTS, RUNS, SETS};
use super::{StoreError, open, rows};
use crate::digest::Digest;

pub(crate) use self::maps::MapRecord;
pub(crate) use self::places::SongPlaces;
pub(crate) use self::records::{Choices, OwnedFile, PlaylistChoice, SetRecord};
pub(crate) use self::records::{RunPlaylist, RunRecord};

/// How many runs of a set are kept.
const KEPT_RUNS: u64 = 50;

/// The playlists of a store, open for writing if they may be written.
pub(crate) struct Playlists {
    path: PathBuf,
    database: Access,
    damaged: Cell<bool>,
}

/// The playlists as they were at one time, until they are closed.
pub(crate) struct PlaylistsSavepoint(Option<Savepoint>);

enum Access {
    Write(Handle<Database>),
    Read(Handle<ReadOnlyDatabase>),
    /// There is no database, and none can be created.
    Nothing,
}

impl Playlists {
    /// Opens the playlists of the store in `folder`, and waits for another process that writes them. Where
    /// they may not be written they are opened for reading, and the reason is returned too.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Option<StoreError>), StoreError> {
        let path = folder.join(PLAYLISTS);
        match open::writer(&path, open::PATIENCE) {
            Ok(database) => Ok((Self::with(path, Access::Write(database)), None)),
            Err(refused @ StoreError::NotWritable { .. }) => Ok((Self::look(folder)?, Some(refused))),
            Err(error) => Err(error),
        }
    }

    /// Opens the playlists for reading; where nothing was ever clustered they are empty.
    pub(crate) fn look(folder: &Path) -> Result<Self, StoreError> {
        let found = Self::read(folder)?;
        Ok(found.unwrap_or_else(|| Self::with(folder.join(PLAYLISTS), Access::Nothing)))
    }

    /// Opens the playlists for reading, even while another process writes; none if nothing was ever clustered.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = folder.join(PLAYLISTS);
        match open::reader(&path) {
            Ok(database) => Ok(Some(Self::with(path, Access::Read(database)))),
            Err(StoreError::Missing(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn with(path: PathBuf, database: Access) -> Self {
        Self { path, database, damaged: Cell::new(false) }
    }

    /// What is written is kept for the next call.
    pub(crate) fn remembers(&self) -> bool {
        matches!(self.database, Access::Write(_))
    }

    /// Some rows that were read do not have the bytes that were written.
    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged.get()
    }

    /// The names of all sets.
    pub(crate) fn sets(&self) -> Result<BTreeSet<String>, StoreError> {
        self.reading(|read| match rows::open(read, SETS)? {
            None => Ok(BTreeSet::new()),
            Some(table) => table.iter()?.map(|entry| Ok(entry?.0.value().to_owned())).collect(),
        })
    }

    /// A set and its latest run that can be read. Of a set whose own row is damaged, the record is made from its runs.
    pub(crate) fn set(&self, name: &str) -> Result<Option<(SetRecord, Option<RunRecord>)>, StoreError> {
        self.reading(|read| {
            let set: Option<SetRecord> = rows::get(read, SETS, &name)?.and_then(|row| self.intact(row));
            let (mut latest, mut run, mut next_id) = (None, None, 0);
            self.newest_first(read, name, |number, found| {
                latest.get_or_insert(number);
                let Some(found) = found else { return true };
                let ids = found.playlists.iter().map(|playlist| playlist.id + 1);
                next_id = ids.max().unwrap_or_default().max(next_id);
                run.get_or_insert(found);
                set.is_none()
            })?;
            let set = set.or_else(|| Some(SetRecord { next_id: 0, latest: latest? }));
            // Where the latest run is damaged, an earlier one may have used higher ids.
            let set = set.map(|set| SetRecord { next_id: next_id.max(set.next_id), ..set });
            Ok(set.map(|set| (set, run)))
        })
    }

    /// Passes every run of a set that can be read to `visit`, the latest first.
    pub(crate) fn runs(&self, set: &str, mut visit: impl FnMut(RunRecord)) -> Result<(), StoreError> {
        self.reading(|read| {
            self.newest_first(read, set, |_, run| {
                run.into_iter().for_each(&mut visit);
                true
            })
        })
    }

    /// The latest runs of a set that can be read, at most so many, the last one first.
    pub(crate) fn latest_runs(&self, set: &str, count: usize) -> Result<Vec<RunRecord>, StoreError> {
        self.reading(|read| {
            let mut runs = Vec::new();
            self.newest_first(read, set, |_, run| {
                runs.extend(run);
                runs.len() < count
            })?;
            Ok(runs)
        })
    }

    /// The newest run of a set over exactly these tracks that `is_wanted`, back to the one that was restored last.
    pub(crate) fn run_over(
        &self,
        set: &str,
        tracks: &Digest,
        is_wanted: impl Fn(&RunRecord) -> bool,
    ) -> Result<Option<RunRecord>, StoreError> {
        self.reading(|read| {
            let Some(table) = rows::open(read, RUNS)? else { return Ok(None) };
            for entry in table.range((set, 0)..=(set, u64::MAX))?.rev() {
                let (key, row) = entry?;
                let first = |run: RunRecord| (run.tracks, run.is_restored);
                let Ok((over, is_restored)) = decode_first(RUNS, &key.value(), row.value(), first) else {
                    continue;
                };
                let run = if over == *tracks { Some(decode(RUNS, &key.value(), row.value())) } else { None };
                let run = run.and_then(|run| self.intact(run)).filter(|run| is_wanted(run));
                if run.is_some() || is_restored {
                    return Ok(run);
                }
            }
            Ok(None)
        })
    }

    /// The id of the next new playlist of a lineage, according to its runs.
    pub(crate) fn next_id(&self, set: &str, lineage: u64) -> Result<u32, StoreError> {
        let mut next_id = 0;
        self.runs(set, |run| {
            if run.lineage == lineage {
                next_id = run.playlists.iter().map(|list| list.id + 1).fold(next_id, u32::max);
            }
        })?;
        Ok(next_id)
    }

    /// Passes a set's runs with their numbers to `visit`, unreadable ones as none, until it returns false.
    fn newest_first(
        &self,
        read: &ReadTransaction,
        set: &str,
        mut visit: impl FnMut(u64, Option<RunRecord>) -> bool,
    ) -> Result<(), redb::Error> {
        let Some(table) = rows::open(read, RUNS)? else { return Ok(()) };
        for entry in table.range((set, 0)..=(set, u64::MAX))?.rev() {
            let (key, row) = entry?;
            let run = decode(RUNS, &key.value(), row.value());
            if !visit(key.value().1, self.intact(run)) {
                break;
            }
        }
        Ok(())
    }

    fn intact<T>(&self, row: Result<T, BadRow>) -> Option<T> {
        self.damaged.set(self.damaged.get() || row.is_err());
        row.ok()
    }

    /// Keeps a run as the latest of its set and removes the oldest ones.
    pub(crate) fn keep(&self, name: &str, set: &SetRecord, run: &RunRecord) -> Result<(), StoreError> {
        self.write(|write| {
            rows::put(write, SETS, &name, set)?;
            rows::put(write, RUNS, &(name, set.latest), run)?;
            let oldest = set.latest.saturating_sub(KEPT_RUNS - 1);
            write.open_table(RUNS)?.retain_in((name, 0)..(name, oldest), |_, _| false)?;
            Ok(())
        })
    }

    /// How everything is now.
    pub(crate) fn savepoint(&self) -> Result<PlaylistsSavepoint, StoreError> {
        let Access::Write(database) = &self.database else { return Ok(PlaylistsSavepoint(None)) };
        guarded(&self.path, || {
            let write = database.begin_write()?;
            let savepoint = write.ephemeral_savepoint()?;
            write.abort()?;
            Ok(PlaylistsSavepoint(Some(savepoint)))
        })
    }

    /// Makes everything as it was.
    pub(crate) fn restore(&self, before: PlaylistsSavepoint) -> Result<(), StoreError> {
        let (Access::Write(database), Some(savepoint)) = (&self.database, before.0) else { return Ok(()) };
        guarded(&self.path, || {
            let mut write = database.begin_write()?;
            write.set_quick_repair(true);
            write.restore_savepoint(&savepoint)?;
            Ok(write.commit()?)
        })
    }

    /// Forgets a set with its runs, choices and files.
    pub(crate) fn forget(&self, set: &str) -> Result<(), StoreError> {
        self.claim(set, &[])?;
        self.write(|write| {
            write.open_table(SETS)?.remove(set)?;
            write.open_table(ORDERS)?.remove(set)?;
            write.open_table(PLACES)?.remove(set)?;
            write.open_table(RUNS)?.retain_in((set, 0)..=(set, u64::MAX), |_, _| false)?;
            let choices = (set, 0, 0)..=(set, u64::MAX, u32::MAX);
            write.open_table(CHOICES)?.retain_in(choices, |_, _| false)?;
            Ok(())
        })
    }

    /// What the user chose for a set's playlists in one of its lineages.
    pub(crate) fn choices(&self, set: &str, lineage: u64) -> Result<Choices, StoreError> {
        self.read_rows(|read| {
            let mut choices = Choices::new();
            let range = (set, lineage, 0)..=(set, lineage, u32::MAX);
            let damaged = rows::each(read, CHOICES, range, |(_, _, playlist), choice| {
                choices.insert(*playlist, choice);
            })?;
            Ok((choices, damaged))
        })
    }

    /// Replaces what the user chose; what says nothing is not kept.
    pub(crate) fn choose(&self, set: &str, lineage: u64, choices: &Choices) -> Result<(), StoreError> {
        self.write(|write| {
            let all = (set, lineage, 0)..=(set, lineage, u32::MAX);
            write.open_table(CHOICES)?.retain_in(all, |_, _| false)?;
            let none = PlaylistChoice::default();
            let mut told = choices.iter().filter(|(_, choice)| **choice != none);
            told.try_for_each(|(playlist, choice)| {
                rows::put(write, CHOICES, &(set, lineage, *playlist), choice)
            })
        })
    }

    /// Reads rows, of which `work` also gives the damaged ones.
    fn read_rows<T: Default>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<(T, Vec<RowMark>), redb::Error>,
    ) -> Result<T, StoreError> {
        let (rows, damaged) = self.reading(work)?;
        self.damaged.set(self.damaged.get() || !damaged.is_empty());
        Ok(rows)
    }

    /// Without a database there is nothing to read.
    fn reading<T: Default>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        guarded(&self.path, || {
            let read = match &self.database {
                Access::Write(database) => database.begin_read()?,
                Access::Read(database) => database.begin_read()?,
                Access::Nothing => return Ok(T::default()),
            };
            work(&read)
        })
    }

    fn write(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>,
    ) -> Result<(), StoreError> {
        let Access::Write(database) = &self.database else { return Ok(()) };
        guarded(&self.path, || {
            let mut write = database.begin_write()?;
            write.set_quick_repair(true);
            work(&write)?;
            Ok(write.commit()?)
        })
    }
}

#[cfg(test)]
mod tests;
