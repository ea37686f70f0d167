//! The records of `playlists.redb`: sets, runs, what the user chose, and files that were written.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::store::{codec::from_bytes, record::Record};
use crate::{digest::Digest, space::SpaceId, time::Moment, track::ContentId};

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
    /// A digest of the ids of all tracks that were there. This and the next are first, to be read without the rest.
    pub tracks: Digest,
    /// An earlier run that was brought back: what came between them is not gone on from.
    pub is_restored: bool,
    /// Twelve hexadecimal digits, a hash of its inputs and playlists.
    pub id: String,
    /// When it was made.
    pub made: Moment,
    /// The number of the run with which the counting of playlist ids began: within a lineage, equal ids are
    /// the same playlist.
    pub lineage: u64,
    /// Whose vectors were compared.
    pub space: SpaceId,
    /// The word that `--algorithm` takes.
    pub algorithm: String,
    /// Tracks were compared by the report's columns and arithmetic.
    pub report: bool,
    /// Canonical: equal settings are equal text.
    pub settings: String,
    /// Sum of the squared distances of the points to their centroids.
    pub inertia: f64,
    /// As the run listed them.
    pub playlists: Vec<RunPlaylist>,
    /// Playlists of earlier runs that are gone, without members: their songs are `absent`. Where such songs come back,
    /// so does their playlist.
    pub gone: Vec<RunPlaylist>,
}

#[cfg(test)]
impl RunRecord {
    /// A run of these playlists, of which a test says more where it matters.
    pub(crate) fn example(playlists: Vec<RunPlaylist>) -> Self {
        Self {
            tracks: Digest([0; 32]),
            is_restored: false,
            id: String::new(),
            made: Moment::now(),
            lineage: 1,
            space: SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) },
            algorithm: "kmeans".into(),
            report: false,
            settings: String::new(),
            inertia: 0.0,
            playlists,
            gone: vec![],
        }
    }
}

/// A playlist as a run left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPlaylist {
    /// The same in all runs of a lineage.
    pub id: u32,
    /// As the run gave it, whatever the user chose since.
    pub name: String,
    /// Ascending.
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

/// A file with the digest of the bytes that were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnedFile {
    pub path: PathBuf,
    pub digest: Digest,
    /// The id of the playlist that it holds.
    pub playlist: u32,
}

/// The file at one path. There is more than one digest if the program was killed before it could store which
/// one was written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OwnedRow {
    pub set: String,
    pub playlist: u32,
    pub digests: Vec<Digest>,
}

impl Record for SetRecord {}
impl Record for RunRecord {
    const VERSION: u8 = 2;

    fn from_earlier(version: u8, bytes: &[u8]) -> Option<Self> {
        let run: FirstRunRecord = from_bytes(bytes).ok().filter(|_| version == 1)?;
        Some(Self {
            tracks: run.tracks,
            is_restored: false,
            id: run.id,
            made: run.made,
            lineage: run.lineage,
            space: run.space,
            algorithm: run.algorithm,
            report: run.report,
            settings: run.settings,
            inertia: run.inertia,
            playlists: run.playlists,
            gone: vec![],
        })
    }
}

/// A run as schemas 1 and 2 kept it.
#[derive(Deserialize)]
struct FirstRunRecord {
    tracks: Digest,
    id: String,
    made: Moment,
    lineage: u64,
    space: SpaceId,
    algorithm: String,
    report: bool,
    settings: String,
    inertia: f64,
    playlists: Vec<RunPlaylist>,
}

impl Record for PlaylistChoice {}
impl Record for OwnedRow {}
