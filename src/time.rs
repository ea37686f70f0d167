//! Points in time and spans: UTC and RFC 3339 wherever they are stored or printed for machines.

use std::{fmt, time::Duration};

use jiff::{Span, SpanRelativeTo, Timestamp, Unit, civil::Date};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// A second of UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(Timestamp);

impl Moment {
    /// This moment, to the nearest second.
    pub fn now() -> Self {
        let now = Timestamp::now();
        Self(now.round(Unit::Second).unwrap_or(now))
    }

    /// Seconds since 1970.
    pub fn from_second(second: i64) -> Option<Self> {
        Timestamp::from_second(second).ok().map(Self)
    }

    /// Microseconds since 1970.
    #[cfg(feature = "parquet")]
    pub(crate) fn microsecond(self) -> i64 {
        self.0.as_microsecond()
    }

    /// The moment of so many microseconds since 1970.
    #[cfg(feature = "parquet")]
    pub(crate) fn from_microsecond(microsecond: i64) -> Option<Self> {
        Timestamp::from_microsecond(microsecond).ok().map(Self)
    }

    /// Seconds from `earlier` to this moment; negative if it is not earlier.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        self.0.duration_since(earlier.0).as_secs_f64()
    }

    /// A date or a time, or how long before `now`: `2026-01-31` (midnight in the local time zone),
    /// `2026-01-31T12:00:00Z`, `30d`.
    pub fn parse(text: &str, now: Self) -> Option<Self> {
        let ago = || Self::from_second((now.0.as_second() as f64 - seconds(text)?) as i64);
        let date = || {
            let midnight = text.parse::<Date>().ok()?.to_zoned(jiff::tz::TimeZone::system());
            midnight.ok().map(|midnight| Self(midnight.timestamp()))
        };
        text.parse().ok().map(Self).or_else(date).or_else(ago)
    }

    /// Minutes since midnight in the local time zone.
    pub(crate) fn minute_of_day(self) -> u16 {
        let time = self.0.to_zoned(jiff::tz::TimeZone::system()).time();
        time.hour() as u16 * 60 + time.minute() as u16
    }

    /// For people: the local time zone, to the second.
    pub fn local(self) -> String {
        self.0.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// Processor time (s) of this process, and of its children that have ended and were waited for.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may hold blanks; cutime and cstime are fields 16 and 17 of proc(5).
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: f64 = fields.skip(13).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    let children = ticks / rustix::param::clock_ticks_per_second() as f64;
    own_cpu_seconds() + children
}

/// Processor time of this process so far (s).
pub(crate) fn own_cpu_seconds() -> f64 {
    let own = clock_gettime(ClockId::ProcessCPUTime);
    own.tv_sec as f64 + own.tv_nsec as f64 / 1e9
}

/// The seconds of a span such as `90`, `2m30s`, `1h` or `30d`, whose days have 24 hours; none where the text is no span.
pub(crate) fn seconds(text: &str) -> Option<f64> {
    // jiff knows fractions of hours and less only.
    let of = |unit, length| {
        let count = text.strip_suffix(unit)?;
        let is_number = count.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        is_number.then_some(count)?.parse::<f64>().ok().map(|count| count * length)
    };
    let of_span = || {
        let span: Span = text.parse().ok()?;
        Some(span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?.as_secs_f64())
    };
    let seconds =
        of("", 1.0).or_else(|| of("d", 86_400.0)).or_else(|| of("w", 604_800.0)).or_else(of_span)?;
    Some(seconds).filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
}

/// How long the machine has been running.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Uptime {
    pub awake: Duration,
    pub with_sleep: Duration,
}

/// How long the machine has been running, with and without the time that it slept, of which only Linux tells.
pub(crate) fn uptime() -> Uptime {
    let of = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    let awake = of(ClockId::Monotonic);
    #[cfg(target_os = "linux")]
    let with_sleep = of(ClockId::Boottime);
    #[cfg(not(target_os = "linux"))]
    let with_sleep = awake;
    Uptime { awake, with_sleep }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_seconds_or_units_from_large_to_small() {
        for (text, expected) in [
            ("90", Some(90.0)),
            ("1.5", Some(1.5)),
            ("2m30s", Some(150.0)),
            ("1h", Some(3600.0)),
            ("1h 5s", Some(3605.0)),
            ("2w", Some(1_209_600.0)),
            ("30d", Some(2_592_000.0)),
            ("1.5d", Some(129_600.0)),
            ("0.5w", Some(302_400.0)),
            ("1d12h", Some(129_600.0)),
            ("", None),
            (".", None),
            ("-3", None),
            ("5s2m", None),
            ("m", None),
            ("1x", None),
            ("infs", None),
            ("infd", None),
            ("1e2d", None),
            ("2m30", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn since_is_a_time_a_date_or_a_span_ago() {
        let now = Moment::from_second(1_000_000_000).unwrap();
        let parsed = |text| Moment::parse(text, now).map(|moment| moment.0.as_second());
        assert_eq!(parsed("1d"), Some(1_000_000_000 - 86_400));
        assert_eq!(parsed("2001-09-09T01:46:40Z"), Some(1_000_000_000));
        let midnight = parsed("2001-09-09").unwrap();
        assert!((midnight - 999_993_600).abs() <= 14 * 3600, "{midnight}");
        assert_eq!([parsed("yesterday"), parsed(""), parsed("9999999999999w")], [None; 3]);
    }
}
