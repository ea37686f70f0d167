//! The schema that a database says it has.

use std::path::Path;

use redb::{ReadableDatabase, WriteTransaction};

use super::tables::{META, SCHEMA, SCHEMA_KEY};
use super::{StoreError, codec, guard::guarded, rows};

/// Writes that the database is of today's schema.
pub(super) fn put_schema(write: &WriteTransaction) -> Result<(), redb::Error> {
    let row = rows::seal(META, &SCHEMA_KEY, &codec::to_bytes(&SCHEMA));
    write.open_table(META)?.insert(SCHEMA_KEY, row.as_slice())?;
    Ok(())
}

/// The schema of a database, from 1 to today's.
pub(super) fn schema_of(path: &Path, database: &impl ReadableDatabase) -> Result<u32, StoreError> {
    let row = guarded(path, || match rows::open(&database.begin_read()?, META)? {
        None => Ok(None),
        Some(table) => Ok(table.get(SCHEMA_KEY)?.map(|row| row.value().to_vec())),
    })?;
    let schema = |row: Vec<u8>| codec::from_bytes::<u32>(rows::unseal(META, &SCHEMA_KEY, &row)?);
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
