//! The schema that a database says it has, and the way from an earlier one to today's, one schema at a time.
//!
//! All steps are one transaction, so a crash leaves the database as it was; besides, a copy of the file lies beside it until
//! they have succeeded, for the mistakes that a step could make itself.

use std::ops::Bound::{Excluded, Unbounded};
use std::{fs, path::Path, path::PathBuf};

use redb::{Database, ReadableDatabase, ReadableTable, TableHandle, WriteTransaction};

use super::codec::{self, Table};
use super::spaces::{BASES, SCORES};
use super::tables::{
    CHOICES, CONTENTS, FAILURES, FILES, META, OWNED, PACES, ROOTS, RUNS, SCHEMA, SCHEMA_KEY, SETS, SPACES,
    TRACKS,
};
use super::{StoreError, guard::guarded, keys::RowKey, rows};

type Step = fn(&WriteTransaction) -> Result<(), redb::Error>;

/// The step from schema 1, from schema 2, …; the last one leads to [`SCHEMA`].
const STEPS: &[Step] =
    &[records_get_versions, runs_say_more, bases_have_blocks, records_say_more, tracks_say_what_is_missing];

/// Writes that the database is of today's schema.
pub(super) fn put_schema(write: &WriteTransaction) -> Result<(), redb::Error> {
    let row = codec::seal(META, &SCHEMA_KEY, &codec::to_bytes(&SCHEMA));
    write.open_table(META)?.insert(SCHEMA_KEY, row.as_slice())?;
    Ok(())
}

/// The schema of a database, from 1 to today's.
pub(super) fn schema_of(path: &Path, database: &impl ReadableDatabase) -> Result<u32, StoreError> {
    let row = guarded(path, || match rows::open(&database.begin_read()?, META)? {
        None => Ok(None),
        Some(table) => Ok(table.get(SCHEMA_KEY)?.map(|row| row.value().to_vec())),
    })?;
    let schema = |row: Vec<u8>| codec::from_bytes::<u32>(codec::unseal(META, &SCHEMA_KEY, &row)?);
    match row.map(schema) {
        Some(Ok(found)) if found > SCHEMA => {
            Err(StoreError::Newer { path: path.to_owned(), found, known: SCHEMA })
        }
        Some(Ok(found @ 1..)) => Ok(found),
        _ => Err(StoreError::Damaged {
            path: path.to_owned(),
            detail: "it does not say its schema".to_owned(),
        }),
    }
}

/// Migrates the database at `path`, which is of schema `found`.
/// Errors: no room for the copy, or a disk that fails: then the database is as it was.
pub(super) fn migrate(path: &Path, database: &Database, found: u32) -> Result<(), StoreError> {
    let copy = copy_of(path);
    let failed = |source| StoreError::Migration { path: path.to_owned(), source };
    fs::copy(path, &copy).and_then(|_| fs::File::open(&copy)?.sync_all()).map_err(failed)?;
    guarded(path, || {
        let mut write = database.begin_write()?;
        write.set_quick_repair(true);
        STEPS.iter().skip(found.saturating_sub(1) as usize).try_for_each(|step| step(&write))?;
        put_schema(&write)?;
        Ok(write.commit()?)
    })?;
    discard_copy(path);
    Ok(())
}

/// Removes the copy that a migration left which was killed after its commit.
pub(super) fn discard_copy(path: &Path) {
    // It is in nobody's way: the next writer tries again.
    let _ = fs::remove_file(copy_of(path));
}

fn copy_of(path: &Path) -> PathBuf {
    path.with_extension("redb.before-migration")
}

/// Schema 1 → 2: every record begins with its version.
fn records_get_versions(write: &WriteTransaction) -> Result<(), redb::Error> {
    let names: Vec<String> = write.list_tables()?.map(|table| table.name().to_owned()).collect();
    for name in &names {
        match name.as_str() {
            "meta" => add_version(write, META, |key| *key != SCHEMA_KEY)?,
            "roots" => add_version(write, ROOTS, |_| true)?,
            "files" => add_version(write, FILES, |_| true)?,
            "failures" => add_version(write, FAILURES, |_| true)?,
            "contents" => add_version(write, CONTENTS, |_| true)?,
            "tracks" => add_version(write, TRACKS, |_| true)?,
            "spaces" => add_version(write, SPACES, |_| true)?,
            "paces" => add_version(write, PACES, |_| true)?,
            "sets" => add_version(write, SETS, |_| true)?,
            "runs" => add_version(write, RUNS, |_| true)?,
            "owned" => add_version(write, OWNED, |_| true)?,
            "choices" => add_version(write, CHOICES, |_| true)?,
            name if name.starts_with(SCORES) || name.starts_with(BASES) => {
                add_version(write, Table::<u32>::new(name), |_| true)?;
            }
            // Vectors, whole and reduced, are no records: their first bytes say how they are encoded.
            _ => {}
        }
    }
    Ok(())
}

/// Schema 2 → 3: runs say which playlists are gone. Those of before are read as they are.
fn runs_say_more(_: &WriteTransaction) -> Result<(), redb::Error> {
    Ok(())
}

/// Schema 3 → 4: bases have blocks. Those of before are read as they are.
fn bases_have_blocks(_: &WriteTransaction) -> Result<(), redb::Error> {
    Ok(())
}

/// Schema 4 → 5: tracks say what decoded them, and tags say more. Those of before are read as they are; tags get the rest when
/// their file is read again.
fn records_say_more(_: &WriteTransaction) -> Result<(), redb::Error> {
    Ok(())
}

/// Schema 5 → 6: tracks say what of them is missing. Those of before are read as they are.
fn tracks_say_what_is_missing(_: &WriteTransaction) -> Result<(), redb::Error> {
    Ok(())
}

/// Rows that are read before they are written again: some megabytes.
const CHUNK: usize = 10_000;

/// Puts the version 1 before the record of every row that `is_record`. A damaged row stays as it is, and damaged.
fn add_version<K: RowKey>(
    write: &WriteTransaction,
    table: Table<'_, K>,
    is_record: impl Fn(&K::SelfType<'_>) -> bool,
) -> Result<(), redb::Error> {
    let mut stored = write.open_table(table)?;
    let mut after: Option<Vec<u8>> = None;
    loop {
        let mut chunk: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        let from = after.as_deref().map_or(Unbounded, |key| Excluded(K::from_bytes(key)));
        for entry in stored.range::<K::SelfType<'_>>((from, Unbounded))?.take(CHUNK) {
            let (key, row) = entry?;
            chunk.push((K::as_bytes(&key.value()).as_ref().to_vec(), row.value().to_vec()));
        }
        let Some((last, _)) = chunk.last() else { return Ok(()) };
        after = Some(last.clone());
        for (key, row) in chunk {
            let key = K::from_bytes(&key);
            if let Ok(record) = codec::unseal(table, &key, &row)
                && is_record(&key)
            {
                let row = codec::seal(table, &key, &[&[1], record].concat());
                stored.insert(&key, row.as_slice())?;
            }
        }
    }
}

#[cfg(test)]
mod tests;
