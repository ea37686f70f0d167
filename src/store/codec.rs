//! Rows as bytes: a checksum over table, key and value; then the version of the record and the record in postcard's
//! encoding.
//!
//! redb does not notice flipped bits when it opens a file, so every row carries its own checksum.

use redb::{TableDefinition, TableHandle};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{keys::RowKey, record::Record};
use crate::digest::{Digest, Hasher};

/// A table of sealed rows.
pub(super) type Table<'a, K> = TableDefinition<'a, K, &'static [u8]>;

/// Bytes of BLAKE3 kept before each row.
const CHECKSUM: usize = 8;

/// A row whose bytes are not what was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadRow;

/// Tells rows apart.
pub(super) type RowMark = [u8; 8];

/// The mark of the row under a key.
pub(super) fn mark<K: RowKey>(table: Table<'_, K>, key: &K::SelfType<'_>) -> RowMark {
    Hasher::default().field(table.name().as_bytes()).field(&K::sealed(key)).finish().mark()
}

fn checksum<K: RowKey>(table: Table<'_, K>, key: &K::SelfType<'_>, payload: &[u8]) -> Digest {
    Hasher::default().field(table.name().as_bytes()).field(&K::sealed(key)).field(payload).finish()
}

/// Seals raw bytes for a row.
pub(super) fn seal<K: RowKey>(table: Table<'_, K>, key: &K::SelfType<'_>, payload: &[u8]) -> Vec<u8> {
    [&checksum(table, key, payload).0[..CHECKSUM], payload].concat()
}

/// The bytes that were sealed.
pub(super) fn unseal<'r, K: RowKey>(
    table: Table<'_, K>,
    key: &K::SelfType<'_>,
    row: &'r [u8],
) -> Result<&'r [u8], BadRow> {
    let (sum, payload) = row.split_at_checked(CHECKSUM).ok_or(BadRow)?;
    if *sum == checksum(table, key, payload).0[..CHECKSUM] { Ok(payload) } else { Err(BadRow) }
}

/// Encodes a record for a row.
pub(super) fn encode<K: RowKey, R: Record>(
    table: Table<'_, K>,
    key: &K::SelfType<'_>,
    record: &R,
) -> Vec<u8> {
    let mut payload = vec![R::VERSION];
    payload.extend(to_bytes(record));
    seal(table, key, &payload)
}

/// The record of a row, by whichever version of it.
pub(super) fn decode<K: RowKey, R: Record>(
    table: Table<'_, K>,
    key: &K::SelfType<'_>,
    row: &[u8],
) -> Result<R, BadRow> {
    match unseal(table, key, row)?.split_first() {
        Some((version, record)) if *version == R::VERSION => from_bytes(record),
        Some((version, record)) => R::from_earlier(*version, record).ok_or(BadRow),
        None => Err(BadRow),
    }
}

/// The first field of a row's record, or a tuple of the first ones, as `field_of` a whole one gives it; the rest is not
/// read.
pub(super) fn decode_first<K: RowKey, R: Record, F: DeserializeOwned>(
    table: Table<'_, K>,
    key: &K::SelfType<'_>,
    row: &[u8],
    field_of: impl Fn(R) -> F,
) -> Result<F, BadRow> {
    match unseal(table, key, row)?.split_first() {
        Some((version, record)) if *version == R::VERSION => {
            postcard::take_from_bytes(record).map(|(first, _)| first).map_err(|_| BadRow)
        }
        _ => decode(table, key, row).map(field_of),
    }
}

/// The first fields of a row's record, of whatever version. The row is not checked.
pub(super) fn peek<'r, F: Deserialize<'r>>(row: &'r [u8]) -> Option<F> {
    let record = row.get(CHECKSUM + 1..)?;
    postcard::take_from_bytes(record).ok().map(|(first, _)| first)
}

/// A value in postcard's encoding.
pub(super) fn to_bytes(value: &impl Serialize) -> Vec<u8> {
    // postcard fails only on a full buffer, which a Vec is not, and on sequences of unknown
    // length, which no record has.
    postcard::to_stdvec(value).expect("records have known lengths")
}

/// The value that was encoded.
pub(super) fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BadRow> {
    postcard::from_bytes(bytes).map_err(|_| BadRow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tables::{FILES, ROOTS};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct First {
        name: String,
    }
    impl Record for First {}

    /// The same record after a field was added.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Second {
        name: String,
        loudness: Option<f32>,
    }
    impl Record for Second {
        const VERSION: u8 = 2;

        fn from_earlier(version: u8, bytes: &[u8]) -> Option<Self> {
            let First { name } = from_bytes(bytes).ok().filter(|_| version == 1)?;
            Some(Self { name, loudness: None })
        }
    }

    const KEY: &[u8] = b"key";

    fn first() -> First {
        First { name: "text".to_owned() }
    }

    #[test]
    fn a_row_is_read_back_only_unchanged_and_under_its_own_key() {
        let row = encode(FILES, &KEY, &first());
        assert_eq!(decode(FILES, &KEY, &row), Ok(first()));
        assert_eq!(decode::<_, First>(FILES, &b"yek".as_slice(), &row), Err(BadRow));
        assert_eq!(decode::<_, First>(ROOTS, &KEY, &row), Err(BadRow));
        for bit in 0..row.len() * 8 {
            let mut flipped = row.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode::<_, First>(FILES, &KEY, &flipped), Err(BadRow), "{bit}");
        }
        for length in 0..row.len() {
            assert_eq!(decode::<_, First>(FILES, &KEY, &row[..length]), Err(BadRow));
        }
    }

    #[test]
    fn a_record_that_has_grown_is_read_from_its_earlier_form() {
        let row = encode(FILES, &KEY, &first());
        let grown = Second { name: "text".to_owned(), loudness: None };
        assert_eq!(decode(FILES, &KEY, &row), Ok(grown));
        let name = |record: Second| record.name;
        assert_eq!(decode_first(FILES, &KEY, &row, name), Ok("text".to_owned()));
        let row = encode(FILES, &KEY, &Second { name: "text".to_owned(), loudness: Some(-14.0) });
        assert_eq!(decode_first(FILES, &KEY, &row, name), Ok("text".to_owned()));
        assert_eq!(decode::<_, First>(FILES, &KEY, &row), Err(BadRow), "its schema is refused before that");
    }
}
