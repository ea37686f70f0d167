//! Which spaces the store has vectors of, and how fast each was filled last.

use redb::{ReadTransaction, ReadableTable, WriteTransaction};

use serde::{Deserialize, Serialize};

use super::{record::Record, rows, tables::SPACES};
use crate::{space::SpaceId, time::Moment};

/// What is known of a space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceRecord {
    pub space: SpaceId,
    pub dimension: u32,
}

/// How fast the last pass filled a space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaceRecord {
    /// When that pass began, and when it stored a vector last.
    pub since: Moment,
    pub until: Moment,
    /// Vectors stored by it.
    pub stored: u64,
}

impl Record for SpaceRecord {}
impl Record for PaceRecord {}

/// The name of the table that holds a space's vectors.
pub(super) fn table_name(space: &SpaceId) -> String {
    format!("vectors/{}/{}", space.name, space.fingerprint.short(16))
}

/// Notes that a space has vectors of `dimension` values.
pub(super) fn put(write: &WriteTransaction, space: &SpaceId, dimension: usize) -> Result<(), redb::Error> {
    let name = table_name(space);
    if write.open_table(SPACES)?.get(name.as_str())?.is_some() {
        return Ok(());
    }
    let dimension = u32::try_from(dimension).unwrap_or(u32::MAX);
    rows::put(write, SPACES, &name.as_str(), &SpaceRecord { space: space.clone(), dimension })
}

/// All spaces of the store, and how many of their records are damaged.
pub(super) fn spaces(read: &ReadTransaction) -> Result<(Vec<SpaceRecord>, usize), redb::Error> {
    let mut spaces = Vec::new();
    let damaged = rows::each::<&str, &str, _>(read, SPACES, .., |_, record| spaces.push(record))?;
    Ok((spaces, damaged))
}
