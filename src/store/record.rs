//! Records: the values of rows, each in a version.
//!
//! To add a field to a record: raise its `VERSION`, keep the struct of before in `from_earlier`, and raise
//! [`SCHEMA`](super::tables::SCHEMA) with an empty step in [`super::migrate`], so that an older program refuses the store
//! instead of taking its rows for damaged ones. Rows in the store stay as they are until they are next written.

use serde::{Serialize, de::DeserializeOwned};

use crate::file::{FailureRecord, RootRecord};
use crate::track::{ContentId, TrackNumber, TrackRecord};
use crate::{space::Score, space::basis::Basis, time::Moment};

/// The value of a row.
pub(super) trait Record: Serialize + DeserializeOwned {
    /// The version that is written.
    const VERSION: u8 = 1;

    /// Reads the form of an earlier version; none where there is no such version, or the bytes are not of it.
    fn from_earlier(_version: u8, _bytes: &[u8]) -> Option<Self> {
        None
    }
}

// Records of other folders; those of this one say it beside their structs.
impl Record for RootRecord {}
impl Record for FailureRecord {}
impl Record for TrackNumber {}
impl Record for Vec<Score> {}
impl Record for Moment {}

impl Record for TrackRecord {
    const VERSION: u8 = 2;

    fn from_earlier(version: u8, bytes: &[u8]) -> Option<Self> {
        type Version1 = (ContentId, String, u32, u16, f64, bool);
        let of_version_1 = |(content, codec, rate, channels, seconds, partial): Version1| Self {
            content,
            codec,
            rate,
            channels,
            seconds,
            partial,
            decoder: String::new(),
        };
        if version == 1 { postcard::from_bytes(bytes).ok().map(of_version_1) } else { None }
    }
}

impl Record for Basis {
    const VERSION: u8 = 2;

    fn from_earlier(version: u8, bytes: &[u8]) -> Option<Self> {
        let of_version_1 = |(number, tracks, mean, axes)| Self::of_whole_vectors(number, tracks, mean, axes);
        if version == 1 { postcard::from_bytes(bytes).ok().map(of_version_1) } else { None }
    }
}
