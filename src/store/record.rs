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
    const VERSION: u8 = 3;

    fn from_earlier(version: u8, bytes: &[u8]) -> Option<Self> {
        type Version1 = (ContentId, String, u32, u16, f64, bool);
        let ((content, codec, rate, channels, seconds, partial), decoder): (Version1, String) = match version
        {
            1 => (postcard::from_bytes(bytes).ok()?, String::new()),
            2 => postcard::from_bytes(bytes).ok()?,
            _ => return None,
        };
        Some(Self { content, codec, rate, channels, seconds, partial, decoder, damage: None })
    }
}

impl Record for Basis {
    const VERSION: u8 = 2;

    fn from_earlier(version: u8, bytes: &[u8]) -> Option<Self> {
        let of_version_1 = |(number, tracks, mean, axes)| Self::of_whole_vectors(number, tracks, mean, axes);
        if version == 1 { postcard::from_bytes(bytes).ok().map(of_version_1) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::store::{codec, tables::TRACKS};

    #[test]
    fn a_track_of_schema_5_is_partial_without_a_reason() {
        let content = ContentId { recipe: 1, digest: Digest([7; 32]) };
        let first = (content, "mp3", 44_100_u32, 2_u16, 100.5, true);
        for (version, decoder) in [(1, ""), (2, "symphonia")] {
            let record = [codec::to_bytes(&first), codec::to_bytes(&decoder)].concat();
            let record = if version == 1 { codec::to_bytes(&first) } else { record };
            let row = codec::seal(TRACKS, &3, &[&[version], &record[..]].concat());
            let track: TrackRecord = codec::decode(TRACKS, &3, &row).unwrap();
            assert_eq!((track.seconds, track.partial, track.damage), (100.5, true, None));
            assert_eq!((track.content, track.decoder.as_str()), (content, decoder));
        }
    }

    #[test]
    fn what_is_missing_is_kept() {
        let track = TrackRecord {
            content: ContentId { recipe: 1, digest: Digest([7; 32]) },
            codec: "mp3".into(),
            rate: 44_100,
            channels: 2,
            seconds: 100.0,
            partial: true,
            decoder: "symphonia".into(),
            damage: Some("1.0 s of 101.0 s are damaged, from 50.0 s".into()),
        };
        let row = codec::encode(TRACKS, &3, &track);
        assert_eq!(codec::decode(TRACKS, &3, &row), Ok(track));
    }
}
