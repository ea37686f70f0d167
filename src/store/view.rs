//! `library.redb` as it was at one moment, for reading; vectors are read in [`super::vectors`] and [`super::reduced`].

use std::{
    borrow::Borrow,
    collections::{BTreeMap, HashSet},
    ops::RangeBounds,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use redb::{ReadOnlyDatabase, ReadTransaction, ReadableDatabase, ReadableTable};

use super::codec::{RowMark, Table, mark};
use super::guard::{Handle, guarded};
use super::keys::{RowKey, bytes, content_key, path_of};
use super::spaces::{PaceRecord, SpaceRecord, VECTORS, table_name};
use super::tables::{AUDITED, CONTENTS, FAILURES, FILES, LIBRARY, META, PACES, ROOTS, SPACES, TRACKS};
use super::{StoreError, open, record::Record, rows};
use crate::file::{FailureRecord, FileRecord, RootRecord};
use crate::track::{ContentId, TrackNumber, TrackRecord};
use crate::{space::SpaceId, time::Moment};

/// A consistent view of the library at one moment. Damaged rows are left out and counted.
pub(crate) struct View {
    path: PathBuf,
    read: Handle<ReadTransaction>,
    damaged: Mutex<HashSet<RowMark>>,
    /// Keeps a reader's database open; dropped after `read`.
    _database: Option<Handle<ReadOnlyDatabase>>,
}

impl View {
    /// What a writer's database holds now.
    pub(super) fn of(path: &Path, database: &impl ReadableDatabase) -> Result<Self, StoreError> {
        let read = guarded(path, || Ok(Handle::new(database.begin_read()?)))?;
        Ok(Self { path: path.to_owned(), read, damaged: Mutex::default(), _database: None })
    }

    /// Opens the store in `folder` for reading, beside a writer if there is one.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(LIBRARY);
        let database = open::reader(&path)?;
        let view = Self::of(&path, &*database)?;
        Ok(Self { _database: Some(database), ..view })
    }

    /// Rows met so far whose bytes were not what had been written.
    pub(crate) fn damaged(&self) -> usize {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The folders of the library.
    pub(crate) fn roots(&self) -> Result<BTreeMap<PathBuf, RootRecord>, StoreError> {
        let mut roots = BTreeMap::new();
        self.each(ROOTS, |key, record| drop(roots.insert(path_of(key).to_owned(), record)))?;
        Ok(roots)
    }

    /// Every file in the order of its path's bytes.
    pub(crate) fn files(&self, mut visit: impl FnMut(&Path, FileRecord)) -> Result<(), StoreError> {
        self.each(FILES, |key, record| visit(path_of(key), record))
    }

    /// `path` itself and every file under it, in the order of their paths' bytes.
    pub(crate) fn files_under(
        &self,
        path: &Path,
        mut visit: impl FnMut(&Path, FileRecord),
    ) -> Result<(), StoreError> {
        if let Some(record) = self.file(path)? {
            visit(path, record);
        }
        let path = bytes(path).strip_suffix(b"/").unwrap_or(bytes(path));
        // `0` follows `/`.
        let (first, end) = ([path, b"/"].concat(), [path, b"0"].concat());
        let range = first.as_slice()..end.as_slice();
        self.range(FILES, range, |key, record| visit(path_of(key), record))
    }

    /// When the files' contents were last checked for silent changes.
    pub(crate) fn audited(&self) -> Result<Option<Moment>, StoreError> {
        self.get(META, &AUDITED)
    }

    /// Every failure in the order of paths: path, space or nothing, what happened.
    pub(crate) fn failures(&self) -> Result<Vec<(PathBuf, String, FailureRecord)>, StoreError> {
        let mut failures = Vec::new();
        self.each(FAILURES, |(path, space), record| {
            failures.push((path_of(path).to_owned(), (*space).to_owned(), record));
        })?;
        Ok(failures)
    }

    pub(crate) fn file(&self, path: &Path) -> Result<Option<FileRecord>, StoreError> {
        self.get(FILES, &bytes(path))
    }

    pub(crate) fn track(&self, number: TrackNumber) -> Result<Option<TrackRecord>, StoreError> {
        self.get(TRACKS, &number.0)
    }

    /// The number of a recording.
    pub(crate) fn number_of(&self, content: &ContentId) -> Result<Option<TrackNumber>, StoreError> {
        self.get(CONTENTS, &&content_key(content))
    }

    /// Every recording, in order of its number.
    pub(crate) fn tracks(&self, mut visit: impl FnMut(TrackNumber, TrackRecord)) -> Result<(), StoreError> {
        self.each(TRACKS, |number, record| visit(TrackNumber(*number), record))
    }

    /// The numbers of all recordings whose records are whole.
    pub(crate) fn track_numbers(&self) -> Result<HashSet<TrackNumber>, StoreError> {
        let mut numbers = HashSet::new();
        self.tracks(|number, _| {
            numbers.insert(number);
        })?;
        Ok(numbers)
    }

    /// The first number that no recording ever had.
    pub(crate) fn next_number(&self) -> Result<u32, StoreError> {
        self.reading(|read| match rows::open(read, TRACKS)? {
            None => Ok(0),
            Some(table) => Ok(table.last()?.map_or(0, |(number, _)| number.value() + 1)),
        })
    }

    /// Every space that has vectors.
    pub(crate) fn spaces(&self) -> Result<Vec<SpaceRecord>, StoreError> {
        let mut spaces = Vec::new();
        self.each(SPACES, |_, record| spaces.push(record))?;
        Ok(spaces)
    }

    /// How fast a space was filled last.
    pub(crate) fn pace(&self, space: &SpaceId) -> Result<Option<PaceRecord>, StoreError> {
        self.get(PACES, &table_name(VECTORS, space).as_str())
    }

    pub(super) fn reading<T>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        guarded(&self.path, || work(&self.read))
    }

    /// Reads rows, of which `work` also gives the damaged ones.
    pub(super) fn counting<T>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<(T, Vec<RowMark>), redb::Error>,
    ) -> Result<T, StoreError> {
        let (value, damaged) = self.reading(work)?;
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner).extend(damaged);
        Ok(value)
    }

    fn get<K: RowKey, R: Record>(
        &self,
        table: Table<'_, K>,
        key: &K::SelfType<'_>,
    ) -> Result<Option<R>, StoreError> {
        self.counting(|read| {
            let record = rows::get(read, table, key)?;
            let damaged = record.as_ref().filter(|record| record.is_err()).map(|_| mark(table, key));
            Ok((record.and_then(Result::ok), damaged.into_iter().collect()))
        })
    }

    pub(super) fn each<K: RowKey, R: Record>(
        &self,
        table: Table<'_, K>,
        visit: impl FnMut(&K::SelfType<'_>, R),
    ) -> Result<(), StoreError> {
        self.range::<K, K::SelfType<'_>, R>(table, .., visit)
    }

    pub(super) fn range<'a, K: RowKey, Q: Borrow<K::SelfType<'a>> + 'a, R: Record>(
        &self,
        table: Table<'_, K>,
        range: impl RangeBounds<Q> + 'a,
        visit: impl FnMut(&K::SelfType<'_>, R),
    ) -> Result<(), StoreError> {
        self.counting(|read| Ok(((), rows::each(read, table, range, visit)?)))
    }
}
