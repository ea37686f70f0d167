//! Opening a database: who may, how long one waits, and what a crash left behind.

use std::{
    fs::{DirBuilder, Permissions},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use redb::{Builder, ConcurrencyMode, Database, ReadOnlyDatabase, StorageBackend, WriteTransaction};
use tempfile::NamedTempFile;

use super::guard::{Handle, guarded};
use super::migrate::{discard_copy, migrate, put_schema, schema_of};
use super::{StoreError, tables::SCHEMA};
use crate::fs::{atomic::hidden, filesystem::Filesystem, trust::check_permissions};

/// redb's default of 1 GiB would break the promise on memory.
const CACHE: usize = 32 << 20;

/// A reader goes by most pages once: to keep them costs more than to read a few again.
const READER_CACHE: usize = 4 << 20;

/// How long one waits for another process.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

fn builder() -> Builder {
    with_cache(CACHE)
}

fn with_cache(bytes: usize) -> Builder {
    let mut builder = Builder::new();
    builder.set_concurrency_mode(ConcurrencyMode::SingleWriter).set_cache_size(bytes);
    builder
}

/// Opens for writing; makes folder and file where there are none.
pub(super) fn writer(path: &Path, patience: Duration) -> Result<Handle<Database>, StoreError> {
    check_folder(&folder_of(path))?;
    if !is_there(path)? {
        create(path)?;
    }
    // A look without writing: a store that is not ours to write keeps every byte.
    if let Ok(database) = guarded(path, || Ok(Handle::new(builder().open_read_only(path)?))) {
        schema_of(path, &*database)?;
    }
    let open = || guarded(path, || Ok(Handle::new(builder().open(path)?)));
    let database = patiently(patience, open)?;
    match schema_of(path, &*database)? {
        SCHEMA => discard_copy(path),
        earlier => migrate(path, &database, earlier)?,
    }
    Ok(database)
}

/// Opens the one that is kept in `storage`, or makes it; `label` stands for its path in errors.
pub(super) fn on(storage: impl StorageBackend, label: &Path) -> Result<Handle<Database>, StoreError> {
    guarded(label, || {
        // Only files have the locks that other processes would need.
        let mut builder = builder();
        builder.set_concurrency_mode(ConcurrencyMode::ExclusiveWriter);
        let is_new = storage.len()? == 0;
        let database = builder.create_with_backend(storage)?;
        if is_new {
            let write = database.begin_write()?;
            put_schema(&write)?;
            write.commit()?;
        }
        Ok(Handle::new(database))
    })
}

/// Opens for reading, beside a writer if there is one; repairs what a killed writer left, and migrates what an earlier
/// program left.
pub(super) fn reader(path: &Path) -> Result<Handle<ReadOnlyDatabase>, StoreError> {
    let database = reader_of_any_schema(path)?;
    if schema_of(path, &*database)? == SCHEMA {
        return Ok(database);
    }
    drop(database);
    let migrated = writer(path, PATIENCE);
    drop(migrated.map_err(|error| unwritable(error, |path, _| StoreError::NeedsMigration(path)))?);
    reader_of_any_schema(path)
}

/// The same whatever its rows say.
pub(super) fn reader_of_any_schema(path: &Path) -> Result<Handle<ReadOnlyDatabase>, StoreError> {
    check_folder(&folder_of(path))?;
    if !is_there(path)? {
        return Err(StoreError::Missing(folder_of(path)));
    }
    let read = || guarded(path, || Ok(Handle::new(with_cache(READER_CACHE).open_read_only(path)?)));
    let repair = || guarded(path, || Ok(builder().open(path)?.close()?));
    let open = || match read() {
        Err(StoreError::NeedsRepair(_)) => {
            repair().map_err(|error| unwritable(error, |path, _| StoreError::NeedsRepair(path)))?;
            read()
        }
        other => {
            other.map_err(|error| unwritable(error, |path, source| StoreError::NotReadable { path, source }))
        }
    };
    patiently(PATIENCE, open)
}

/// Checks the pages of a database, each by its checksum: what is wrong with them, if so. Where another process writes it, or it
/// is not writable, they are not checked, which is an error if they `must_be`.
pub(super) fn check_pages(path: &Path, must_be: bool) -> Result<Option<String>, StoreError> {
    match guarded(path, || Ok(builder().set_check_integrity_on_open(true).open(path)?.close()?)) {
        Ok(()) => Ok(None),
        Err(StoreError::Damaged { detail, .. }) => Ok(Some(detail)),
        Err(error) if must_be => Err(error),
        Err(_) => Ok(None),
    }
}

/// What it means to a reader that a database is not writable.
fn unwritable(error: StoreError, meaning: fn(PathBuf, std::io::Error) -> StoreError) -> StoreError {
    match error {
        StoreError::NotWritable { path, source } => meaning(path, source),
        other => other,
    }
}

pub(super) fn check_folder(folder: &Path) -> Result<(), StoreError> {
    check_permissions(folder)?;
    let existing = folder.ancestors().find(|path| path.exists()).unwrap_or(folder);
    match Filesystem::of(existing).ok().and_then(|found| found.network()) {
        Some(filesystem) => Err(StoreError::Network { path: folder.to_owned(), filesystem }),
        None => Ok(()),
    }
}

/// Errors: it is empty, as no program of ours leaves it.
fn is_there(path: &Path) -> Result<bool, StoreError> {
    match path.metadata() {
        Ok(found) if found.len() == 0 => Err(StoreError::Emptied(path.to_owned())),
        found => Ok(found.is_ok()),
    }
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_owned()
}

/// Makes a database beside its name and renames it: a crash leaves all of it or nothing.
fn create(path: &Path) -> Result<(), StoreError> {
    let folder = folder_of(path);
    let failed = |source| StoreError::of_io(folder.clone(), source);
    DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed)?;
    match new_file(path, |_| Ok(()))?.persist_noclobber(path) {
        Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(failed(error.error)),
        _ => Ok(()), // Made by another process meanwhile: as good.
    }
}

/// Makes a database beside `path`, with what `fill` writes into it.
pub(super) fn new_file(
    path: &Path,
    fill: impl FnOnce(&WriteTransaction) -> Result<(), StoreError>,
) -> Result<NamedTempFile, StoreError> {
    let folder = folder_of(path);
    let file = hidden()
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(&folder)
        // Not its text, which names a file that nobody knows.
        .map_err(|error| StoreError::of_io(folder, error.kind().into()))?;
    let (database, write) = guarded(path, || {
        let database = Handle::new(builder().create(file.path())?);
        let write = Handle::new(database.begin_write()?);
        Ok((database, write))
    })?;
    fill(&write)?;
    guarded(path, || {
        put_schema(&write)?;
        write.into_inner().commit()?;
        Ok(database.into_inner().close()?)
    })?;
    Ok(file)
}

/// Waits while another process uses the database, for so long at most.
pub(super) fn patiently<T>(
    patience: Duration,
    mut open: impl FnMut() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let begin = Instant::now();
    let mut pause = Duration::from_millis(50);
    loop {
        match open() {
            Err(StoreError::Busy(_) | StoreError::BeingRead(_)) if begin.elapsed() + pause < patience => {
                sleep(pause)
            }
            result => return result,
        }
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}
