//! A row of the table of tracks.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::file::FailureRecord;
use crate::space::Score;
use crate::time::Moment;
use crate::track::{ContentId, Division, Tags, TrackRecord};

/// A recording with its files; or a file that holds none, alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TrackRow {
    /// None where nothing could be read.
    pub content: Option<ContentId>,
    /// None where nothing could be demuxed, and for an album in one file.
    pub track: Option<TrackRecord>,
    /// The first one gives the row its path and its tags.
    pub files: Vec<FileRow>,
    /// By the table's spaces.
    pub vectors: Vec<Option<VectorCell>>,
}

/// What one method made of a track.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct VectorCell {
    pub values: Vec<f32>,
    /// Best first; empty if the method has no classes.
    pub scores: Vec<Score>,
}

/// A file that holds the track, as it was there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FileRow {
    pub path: PathBuf,
    /// The folder of the library that holds it.
    pub root: Option<PathBuf>,
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: i64,
    /// When a walk first did not find it.
    pub missing: Option<Moment>,
    /// When its content was last read.
    pub checked: Moment,
    pub details: FileDetails,
}

/// What of a file only an import reads, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileDetails {
    pub tags: Tags,
    pub division: Division,
    /// By space, or under no name where the whole file has failed.
    pub failures: Vec<(String, FailureRecord)>,
}
