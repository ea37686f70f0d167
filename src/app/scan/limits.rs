//! How long a worker may take for one request before it is killed, and what that time leaves out.

use std::time::{Duration, Instant};

/// Every request gets this much time besides what its file's size or length adds.
const BASE_LIMIT: Duration = Duration::from_secs(60);
/// Decoding is given a twentieth of the track's length.
const LEAST_DECODING_SPEED: f64 = 20.0;
/// No header can claim more seconds than this: four months.
const MAX_TRACK_SECONDS: f64 = 1e7;
/// Identifying reads the whole file; slower than this many bytes a second is a hang.
const LEAST_READING_SPEED: u64 = 1_000_000;
/// A worker that waited at least this long for a processor is given the time back.
const MIN_EXCUSED_WAIT: Duration = Duration::from_secs(1);

/// The time in all for identifying a file of `size` bytes.
pub(crate) fn identifying(size: u64) -> Duration {
    BASE_LIMIT + Duration::from_secs(size / LEAST_READING_SPEED)
}

/// The time in all for decoding a track of so many seconds.
pub(crate) fn decoding(seconds: f64) -> Duration {
    BASE_LIMIT + Duration::from_secs_f64(seconds.clamp(0.0, MAX_TRACK_SECONDS) / LEAST_DECODING_SPEED)
}

/// The clock of one request.
pub(crate) struct RequestClock {
    stall: Duration,
    begin: Instant,
    last_progress: Instant,
    /// How long the worker had waited for a processor when that was last left out.
    excused: Duration,
}

impl RequestClock {
    /// Starts now; `waited` is how long the worker has waited for a processor so far.
    pub(crate) fn start(stall: Duration, waited: Duration) -> Self {
        let now = Instant::now();
        Self { stall, begin: now, last_progress: now, excused: waited }
    }

    /// When the worker is killed unless something happens, with `limit` for the whole request.
    pub(crate) fn deadline(&self, limit: Duration) -> Instant {
        (self.last_progress + self.stall).min(self.begin + limit)
    }

    pub(crate) fn progress(&mut self) {
        self.last_progress = Instant::now();
    }

    /// Leaves out the time since `from`, in which the worker waited for this process.
    pub(crate) fn leave_out(&mut self, from: Instant) {
        self.progress();
        self.begin += self.last_progress - from;
    }

    /// Whether the worker has waited for a processor meanwhile; that time is then left out. A worker of low priority
    /// may wait for long.
    pub(crate) fn excuse(&mut self, waited: Duration) -> bool {
        let excuse = waited.saturating_sub(self.excused);
        let is_excused = excuse > MIN_EXCUSED_WAIT;
        if is_excused {
            self.begin += excuse;
            self.last_progress += excuse;
            self.excused = waited;
        }
        is_excused
    }

    /// Why the worker is killed at its deadline.
    pub(crate) fn reason(&self, limit: Duration) -> String {
        if self.deadline(limit) < self.begin + limit {
            format!("no progress for {} s", self.stall.as_secs())
        } else {
            format!("not done after {} s", limit.as_secs())
        }
    }
}
