//! Reading and writing rows of typed tables. A table that was never written to is empty.

use std::{borrow::Borrow, ops::RangeBounds};

use redb::{ReadOnlyTable, ReadTransaction, TableDefinition, TableError, TableHandle, WriteTransaction};

use super::codec::{self, BadRow};
use super::{keys::RowKey, record::Record};

/// A table of sealed rows.
pub(super) type Table<'a, K> = TableDefinition<'a, K, &'static [u8]>;

/// Seals raw bytes for a row.
pub(super) fn seal<K: RowKey>(table: Table<'_, K>, key: &K::SelfType<'_>, payload: &[u8]) -> Vec<u8> {
    codec::seal(table.name(), &K::sealed(key), payload)
}

/// The bytes that were sealed in a row.
pub(super) fn unseal<'r, K: RowKey>(
    table: Table<'_, K>,
    key: &K::SelfType<'_>,
    row: &'r [u8],
) -> Result<&'r [u8], BadRow> {
    codec::unseal(table.name(), &K::sealed(key), row)
}

/// The record of a row.
pub(super) fn decode<K: RowKey, R: Record>(
    table: Table<'_, K>,
    key: &K::SelfType<'_>,
    row: &[u8],
) -> Result<R, BadRow> {
    codec::decode(table.name(), &K::sealed(key), row)
}

/// The first field of a row's record, as `field_of` a whole one gives it; the rest is not read.
pub(super) fn decode_first<K: RowKey, R: Record, F: serde::de::DeserializeOwned>(
    table: Table<'_, K>,
    key: &K::SelfType<'_>,
    row: &[u8],
    field_of: impl Fn(R) -> F,
) -> Result<F, BadRow> {
    codec::decode_first(table.name(), &K::sealed(key), row, field_of)
}

/// The table, if it was ever written to.
pub(super) fn open<K: RowKey>(
    read: &ReadTransaction,
    table: Table<'_, K>,
) -> Result<Option<ReadOnlyTable<K, &'static [u8]>>, redb::Error> {
    match read.open_table(table) {
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        table => Ok(Some(table?)),
    }
}

/// The record under a key, if there is one, and whether it is damaged.
pub(super) fn get<K: RowKey, R: Record>(
    read: &ReadTransaction,
    table: Table<'_, K>,
    key: &K::SelfType<'_>,
) -> Result<Option<Result<R, BadRow>>, redb::Error> {
    let Some(rows) = open(read, table)? else { return Ok(None) };
    let row = rows.get(key)?;
    Ok(row.map(|row| decode(table, key, row.value())))
}

/// Visits every record under the keys of a range, in their order, and counts the damaged rows.
pub(super) fn each<'a, K: RowKey, Q: Borrow<K::SelfType<'a>> + 'a, R: Record>(
    read: &ReadTransaction,
    table: Table<'_, K>,
    range: impl RangeBounds<Q> + 'a,
    mut visit: impl FnMut(&K::SelfType<'_>, R),
) -> Result<usize, redb::Error> {
    let Some(rows) = open(read, table)? else { return Ok(0) };
    let mut damaged = 0;
    for entry in rows.range(range)? {
        let (key, row) = entry?;
        let key = key.value();
        match decode(table, &key, row.value()) {
            Ok(record) => visit(&key, record),
            Err(BadRow) => damaged += 1,
        }
    }
    Ok(damaged)
}

/// Writes a record.
pub(super) fn put<K: RowKey, R: Record>(
    write: &WriteTransaction,
    table: Table<'_, K>,
    key: &K::SelfType<'_>,
    record: &R,
) -> Result<(), redb::Error> {
    let row = codec::encode(table.name(), &K::sealed(key), record);
    write.open_table(table)?.insert(key, row.as_slice())?;
    Ok(())
}
