//! The whole rows of a database, counted, and written into another one.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use redb::{ReadTransaction, TableHandle, WriteTransaction};

use super::codec::{Table, decode, unseal};
use super::guard::guarded;
use super::keys::RowKey;
use super::spaces::{BASES, REDUCED, SCORES, VECTORS};
use super::tables::{
    CHOICES, CONTENTS, FAILURES, FILES, MAPS, META, ORDERS, OWNED, PACES, PLACES, ROOTS, RUNS, SETS, SPACES,
    TRACKS,
};
use super::{StoreError, rows};
use crate::file::FileRecord;
use crate::track::TrackNumber;

/// What a check found in one database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseCheck {
    /// Its file.
    pub path: PathBuf,
    /// Rows that are whole.
    pub whole: u64,
    /// Rows that have not the bytes that were written, or say something of tracks that are not there, by table.
    pub lost: BTreeMap<String, u64>,
    /// Why not every row can be found, if so.
    pub broken: Option<String>,
    /// Where the database is that was replaced by one of its whole rows.
    pub set_aside: Option<PathBuf>,
}

impl DatabaseCheck {
    /// Everything that was written is there, as far as can be told.
    pub fn is_whole(&self) -> bool {
        self.lost.is_empty() && self.broken.is_none()
    }
}

/// Counts the rows of a database, and writes those that stay into another one, if there is one.
pub(super) struct Sieve<'a> {
    pub path: &'a Path,
    pub read: &'a ReadTransaction,
    /// Where they are written: the path, and what writes there.
    pub write: Option<(&'a Path, &'a WriteTransaction)>,
    /// Whether reduced vectors are written, too. The next scan makes them again: each of their rows is of many tracks.
    pub keeps_reduced: bool,
    pub check: &'a mut DatabaseCheck,
}

impl Sieve<'_> {
    /// Where a track does not stay, nothing does that names it: its number may be given to another one.
    pub(super) fn run(&mut self) -> Result<(), StoreError> {
        let mut tracks = HashSet::new();
        self.each(TRACKS, &mut |number, row| {
            if unseal(TRACKS, number, row).is_ok() {
                tracks.insert(TrackNumber(*number));
            }
        });
        self.table(META, |_, _| true)?;
        self.table(TRACKS, |_, _| true)?;
        self.table(CONTENTS, |key, row| {
            decode(CONTENTS, key, row).is_ok_and(|track| tracks.contains(&track))
        })?;
        self.table(FILES, |key, row| {
            let file = decode::<_, FileRecord>(FILES, key, row);
            file.is_ok_and(|file| file.track.is_none_or(|track| tracks.contains(&track)))
        })?;
        self.table(ROOTS, |_, _| true)?;
        self.table(FAILURES, |_, _| true)?;
        self.table(SPACES, |_, _| true)?;
        self.table(PACES, |_, _| true)?;
        self.table(SETS, |_, _| true)?;
        self.table(RUNS, |_, _| true)?;
        self.table(OWNED, |_, _| true)?;
        self.table(CHOICES, |_, _| true)?;
        self.table(ORDERS, |_, _| true)?;
        self.table(PLACES, |_, _| true)?;
        self.table(MAPS, |_, _| true)?;
        let names = guarded(self.path, || {
            Ok(self.read.list_tables()?.map(|table| table.name().to_owned()).collect::<Vec<_>>())
        });
        names.unwrap_or_default().iter().try_for_each(|name| self.table_of_space(name, &tracks))
    }

    fn table_of_space(&mut self, name: &str, tracks: &HashSet<TrackNumber>) -> Result<(), StoreError> {
        let numbered = Table::<u32>::new(name);
        if name.starts_with(VECTORS) {
            let parts = Table::<(u8, u32)>::new(name);
            let mut torn = HashSet::new();
            self.each(parts, &mut |key, row| {
                if unseal(parts, key, row).is_err() {
                    torn.insert(key.1);
                }
            });
            self.table(parts, |(_, track), _| tracks.contains(&TrackNumber(*track)) && !torn.contains(track))
        } else if name.starts_with(SCORES) {
            self.table(numbered, |track, _| tracks.contains(&TrackNumber(*track)))
        } else if name.starts_with(BASES) || name.starts_with(REDUCED) && self.keeps_reduced {
            self.table(numbered, |_, _| true)
        } else {
            Ok(())
        }
    }

    /// Sieves one table: what is whole stays if `stays` says so, too.
    fn table<K: RowKey>(
        &mut self,
        table: Table<'_, K>,
        stays: impl Fn(&K::SelfType<'_>, &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let (mut whole, mut lost, mut written) = (0, 0, Ok(()));
        let mut target = match self.write {
            Some((path, write)) => Some(guarded(path, || Ok(write.open_table(table)?))?),
            None => None,
        };
        self.each(table, &mut |key, row| {
            if unseal(table, key, row).is_err() || !stays(key, row) {
                lost += 1;
                return;
            }
            whole += 1;
            if let Some(target) = target.as_mut().filter(|_| written.is_ok()) {
                written = target.insert(key, row).map(drop);
            }
        });
        self.check.whole += whole;
        if lost > 0 {
            *self.check.lost.entry(described(table.name())).or_default() += lost;
        }
        guarded(self.write.map_or(self.path, |(path, _)| path), || Ok(written?))
    }

    /// Visits every row of a table that can be found: where the way through it is broken, those behind that from its end.
    fn each<K: RowKey>(&mut self, table: Table<'_, K>, visit: &mut dyn FnMut(&K::SelfType<'_>, &[u8])) {
        let mut walk = |is_forward: bool| {
            guarded(self.path, || {
                let Some(rows) = rows::open(self.read, table)? else { return Ok(()) };
                let mut entries = rows.range::<K::SelfType<'_>>(..)?;
                while let Some(entry) = if is_forward { entries.next() } else { entries.next_back() } {
                    let (key, row) = entry?;
                    visit(&key.value(), row.value());
                }
                Ok(())
            })
        };
        if let Err(error) = walk(true) {
            // This one breaks off, too.
            drop(walk(false));
            self.check.broken.get_or_insert(error.to_string());
        }
    }
}

/// What the rows of a table are of, as people call it.
fn described(table: &str) -> String {
    match table.split('/').collect::<Vec<_>>()[..] {
        [kind, space, _] => format!("{kind} of {space}"),
        _ => table.to_owned(),
    }
}
