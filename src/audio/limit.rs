//! What a file may decode to: a few bytes can stand for days of silence.

use crate::track::{Failure, FailureKind};

/// No recording has so few bytes a second; ten minutes of it may come together.
const LEAST_BYTES_A_SECOND: f64 = 64.0;
const GRACE: f64 = 600.0;

/// Counts the coded bytes of one track.
pub(super) struct Limit {
    bytes: u64,
    /// Seconds.
    longest: f64,
}

impl Limit {
    /// Starts with so many bytes; `longest` is in seconds.
    pub(super) fn new(bytes: u64, longest: f64) -> Self {
        Self { bytes, longest }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn take(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    /// Whether so many seconds may come from the bytes so far.
    /// Errors: `NotAudio`, as it is too little for audio, or `Unsupported`, as it is longer than allowed.
    pub(super) fn check(&self, seconds: f64) -> Result<(), Failure> {
        if seconds > GRACE + self.bytes as f64 / LEAST_BYTES_A_SECOND {
            let reason = format!("decodes to more than {seconds:.0} s from {} bytes", self.bytes);
            return Err(Failure::of_content(FailureKind::NotAudio, reason));
        }
        if seconds > self.longest {
            let hours = self.longest / 3600.0;
            let reason =
                format!("longer than {hours} h: raise max_hours under [worker] in the configuration");
            return Err(Failure::of_content(FailureKind::Unsupported, reason));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_from_a_few_bytes_are_refused_and_so_is_what_is_too_long() {
        let mut limit = Limit::new(24_000, f64::INFINITY);
        limit.take(40_000);
        assert_eq!(limit.check(1599.0), Ok(()));
        assert_eq!(limit.check(1601.0).unwrap_err().kind, FailureKind::NotAudio);
        limit.take(1 << 30);
        assert_eq!(limit.check(1e6), Ok(()));
        limit.longest = 24.0 * 3600.0;
        let failure = limit.check(24.0 * 3600.0 + 1.0).unwrap_err();
        assert!(failure.reason.starts_with("longer than 24 h"), "{failure}");
    }
}
