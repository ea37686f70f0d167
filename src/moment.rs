//! Points in time: UTC and RFC 3339 wherever they are stored or printed for machines.

use std::fmt;

use jiff::{Timestamp, Unit};
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

    /// For people: the local time zone, to the second.
    pub fn local(self) -> String {
        self.0.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
