//! Identifies a song that is a part of a recording.

use super::demux::Identity;
use crate::digest::Hasher;
use crate::track::{ContentId, Extent, Failure, FailureKind};

/// The recipe for a part of a recording: a hash of the recording's own, and of where in it the part lies.
const RECIPE_OF_SECTION: u8 = 3;

/// The identity of a part of the recording `whole`, with the tags of that.
/// Errors: `Truncated`, where it begins behind the end of the recording.
pub(crate) fn identity_of_section(whole: &Identity, extent: Extent) -> Result<Identity, Failure> {
    if let Some(seconds) = whole.seconds.filter(|seconds| *seconds <= extent.start_seconds()) {
        let reason = format!(
            "its cue sheet begins it at {:.0} s, and the file ends at {seconds:.0} s",
            extent.start_seconds()
        );
        return Err(Failure::of_content(FailureKind::Truncated, reason));
    }
    let mut hasher = Hasher::default();
    hasher.field(&[whole.content.recipe]).field(&whole.content.digest.0);
    hasher.field(&extent.start.to_le_bytes()).field(&extent.end.unwrap_or(u32::MAX).to_le_bytes());
    let content = ContentId { recipe: RECIPE_OF_SECTION, digest: hasher.finish() };
    Ok(Identity { content, seconds: extent.seconds(whole.seconds), sections: Vec::new(), ..whole.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{digest::Digest, track::Tags};

    #[test]
    fn a_part_is_known_by_its_recording_and_its_place() {
        let whole = |n, seconds| Identity {
            content: ContentId { recipe: 1, digest: Digest([n; 32]) },
            codec: "flac".into(),
            rate: 44_100,
            channels: 2,
            seconds,
            tags: Tags::default(),
            sections: vec![],
        };
        let part =
            |n, start, end| identity_of_section(&whole(n, Some(100.0)), Extent { start, end }).unwrap();
        let ids = [part(1, 0, Some(75)), part(1, 0, None), part(1, 75, None), part(2, 0, None)];
        for (index, one) in ids.iter().enumerate() {
            assert!(ids[..index].iter().all(|other| other.content != one.content));
        }
        assert_eq!(part(1, 75, None), ids[2]);
        assert_eq!((ids[0].seconds, ids[2].seconds), (Some(1.0), Some(99.0)));
        let extent = Extent { start: 100 * 75, end: None };
        let failure = identity_of_section(&whole(1, Some(100.0)), extent).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Truncated);
        assert!(failure.reason.contains("at 100 s"), "{failure}");
        assert!(
            identity_of_section(&whole(1, None), extent).is_ok(),
            "how long it is shows when it is decoded"
        );
    }
}
