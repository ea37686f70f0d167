//! Hours of the day in which the daemon may work.

/// Spans of the local day, `01:00-07:00,12:00-13:00`; one may reach over midnight, and from a time to the same is a whole
/// day. None: always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hours(Vec<(u16, u16)>);

/// Text that does not name hours of the day.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no span of hours: write it as in \"01:00-07:00\", several with commas")]
pub struct HoursError(String);

impl std::str::FromStr for Hours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let spans = text.split(',').map(str::trim).filter(|span| !span.is_empty());
        let parse = |span: &str| {
            let (from, to) = span.split_once('-')?;
            Some((minute(from.trim())?, minute(to.trim())?))
        };
        let spans = spans.map(|span| parse(span).ok_or_else(|| HoursError(span.to_owned())));
        Ok(Self(spans.collect::<Result<_, _>>()?))
    }
}

/// `07:30` in minutes since midnight; 24:00 is the end of the day.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| Some(text).filter(|text| text.len() <= 2)?.parse::<u16>().ok();
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 24 * 60).then_some(minute)
}

impl Hours {
    /// Whether the daemon may work at this minute since midnight.
    pub(crate) fn contain(&self, minute: u16) -> bool {
        let inside = |&(from, to): &(u16, u16)| {
            if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to }
        };
        self.0.is_empty() || self.0.iter().any(inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_may_reach_over_midnight() {
        for (text, time, inside) in [
            ("", "03:00", true),
            ("01:00-07:00", "01:00", true),
            ("01:00-07:00", "07:00", false),
            ("22:30-6:00", "23:59", true),
            ("22:30-6:00", "05:59", true),
            ("22:30-6:00", "12:00", false),
            ("00:00-00:00", "12:00", true),
            ("24:00-24:00", "12:00", true),
            ("01:00-02:00, 12:00-24:00", "23:59", true),
        ] {
            let hours: Hours = text.parse().unwrap();
            assert_eq!(hours.contain(minute(time).unwrap()), inside, "{text} at {time}");
        }
    }

    #[test]
    fn nonsense_is_refused_with_an_example() {
        for text in
            ["7-9", "01:00", "25:00-26:00", "01:60-02:00", "night", "01:00-07:00-08:00", "001:00-02:00"]
        {
            let error = text.parse::<Hours>().unwrap_err();
            assert!(error.to_string().contains("01:00-07:00"), "{text}: {error}");
        }
    }
}
