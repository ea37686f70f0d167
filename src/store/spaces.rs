//! Which spaces the store has vectors of, and how fast each was filled last.

use std::collections::BTreeMap;

use redb::{ReadableTable, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{record::Record, rows, tables::SPACES};
use crate::{space::SpaceId, time::Moment, track::TrackNumber};

/// What is known of a space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SpaceRecord {
    pub space: SpaceId,
    pub dimension: u32,
}

/// How fast the last pass filled a space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PaceRecord {
    /// When that pass began, and when it stored a vector last.
    pub since: Moment,
    pub until: Moment,
    /// Vectors stored by it.
    pub stored: u64,
}

/// Vectors of one space by track.
pub(super) type Vectors = BTreeMap<TrackNumber, Vec<f32>>;

impl Record for SpaceRecord {}
impl Record for PaceRecord {}

/// How the names of a space's own tables begin: of vectors, which is also the space's key in other tables,
pub(super) const VECTORS: &str = "vectors/";
/// of the scores of a model's classes,
pub(super) const SCORES: &str = "scores/";
/// of the one basis, under 0,
pub(super) const BASES: &str = "bases/";
/// and of the vectors that are reduced to it.
pub(super) const REDUCED: &str = "reduced/";

pub(super) fn table_name(begin: &str, space: &SpaceId) -> String {
    format!("{begin}{}/{}", space.name, space.fingerprint.short(16))
}

/// Notes that a space has vectors of `dimension` values.
pub(super) fn put(write: &WriteTransaction, space: &SpaceId, dimension: usize) -> Result<(), redb::Error> {
    let name = table_name(VECTORS, space);
    if write.open_table(SPACES)?.get(name.as_str())?.is_some() {
        return Ok(());
    }
    let dimension = u32::try_from(dimension).unwrap_or(u32::MAX);
    rows::put(write, SPACES, &name.as_str(), &SpaceRecord { space: space.clone(), dimension })
}
