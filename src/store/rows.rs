//! Reading and writing rows of typed tables. A table that was never written to is empty.

use std::{borrow::Borrow, ops::RangeBounds};

use redb::{ReadOnlyTable, ReadTransaction, TableError, WriteTransaction};

use super::codec::{BadRow, RowMark, Table, decode, encode, mark};
use super::{keys::RowKey, record::Record};

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

/// Visits every record under the keys of a range, in their order, and gives the marks of the damaged rows.
pub(super) fn each<'a, K: RowKey, Q: Borrow<K::SelfType<'a>> + 'a, R: Record>(
    read: &ReadTransaction,
    table: Table<'_, K>,
    range: impl RangeBounds<Q> + 'a,
    mut visit: impl FnMut(&K::SelfType<'_>, R),
) -> Result<Vec<RowMark>, redb::Error> {
    let Some(rows) = open(read, table)? else { return Ok(vec![]) };
    let mut damaged = Vec::new();
    for entry in rows.range(range)? {
        let (key, row) = entry?;
        let key = key.value();
        match decode(table, &key, row.value()) {
            Ok(record) => visit(&key, record),
            Err(BadRow) => damaged.push(mark(table, &key)),
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
    let row = encode(table, key, record);
    write.open_table(table)?.insert(key, row.as_slice())?;
    Ok(())
}
