//! Points in time: UTC and RFC 3339 wherever they are stored or printed for machines.

use std::{fmt, time::Duration};

use jiff::{Timestamp, Unit};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// A second of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(Timestamp);

impl Moment {
    pub fn now() -> Self {
        let now = Timestamp::now();
        Self(now.round(Unit::Second).unwrap_or(now))
    }

    /// Seconds since 1970.
    pub fn from_second(second: i64) -> Option<Self> {
        Timestamp::from_second(second).ok().map(Self)
    }

    /// Seconds from `earlier` to this moment; negative if it is not earlier.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        self.0.duration_since(earlier.0).as_secs_f64()
    }

    /// Minutes since midnight in the local time zone.
    pub fn minute_of_day(self) -> u16 {
        let time = self.0.to_zoned(jiff::tz::TimeZone::system()).time();
        time.hour() as u16 * 60 + time.minute() as u16
    }

    /// For people: the local time zone, to the second.
    pub fn local(self) -> String {
        self.0.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// How long the machine has been running.
#[derive(Clone, Copy, Debug)]
pub struct Uptime {
    pub awake: Duration,
    pub with_sleep: Duration,
}

/// How long the machine has been running, with and without the time that it slept.
#[cfg(target_os = "linux")]
pub fn uptime() -> Uptime {
    let of = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    Uptime { awake: of(ClockId::Monotonic), with_sleep: of(ClockId::Boottime) }
}

/// Elsewhere nobody tells of sleep.
#[cfg(not(target_os = "linux"))]
pub fn uptime() -> Uptime {
    let awake = Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default();
    Uptime { awake, with_sleep: awake }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
