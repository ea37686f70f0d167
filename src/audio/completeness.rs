//! Whether enough of a track was decoded: its length against the declared one.

use crate::track::{Failure, FailureKind};

/// A track of undeclared length that breaks off is kept if it has at least so many seconds.
const LEAST_SECONDS: f64 = 10.0;
/// A track may be shorter than declared by so many seconds: containers round lengths, encoders pad them.
const TOLERANCE: f64 = 0.1;

/// Counts while a track is decoded. A frame is one sample of each channel.
#[derive(Clone, Debug, Default)]
pub(super) struct Completeness {
    /// Frames at `rate`, and seconds before them, at other rates.
    frames: u64,
    rate: u32,
    before: f64,
    /// Seconds that the container declares; none without a length, or with one that is only estimated.
    declared: Option<f64>,
    /// The stream broke off.
    pub broken: bool,
    /// Why the last packet was skipped or the stream broke off.
    pub complaint: Option<String>,
}

/// What was decoded of a track.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decoded {
    pub seconds: f64,
    /// Less was decoded than the file declares, or it declares no length and breaks off.
    pub partial: bool,
}

impl Completeness {
    pub(super) fn new(declared: Option<f64>) -> Self {
        Self { declared, ..Self::default() }
    }

    /// Another stream follows, which declares so many seconds.
    pub(super) fn expect(&mut self, declared: Option<f64>) {
        self.declared = self.declared.zip(declared).map(|(before, now)| before + now);
    }

    pub(super) fn add(&mut self, frames: usize, rate: u32) {
        if self.rate != rate {
            (self.before, self.frames, self.rate) = (self.seconds(), 0, rate);
        }
        self.frames += frames as u64;
    }

    pub(super) fn seconds(&self) -> f64 {
        self.before + self.frames as f64 / f64::from(self.rate.max(1))
    }

    /// Judges the track at its end: half of the declared length is enough.
    pub(super) fn judge(self) -> Result<Decoded, Failure> {
        let seconds = self.seconds();
        let Self { declared, broken, complaint, .. } = self;
        let because = complaint.map(|complaint| format!(": {complaint}")).unwrap_or_default();
        if seconds == 0.0 {
            let reason = format!("nothing could be decoded{because}");
            return Err(Failure::of_content(FailureKind::NoSamples, reason));
        }
        let enough = match declared {
            Some(declared) => seconds >= declared / 2.0,
            None => !broken || seconds >= LEAST_SECONDS,
        };
        if !enough {
            let of = declared.map(|declared| format!(" of {declared:.1} s")).unwrap_or_default();
            let reason = format!("ends after {seconds:.1} s{of}{because}");
            return Err(Failure::of_content(FailureKind::Truncated, reason));
        }
        // A file that is complete and ends with junk, such as an ID3v1 tag behind FLAC, is not partial.
        let partial = declared.map_or(broken, |declared| seconds + TOLERANCE < declared);
        Ok(Decoded { seconds, partial })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(frames: usize, declared: Option<u64>, broken: bool) -> Result<bool, FailureKind> {
        let mut completeness = Completeness::new(declared.map(|frames| frames as f64 / 100.0));
        completeness.broken = broken;
        completeness.add(frames, 100);
        completeness.judge().map(|decoded| decoded.partial).map_err(|failure| failure.kind)
    }

    #[test]
    fn seconds_add_up_over_rates() {
        let mut completeness = Completeness::new(None);
        for (frames, rate) in [(48_000, 48_000), (22_050, 44_100), (22_050, 44_100), (4_000, 8_000)] {
            completeness.add(frames, rate);
        }
        assert_eq!(completeness.judge(), Ok(Decoded { seconds: 2.5, partial: false }));
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
