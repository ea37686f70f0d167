//! Whether enough of a track was decoded: the decoded length against the declared one.

use crate::track::{Failure, FailureKind};

/// A track of undeclared length that breaks off is kept if it has at least so many seconds.
const LEAST_SECONDS: u64 = 10;
/// A track may be shorter than declared by this part of a second: containers round lengths, encoders pad them.
const TOLERANCE: u64 = 10;

/// Counts while a track is decoded. A frame is one sample of each channel.
#[derive(Clone, Debug, Default)]
pub(super) struct Completeness {
    pub frames: u64,
    /// Frames that the container declares; none without a length, or with one that is only estimated.
    pub declared: Option<u64>,
    /// The stream broke off.
    pub broken: bool,
    /// Why the last packet was skipped or the stream broke off.
    pub complaint: Option<String>,
}

/// What was decoded of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub frames: u64,
    /// Less was decoded than the file declares, or it declares no length and breaks off.
    pub partial: bool,
}

impl Completeness {
    /// Judges the track at its end: half of the declared length is enough.
    /// Errors: `NoSamples` and `Truncated`.
    pub(super) fn judge(self, rate: u32) -> Result<Decoded, Failure> {
        let Self { frames, declared, broken, complaint, .. } = self;
        let because = complaint.map(|complaint| format!(": {complaint}")).unwrap_or_default();
        if frames == 0 {
            let reason = format!("nothing could be decoded{because}");
            return Err(Failure::of_content(FailureKind::NoSamples, reason));
        }
        let rate = u64::from(rate).max(1);
        let seconds = |frames: u64| frames as f64 / rate as f64;
        let enough = match declared {
            Some(declared) => frames >= declared / 2,
            None => !broken || frames >= LEAST_SECONDS * rate,
        };
        if !enough {
            let of = declared.map(|declared| format!(" of {:.1} s", seconds(declared))).unwrap_or_default();
            let reason = format!("ends after {:.1} s{of}{because}", seconds(frames));
            return Err(Failure::of_content(FailureKind::Truncated, reason));
        }
        // A file that is complete and ends with junk, such as an ID3v1 tag behind FLAC, is not partial.
        let partial = declared.map_or(broken, |declared| frames + rate / TOLERANCE < declared);
        Ok(Decoded { frames, partial })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(frames: u64, declared: Option<u64>, broken: bool) -> Result<bool, FailureKind> {
        let completeness = Completeness { frames, declared, broken, ..Completeness::default() };
        completeness.judge(100).map(|decoded| decoded.partial).map_err(|failure| failure.kind)
    }

    #[test]
    fn half_of_the_declared_length_is_enough() {
        assert_eq!(judge(1000, Some(1000), false), Ok(false));
        assert_eq!(judge(995, Some(1000), false), Ok(false));
        assert_eq!(judge(1000, Some(1000), true), Ok(false));
        assert_eq!(judge(980, Some(1000), true), Ok(true));
        assert_eq!(judge(500, Some(1000), true), Ok(true));
        assert_eq!(judge(500, Some(1000), false), Ok(true));
        assert_eq!(judge(499, Some(1000), false), Err(FailureKind::Truncated));
        assert_eq!(judge(0, Some(1000), false), Err(FailureKind::NoSamples));
    }

    #[test]
    fn without_a_declared_length_ten_seconds_are_enough() {
        assert_eq!(judge(1, None, false), Ok(false));
        assert_eq!(judge(1000, None, true), Ok(true));
        assert_eq!(judge(999, None, true), Err(FailureKind::Truncated));
    }
}
