//! The records of `playlists.redb`: sets, runs, and what the user chose.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{digest::Digest, space::SpaceId, store::record::Record, time::Moment, track::ContentId};

/// A family of playlists that continue each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SetRecord {
    /// The id of the next new playlist; ids are never used twice in a lineage.
    pub next_id: u32,
    /// The number of the latest run.
    pub latest: u64,
}

/// One run of `cluster`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// A digest of the ids of all tracks that were there. The first field, so that it can be read without the rest.
    pub tracks: Digest,
    pub id: String,
    pub made: Moment,
    /// The number of the run with which the counting of playlist ids began: within a lineage, equal ids are
    /// the same playlist.
    pub lineage: u64,
    pub space: SpaceId,
    pub algorithm: String,
    /// Tracks were compared by the report's columns and arithmetic.
    pub report: bool,
    /// Canonical: equal settings are equal text.
    pub settings: String,
    pub inertia: f64,
    pub playlists: Vec<RunPlaylist>,
}

/// A playlist as a run left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPlaylist {
    pub id: u32,
    pub name: String,
    pub members: Vec<ContentId>,
    /// Tracks that are not in the library now, and were in this playlist last: they return to it.
    pub absent: Vec<ContentId>,
}

/// What the user chose for a playlist. It holds throughout the playlist's lineage and overrides what its runs say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlaylistChoice {
    pub name: Option<String>,
    /// The songs of a pinned playlist, which has no others.
    pub pinned: Option<Vec<ContentId>>,
    /// Songs that are pinned in it one by one, ascending.
    pub songs: Vec<ContentId>,
}

/// What the user chose in one lineage of a set, by playlist id.
pub(crate) type Choices = BTreeMap<u32, PlaylistChoice>;

impl Record for SetRecord {}
impl Record for RunRecord {}
impl Record for PlaylistChoice {}
