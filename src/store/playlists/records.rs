//! What `playlists.redb` says of a set and its runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{digest::Digest, space::SpaceId, store::record::Record, time::Moment, track::ContentId};

/// A family of playlists that continue each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetRecord {
    /// The id of the next new playlist; ids are never used twice in a lineage.
    pub next_id: u32,
    /// The number of the latest run.
    pub latest: u64,
}

/// One clustering, as it was kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Of the names of all tracks that were there. First, so that it is read without the rest.
    pub tracks: Digest,
    pub id: String,
    pub made: Moment,
    /// The number of the run that began to count the ids of playlists anew: in one lineage, equal ids are one playlist.
    pub lineage: u64,
    pub space: SpaceId,
    pub algorithm: String,
    /// Compared by the report's columns and arithmetic.
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
    /// Tracks that were here when they were last seen: where they return to.
    pub absent: Vec<ContentId>,
}

/// What the user chose for a playlist. It holds as long as the playlist's lineage, whatever the runs say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub name: Option<String>,
    /// The songs of a pinned playlist: it has no others.
    pub pinned: Option<Vec<ContentId>>,
    /// Songs that stay in it, ascending, whatever others do.
    pub songs: Vec<ContentId>,
}

/// What the user chose in one lineage of a set, by the ids of the playlists.
pub type Choices = BTreeMap<u32, Choice>;

impl Record for SetRecord {}
impl Record for RunRecord {}
impl Record for Choice {}
