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
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::audio::{Decoder, Decoding};
    use crate::{digest::Digest, track::Tags};

    fn decoded(path: &Path, part: Option<Extent>) -> (Vec<f32>, f64) {
        let mut decoder = Decoder::open(path, part, &Decoding::default()).unwrap();
        let mut samples = Vec::new();
        while let Some(block) = decoder.next_block().unwrap() {
            samples.extend_from_slice(block.samples);
        }
        (samples, decoder.finish().unwrap().seconds)
    }

    /// Whether the decoder seeks to the part, passes over packets, or decodes what lies before it.
    #[test]
    fn a_part_has_the_samples_that_it_has_in_the_whole() {
        let clips = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clips"));
        for name in [
            "acoustic_01.mp3",
            "acoustic_02.flac",
            "acoustic_03.ogg",
            "acoustic_04.m4a",
            "acoustic_05.wav",
            "acoustic_06.aiff",
        ] {
            let path = clips.join(name);
            let rate = Decoder::open(&path, None, &Decoding::default()).unwrap().rate;
            let (whole, _) = decoded(&path, None);
            let samples =
                |frames: u32| (u64::from(frames) * u64::from(rate) / u64::from(Extent::RATE)) as usize;
            for (start, end) in
                [(0, Some(100)), (1, Some(2)), (100, Some(233)), (234, None), (77, Some(9999))]
            {
                let (part, seconds) = decoded(&path, Some(Extent { start, end }));
                let expected = &whole[samples(start)..end.map_or(whole.len(), samples).min(whole.len())];
                assert!(
                    part == expected,
                    "{name} {start} {end:?}: {} samples of {}",
                    part.len(),
                    expected.len()
                );
                assert!((seconds - expected.len() as f64 / f64::from(rate)).abs() < 1e-9, "{name}");
            }
        }
    }

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
