//! Checking a database row by row, and making a whole one from what can be read of it.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use redb::{ReadTransaction, ReadableDatabase, TableHandle, WriteTransaction};

use super::codec::{Table, decode, unseal};
use super::guard::{Handle, guarded};
use super::keys::RowKey;
use super::spaces::{BASES, REDUCED, SCORES, VECTORS};
use super::tables::{
    CHOICES, CONTENTS, FAILURES, FILES, LIBRARY, MAPS, META, ORDERS, OWNED, PACES, PLACES, PLAYLISTS, ROOTS,
    RUNS, SETS, SPACES, TRACKS,
};
use super::{StoreError, open, rows};
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

/// Checks the databases of the store in `folder`, as far as they are there.
/// Errors: as those of each.
pub(crate) fn check(folder: &Path, repair: bool) -> Result<Vec<DatabaseCheck>, StoreError> {
    open::check_folder(folder)?;
    let checks = [LIBRARY, PLAYLISTS].map(|name| check_database(&folder.join(name), repair));
    let checks = checks.into_iter().filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
    if checks.is_empty() { Err(StoreError::Missing(folder.to_owned())) } else { Ok(checks) }
}

/// Checks the database at `path`, if there is one. If it is not whole, `repair` puts one with all rows that are in its place,
/// and leaves it beside that.
/// Errors: another process writes it, a newer program has written it; the repaired one cannot be written.
fn check_database(path: &Path, repair: bool) -> Result<Option<DatabaseCheck>, StoreError> {
    let mut check = DatabaseCheck { path: path.to_owned(), ..DatabaseCheck::default() };
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    check.broken = open::check_pages(path, repair)?;
    let database = match open::reader(path) {
        Ok(database) => Some(database),
        Err(StoreError::Emptied(_)) => {
            check.broken = Some("it is empty".into());
            None
        }
        Err(StoreError::Damaged { detail, .. }) => {
            check.broken.get_or_insert(detail);
            open::reader_of_any_schema(path).ok()
        }
        Err(error) => return Err(error),
    };
    let read = database.as_ref().map(|database| guarded(path, || Ok(Handle::new(database.begin_read()?))));
    // A database that cannot even be opened has no rows.
    let read = read.transpose().unwrap_or_default();
    if let Some(read) = &read {
        Sieve { path, read, write: None, check: &mut check }.run()?;
    }
    if repair && !check.is_whole() {
        check.set_aside = Some(replace(path, read.as_ref())?);
    }
    Ok(Some(check))
}

/// Puts a database of the whole rows of `read` in the place of the one at `path`; says where that is now.
fn replace(path: &Path, read: Option<&Handle<ReadTransaction>>) -> Result<PathBuf, StoreError> {
    let failed = |source| StoreError::of_io(path.to_owned(), source);
    let file = open::new_file(path, |write| {
        let Some(read) = read else { return Ok(()) };
        let mut check = DatabaseCheck::default();
        Sieve { path, read, write: Some(write), check: &mut check }.run()
    })?;
    let name = |number: u32| match number {
        1 => path.with_added_extension("damaged"),
        _ => path.with_added_extension(format!("damaged-{number}")),
    };
    let is_free = |path: &PathBuf| path.symlink_metadata().is_err();
    let aside = (1..).map(name).find(is_free).expect("there are more numbers than files");
    // A second name, and then another file under the first one: there is a database at any moment. Some disks know no such names.
    fs::hard_link(path, &aside).or_else(|_| fs::rename(path, &aside)).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(aside)
}

/// Counts the rows of a database, and writes those that stay into another one, if there is one.
struct Sieve<'a> {
    path: &'a Path,
    read: &'a ReadTransaction,
    write: Option<&'a WriteTransaction>,
    check: &'a mut DatabaseCheck,
}

impl Sieve<'_> {
    /// Where a track does not stay, nothing does that names it: its number may be given to another one.
    fn run(&mut self) -> Result<(), StoreError> {
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
        } else if name.starts_with(BASES) || name.starts_with(REDUCED) && self.write.is_none() {
            self.table(numbered, |_, _| true)
        } else {
            // Reduced vectors are made again by the next scan: each of their rows is of many tracks.
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
        let mut target =
            self.write.map(|write| guarded(self.path, || Ok(write.open_table(table)?))).transpose()?;
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
        guarded(self.path, || Ok(written?))
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
