//! Vectors of one space: a table of its own, a row a part.
//!
//! Little-endian f32 behind a one-byte encoding and a u32 dimension. Longer vectors are split at
//! 4 000 bytes: redb's pages are powers of two, and a 4 096-byte value takes two.

use std::collections::{BTreeMap, HashMap, HashSet};

use redb::{ReadTransaction, ReadableTable, TableDefinition, TableError, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{codec, tables::SPACES};
use crate::{space::SpaceId, track::TrackNumber};

const PART: usize = 4000;
const F32: u8 = 0;

/// What is known of a space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceRecord {
    pub space: SpaceId,
    pub dimension: u32,
}

type Parts<'a> = TableDefinition<'a, (u8, u32), &'static [u8]>;

/// The name of the table that holds a space's vectors.
fn table_name(space: &SpaceId) -> String {
    format!("vectors/{}/{}", space.name, space.fingerprint.short(16))
}

fn key_bytes(part: u8, track: u32) -> [u8; 5] {
    let [a, b, c, d] = track.to_le_bytes();
    [part, a, b, c, d]
}

/// Writes one vector.
pub fn put(
    write: &WriteTransaction,
    space: &SpaceId,
    track: TrackNumber,
    values: &[f32],
) -> Result<(), redb::Error> {
    let name = table_name(space);
    let dimension = u32::try_from(values.len()).unwrap_or(u32::MAX);
    let mut spaces = write.open_table(SPACES)?;
    if spaces.get(name.as_str())?.is_none() {
        let record = SpaceRecord { space: space.clone(), dimension };
        let row = codec::encode("spaces", name.as_bytes(), &record);
        spaces.insert(name.as_str(), row.as_slice())?;
    }
    let mut bytes = vec![F32];
    bytes.extend_from_slice(&dimension.to_le_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    let mut table = write.open_table(Parts::new(&name))?;
    for (part, chunk) in (0_u8..).zip(bytes.chunks(PART)) {
        let row = codec::seal(&name, &key_bytes(part, track.0), chunk);
        table.insert((part, track.0), row.as_slice())?;
    }
    Ok(())
}

/// All spaces of the store, and how many of their records could not be read.
pub fn spaces(read: &ReadTransaction) -> Result<(Vec<SpaceRecord>, usize), redb::Error> {
    let table = match read.open_table(SPACES) {
        Err(TableError::TableDoesNotExist(_)) => return Ok((Vec::new(), 0)),
        other => other?,
    };
    let (mut spaces, mut damaged) = (Vec::new(), 0);
    for entry in table.iter()? {
        let (key, row) = entry?;
        match codec::decode("spaces", key.value().as_bytes(), row.value()) {
            Ok(record) => spaces.push(record),
            Err(codec::BadRow) => damaged += 1,
        }
    }
    Ok((spaces, damaged))
}

/// Vectors of one space by track.
pub type Vectors = BTreeMap<TrackNumber, Vec<f32>>;

/// All whole vectors of a space, and how many tracks have a damaged one.
pub fn get(read: &ReadTransaction, space: &SpaceId) -> Result<(Vectors, usize), redb::Error> {
    let mut bytes: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    let mut damaged = HashSet::new();
    each_part(read, space, |_, track, payload| match payload {
        Some(payload) => bytes.entry(track).or_default().extend_from_slice(payload),
        None => drop(damaged.insert(track)),
    })?;
    let mut vectors = Vectors::new();
    for (track, bytes) in bytes {
        match parse(&bytes) {
            Some(values) => drop(vectors.insert(TrackNumber(track), values)),
            None => drop(damaged.insert(track)),
        }
    }
    // A key that was hit may pass for that of a track whose own row is whole.
    damaged.retain(|track| !vectors.contains_key(&TrackNumber(*track)));
    Ok((vectors, damaged.len()))
}

/// The tracks that have a whole vector in a space.
pub fn covered(read: &ReadTransaction, space: &SpaceId) -> Result<HashSet<TrackNumber>, redb::Error> {
    // Bytes that each track's first part promises, less those that are there.
    let mut lacking: HashMap<u32, i64> = HashMap::new();
    each_part(read, space, |part, track, payload| {
        let Some(payload) = payload else { return };
        let promised = if part == 0 { promised(payload).unwrap_or(i64::MAX / 2) } else { 0 };
        *lacking.entry(track).or_default() += promised - payload.len() as i64;
    })?;
    let whole = lacking.into_iter().filter(|(_, lacking)| *lacking == 0);
    Ok(whole.map(|(track, _)| TrackNumber(track)).collect())
}

/// Visits every part in order of part and track; a damaged one has no payload.
fn each_part(
    read: &ReadTransaction,
    space: &SpaceId,
    mut visit: impl FnMut(u8, u32, Option<&[u8]>),
) -> Result<(), redb::Error> {
    let name = table_name(space);
    let table = match read.open_table(Parts::new(&name)) {
        Err(TableError::TableDoesNotExist(_)) => return Ok(()),
        other => other?,
    };
    for entry in table.iter()? {
        let (key, row) = entry?;
        let (part, track) = key.value();
        visit(part, track, codec::unseal(&name, &key_bytes(part, track), row.value()).ok());
    }
    Ok(())
}

/// Bytes of the whole vector, from its first part.
fn promised(first: &[u8]) -> Option<i64> {
    let dimension = first.get(1..5)?.first_chunk::<4>()?;
    Some(5 + i64::from(u32::from_le_bytes(*dimension)) * 4)
}

/// A vector from its bytes; none where they do not add up.
fn parse(bytes: &[u8]) -> Option<Vec<f32>> {
    let (&encoding, rest) = bytes.split_first()?;
    let (dimension, rest) = rest.split_first_chunk::<4>()?;
    let whole = rest.len() == u32::from_le_bytes(*dimension) as usize * 4;
    (encoding == F32 && whole)
        .then(|| rest.as_chunks::<4>().0.iter().map(|value| f32::from_le_bytes(*value)).collect())
}
