//! `library.redb` as it was at one moment, for reading.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, HashSet},
    ffi::OsStr,
    ops::RangeBounds,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use redb::{
    Key, ReadOnlyDatabase, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, TableError,
    TableHandle,
};
use serde::de::DeserializeOwned;

use super::{
    StoreError, codec,
    handle::Handle,
    library::{bytes, content_key, failure_key},
    open,
    reduced::{self, Reduced},
    tables::{AUDITED, CONTENTS, FAILURES, FILES, META, ROOTS, TRACKS},
    vectors::{self, PaceRecord, SpaceRecord, TrackScores, Vectors},
};
use crate::{
    file::{FailureRecord, FileRecord, RootRecord},
    space::{SpaceId, basis::Basis},
    time::Moment,
    track::{ContentId, TrackNumber, TrackRecord},
};

/// A consistent view of the library at one moment. Damaged rows are left out and counted.
pub struct View {
    path: PathBuf,
    read: Handle<ReadTransaction>,
    damaged: AtomicUsize,
    /// Keeps a reader's database open; dropped after `read`.
    _database: Option<Handle<ReadOnlyDatabase>>,
}

impl View {
    /// What a writer's database holds now.
    pub(super) fn of(path: &Path, database: &impl ReadableDatabase) -> Result<Self, StoreError> {
        let read = open::guarded(path, || Ok(Handle::new(database.begin_read()?)))?;
        Ok(Self { path: path.to_owned(), read, damaged: AtomicUsize::new(0), _database: None })
    }

    /// Opens the store in `folder` for reading, beside a writer if there is one.
    ///
    /// # Errors
    /// No store there, a newer or damaged one, a folder on a network.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("library.redb");
        let database = open::reader(&path)?;
        let read = open::guarded(&path, || Ok(Handle::new(database.begin_read()?)))?;
        Ok(Self { path, read, damaged: AtomicUsize::new(0), _database: Some(database) })
    }

    /// Rows met so far whose bytes were not what had been written.
    pub fn damaged(&self) -> usize {
        self.damaged.load(Ordering::Relaxed)
    }

    /// The folders of the library.
    ///
    /// # Errors
    /// This and all below: a disk that fails or a damaged store.
    pub fn roots(&self) -> Result<BTreeMap<PathBuf, RootRecord>, StoreError> {
        let mut roots = BTreeMap::new();
        self.each(ROOTS, |key| key.to_vec(), |key, record| drop(roots.insert(path_of(key), record)))?;
        Ok(roots)
    }

    /// Every file in the order of its path's bytes.
    pub fn files(&self, mut visit: impl FnMut(&Path, FileRecord)) -> Result<(), StoreError> {
        self.each(
            FILES,
            |key| key.to_vec(),
            |key, record| {
                visit(Path::new(OsStr::from_bytes(key)), record);
            },
        )
    }

    /// `path` itself and every file under it, in the order of their paths' bytes.
    pub fn files_under(
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
        self.range(
            FILES,
            first.as_slice()..end.as_slice(),
            |key| key.to_vec(),
            |key, record| {
                visit(Path::new(OsStr::from_bytes(key)), record);
            },
        )
    }

    /// When the files' contents were last checked for silent changes.
    pub fn audited(&self) -> Result<Option<Moment>, StoreError> {
        self.get(META, AUDITED, AUDITED.as_bytes())
    }

    /// Every failure in the order of paths: path, space or nothing, what happened.
    pub fn failures(&self) -> Result<Vec<(PathBuf, String, FailureRecord)>, StoreError> {
        let mut failures = Vec::new();
        let seal = |key: &(&[u8], &str)| failure_key(key.0, key.1);
        self.each(FAILURES, seal, |key: &(&[u8], &str), record| {
            failures.push((path_of(key.0), key.1.to_owned(), record));
        })?;
        Ok(failures)
    }

    /// One file.
    pub fn file(&self, path: &Path) -> Result<Option<FileRecord>, StoreError> {
        self.get(FILES, bytes(path), bytes(path))
    }

    /// One recording.
    pub fn track(&self, number: TrackNumber) -> Result<Option<TrackRecord>, StoreError> {
        self.get(TRACKS, number.0, &number.0.to_le_bytes())
    }

    /// The number of a recording.
    pub fn number_of(&self, content: &ContentId) -> Result<Option<TrackNumber>, StoreError> {
        self.get(CONTENTS, &content_key(content), &content_key(content))
    }

    /// Every recording, in order of its number.
    pub fn tracks(&self, mut visit: impl FnMut(TrackNumber, TrackRecord)) -> Result<(), StoreError> {
        let seal = |number: &u32| number.to_le_bytes().to_vec();
        self.each(TRACKS, seal, |number, record| visit(TrackNumber(*number), record))
    }

    /// The numbers of all recordings whose records are whole.
    pub fn track_numbers(&self) -> Result<HashSet<TrackNumber>, StoreError> {
        let mut numbers = HashSet::new();
        self.tracks(|number, _| {
            numbers.insert(number);
        })?;
        Ok(numbers)
    }

    /// The first number that no recording ever had.
    pub fn next_number(&self) -> Result<u32, StoreError> {
        open::guarded(&self.path, || match self.read.open_table(TRACKS) {
            Err(TableError::TableDoesNotExist(_)) => Ok(0),
            table => Ok(table?.last()?.map_or(0, |(number, _)| number.value() + 1)),
        })
    }

    /// Every space that has vectors.
    pub fn spaces(&self) -> Result<Vec<SpaceRecord>, StoreError> {
        self.counting(|| vectors::spaces(&self.read))
    }

    /// How fast a space was filled last.
    pub fn pace(&self, space: &SpaceId) -> Result<Option<PaceRecord>, StoreError> {
        self.counting(|| vectors::pace(&self.read, space))
    }

    /// All vectors of a space.
    pub fn vectors(&self, space: &SpaceId) -> Result<Vectors, StoreError> {
        let mut vectors = Vectors::new();
        self.each_vector(space, |track, values| drop(vectors.insert(track, values)))?;
        Ok(vectors)
    }

    /// Every vector of a space, in no order.
    pub fn each_vector(
        &self,
        space: &SpaceId,
        visit: impl FnMut(TrackNumber, Vec<f32>),
    ) -> Result<(), StoreError> {
        self.counting(|| vectors::each(&self.read, space, visit))
    }

    /// What a model heard in each track, best first.
    pub fn scores(&self, space: &SpaceId) -> Result<TrackScores, StoreError> {
        self.counting(|| vectors::scores(&self.read, space))
    }

    /// The tracks that have a vector in a space.
    pub fn covered(&self, space: &SpaceId) -> Result<HashSet<TrackNumber>, StoreError> {
        open::guarded(&self.path, || vectors::covered(&self.read, space))
    }

    /// Whether a track has a whole vector in a space.
    pub fn is_covered(&self, space: &SpaceId, track: TrackNumber) -> Result<bool, StoreError> {
        open::guarded(&self.path, || vectors::is_covered(&self.read, space, track))
    }

    /// The basis to which the vectors of a wide space are reduced, once there is one.
    pub fn basis(&self, space: &SpaceId) -> Result<Option<Basis>, StoreError> {
        open::guarded(&self.path, || reduced::basis(&self.read, space))
    }

    /// All reduced vectors of a space, of the basis of this number.
    pub fn reduced(&self, space: &SpaceId, basis: u32) -> Result<Reduced, StoreError> {
        self.counting(|| reduced::get(&self.read, space, basis))
    }

    /// The vectors of some tracks, as far as they are whole.
    pub fn vectors_of(&self, space: &SpaceId, tracks: &[TrackNumber]) -> Result<Vectors, StoreError> {
        open::guarded(&self.path, || vectors::of(&self.read, space, tracks))
    }

    fn counting<T>(&self, work: impl FnOnce() -> Result<(T, usize), redb::Error>) -> Result<T, StoreError> {
        let (value, damaged) = open::guarded(&self.path, work)?;
        self.damaged.fetch_add(damaged, Ordering::Relaxed);
        Ok(value)
    }

    fn get<K: Key, T: DeserializeOwned>(
        &self,
        table: TableDefinition<'static, K, &'static [u8]>,
        key: K::SelfType<'_>,
        key_bytes: &[u8],
    ) -> Result<Option<T>, StoreError> {
        self.counting(|| {
            let row = match self.read.open_table(table) {
                Err(TableError::TableDoesNotExist(_)) => None,
                open => open?.get(key)?.map(|row| row.value().to_vec()),
            };
            let record = row.map(|row| codec::decode(table.name(), key_bytes, &row));
            Ok(match record {
                Some(Err(codec::BadRow)) => (None, 1),
                other => (other.and_then(Result::ok), 0),
            })
        })
    }

    fn each<K: Key, T: DeserializeOwned>(
        &self,
        table: TableDefinition<'static, K, &'static [u8]>,
        key_bytes: impl Fn(&K::SelfType<'_>) -> Vec<u8>,
        visit: impl FnMut(&K::SelfType<'_>, T),
    ) -> Result<(), StoreError> {
        self.range::<K, K::SelfType<'_>, T>(table, .., key_bytes, visit)
    }

    fn range<'a, K: Key, Q: Borrow<K::SelfType<'a>> + 'a, T: DeserializeOwned>(
        &self,
        table: TableDefinition<'static, K, &'static [u8]>,
        range: impl RangeBounds<Q> + 'a,
        key_bytes: impl Fn(&K::SelfType<'_>) -> Vec<u8>,
        mut visit: impl FnMut(&K::SelfType<'_>, T),
    ) -> Result<(), StoreError> {
        self.counting(|| {
            let open = match self.read.open_table(table) {
                Err(TableError::TableDoesNotExist(_)) => return Ok(((), 0)),
                open => open?,
            };
            let mut damaged = 0;
            for entry in open.range(range)? {
                let (key, row) = entry?;
                let key = key.value();
                match codec::decode(table.name(), &key_bytes(&key), row.value()) {
                    Ok(record) => visit(&key, record),
                    Err(codec::BadRow) => damaged += 1,
                }
            }
            Ok(((), damaged))
        })
    }
}

fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(bytes))
}
