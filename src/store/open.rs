//! Opening a database: who may, how long one waits, and what a crash left behind.

use std::{
    fs::{DirBuilder, Permissions},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use redb::{Builder, ConcurrencyMode, Database, ReadOnlyDatabase, backends::InMemoryBackend};

use super::guard::{Handle, guarded};
use super::migrate::{discard_copy, migrate, put_schema, schema_of};
use super::{StoreError, tables::SCHEMA};
use crate::fs::filesystem::Filesystem;

/// redb's default of 1 GiB would break the promise on memory.
const CACHE: usize = 32 << 20;

/// How long one waits for another process.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_concurrency_mode(ConcurrencyMode::SingleWriter).set_cache_size(CACHE);
    builder
}

/// Opens for writing; makes folder and file where there are none.
pub(super) fn writer(path: &Path, patience: Duration) -> Result<Handle<Database>, StoreError> {
    check_folder(&folder_of(path))?;
    if is_absent(path) {
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

/// Makes one in memory; `label` stands for its path in errors.
pub(super) fn in_memory(label: &Path) -> Result<Handle<Database>, StoreError> {
    guarded(label, || {
        // Memory has no locks of files, which other processes would need.
        let mut builder = builder();
        builder.set_concurrency_mode(ConcurrencyMode::ExclusiveWriter);
        let database = builder.create_with_backend(InMemoryBackend::new())?;
        let write = database.begin_write()?;
        put_schema(&write)?;
        write.commit()?;
        Ok(Handle::new(database))
    })
}

/// Opens for reading, beside a writer if there is one; repairs what a killed writer left, and migrates what an earlier
/// program left.
pub(super) fn reader(path: &Path) -> Result<Handle<ReadOnlyDatabase>, StoreError> {
    check_folder(&folder_of(path))?;
    if is_absent(path) {
        return Err(StoreError::Missing(folder_of(path)));
    }
    let read = || guarded(path, || Ok(Handle::new(builder().open_read_only(path)?)));
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
    let database = patiently(PATIENCE, open)?;
    if schema_of(path, &*database)? == SCHEMA {
        return Ok(database);
    }
    drop(database);
    let migrated = writer(path, PATIENCE);
    drop(migrated.map_err(|error| unwritable(error, |path, _| StoreError::NeedsMigration(path)))?);
    patiently(PATIENCE, open)
}

/// What it means to a reader that a database is not writable.
fn unwritable(error: StoreError, meaning: fn(PathBuf, std::io::Error) -> StoreError) -> StoreError {
    match error {
        StoreError::NotWritable { path, source } => meaning(path, source),
        other => other,
    }
}

fn check_folder(folder: &Path) -> Result<(), StoreError> {
    let existing = folder.ancestors().find(|path| path.exists()).unwrap_or(folder);
    match Filesystem::of(existing).ok().and_then(|found| found.network()) {
        Some(filesystem) => Err(StoreError::Network { path: folder.to_owned(), filesystem }),
        None => Ok(()),
    }
}

fn is_absent(path: &Path) -> bool {
    path.metadata().map_or(true, |found| found.len() == 0)
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_owned()
}

/// Makes a database beside its name and renames it: a crash leaves all of it or nothing.
fn create(path: &Path) -> Result<(), StoreError> {
    let folder = folder_of(path);
    let failed = |source| StoreError::of_io(folder.clone(), source);
    DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed)?;
    if path.exists() {
        std::fs::remove_file(path).map_err(failed)?; // Empty: the rest of a crash.
    }
    let file = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(&folder)
        // Not its text, which names a file that nobody knows.
        .map_err(|error| failed(error.kind().into()))?;
    guarded(path, || {
        let database = builder().create(file.path())?;
        let write = database.begin_write()?;
        put_schema(&write)?;
        write.commit()?;
        Ok(database.close()?)
    })?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(failed(error.error)),
        _ => Ok(()), // Made by another process meanwhile: as good.
    }
}

fn patiently<T>(
    patience: Duration,
    mut open: impl FnMut() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let begin = Instant::now();
    let mut pause = Duration::from_millis(50);
    loop {
        match open() {
            Err(StoreError::Busy(_)) if begin.elapsed() + pause < patience => sleep(pause),
            result => return result,
        }
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}
