//! Rows as bytes: a checksum over table, key and value, then the value in postcard's encoding.
//!
//! redb does not notice flipped bits when it opens a file, so every row carries its own witness.

use serde::{Serialize, de::DeserializeOwned};

use crate::digest::Hasher;

/// Bytes of BLAKE3 kept before each row.
const CHECKSUM: usize = 8;

/// A row whose bytes are not what was written.
#[derive(Debug, PartialEq, Eq)]
pub struct BadRow;

fn checksum(table: &str, key: &[u8], payload: &[u8]) -> [u8; CHECKSUM] {
    let digest = Hasher::default().field(table.as_bytes()).field(key).field(payload).finish();
    let mut sum = [0; CHECKSUM];
    sum.copy_from_slice(&digest.0[..CHECKSUM]);
    sum
}

/// Seals raw bytes for `table` under `key`.
pub fn seal(table: &str, key: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut row = checksum(table, key, payload).to_vec();
    row.extend_from_slice(payload);
    row
}

/// The bytes that were sealed.
pub fn unseal<'a>(table: &str, key: &[u8], row: &'a [u8]) -> Result<&'a [u8], BadRow> {
    let (sum, payload) = row.split_at_checked(CHECKSUM).ok_or(BadRow)?;
    if sum == checksum(table, key, payload) { Ok(payload) } else { Err(BadRow) }
}

/// Encodes a record for `table` under `key`.
pub fn encode(table: &str, key: &[u8], record: &impl Serialize) -> Vec<u8> {
    // postcard fails only on a full buffer, which a Vec is not, and on sequences of unknown
    // length, which no record has.
    let payload = postcard::to_stdvec(record).expect("records have known lengths");
    seal(table, key, &payload)
}

/// The record that was encoded.
pub fn decode<T: DeserializeOwned>(table: &str, key: &[u8], row: &[u8]) -> Result<T, BadRow> {
    postcard::from_bytes(unseal(table, key, row)?).map_err(|_| BadRow)
}

/// The first field of the record that was encoded.
pub fn decode_first<T: DeserializeOwned>(table: &str, key: &[u8], row: &[u8]) -> Result<T, BadRow> {
    postcard::take_from_bytes(unseal(table, key, row)?).map(|(first, _)| first).map_err(|_| BadRow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_back_only_unchanged_and_under_its_own_key() {
        let row = encode("files", b"key", &("text".to_owned(), 7_u32));
        assert_eq!(decode("files", b"key", &row), Ok(("text".to_owned(), 7_u32)));
        assert_eq!(decode::<(String, u32)>("files", b"yek", &row), Err(BadRow));
        assert_eq!(decode::<(String, u32)>("tracks", b"key", &row), Err(BadRow));
        for bit in 0..row.len() * 8 {
            let mut flipped = row.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode::<(String, u32)>("files", b"key", &flipped), Err(BadRow), "{bit}");
        }
        for length in 0..row.len() {
            assert_eq!(decode::<(String, u32)>("files", b"key", &row[..length]), Err(BadRow));
        }
    }
}
