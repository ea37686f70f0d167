//! What came of decoding a track, and whether it is enough.

use crate::track::{Failure, FailureKind};

/// An undeclared track that breaks off is kept from this many seconds on.
const LEAST_SECONDS: u64 = 10;
/// A track may lack this part of a second of its declared length: containers round it, encoders pad it.
const SLACK: u64 = 10;

/// Counts while a track is decoded. A frame is one sample of each channel.
#[derive(Clone, Debug, Default)]
pub struct Account {
    pub frames: u64,
    /// Frames that the container declares; containers without a length, and lengths that are only estimated,
    /// say nothing.
    pub declared: Option<u64>,
    /// The stream ended where it should not.
    pub broken: bool,
    /// Why the last packet was skipped or the stream broke.
    pub complaint: Option<String>,
}

/// What was decoded of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub frames: u64,
    /// Less was decoded than the file declares, or it declares nothing and breaks off.
    pub partial: bool,
}

impl Account {
    /// Judges the track at its end: half of what is declared is enough.
    ///
    /// # Errors
    /// `NoSamples` and `Truncated`.
    pub fn close(self, rate: u32) -> Result<Decoded, Failure> {
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
        // A file that is whole and ends with junk, such as an ID3v1 tag behind FLAC, lacks nothing.
        let partial = declared.map_or(broken, |declared| frames + rate / SLACK < declared);
        Ok(Decoded { frames, partial })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(frames: u64, declared: Option<u64>, broken: bool) -> Result<bool, FailureKind> {
        let account = Account { frames, declared, broken, ..Account::default() };
        account.close(100).map(|decoded| decoded.partial).map_err(|failure| failure.kind)
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
