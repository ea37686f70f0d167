//! `--n` of `eval`: a number of playlists, or a range of them.

use std::str::FromStr;

/// Nobody listens to more playlists, and a sample has no more distinct groups.
const MOST: usize = 1000;

/// From a number up to another one; none: `auto`, as `cluster` takes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range(Option<(usize, usize)>);

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // An `INDEXER_N` for `cluster` is one for `eval`, too.
        if ["auto", "0"].contains(&text) {
            return Ok(Self(None));
        }
        let (least, most) = text.split_once("..").unwrap_or((text, text));
        let number = |text: &str| text.trim().parse().ok().filter(|n| (2..=MOST).contains(n));
        match (number(least), number(most)) {
            (Some(least), Some(most)) if least <= most => Ok(Self(Some((least, most)))),
            _ => Err(format!("a number from 2 to {MOST} or a range such as 2..30 is expected")),
        }
    }
}

impl Range {
    /// The first and the last number.
    pub(super) fn ends(self) -> Option<(usize, usize)> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_two_numbers_and_a_number_is_a_range_of_one() {
        let ends = |text: &str| text.parse::<Range>().map(Range::ends).ok();
        assert_eq!(ends("2..30"), Some(Some((2, 30))));
        assert_eq!(ends("8"), Some(Some((8, 8))));
        assert_eq!([ends("auto"), ends("0")], [Some(None); 2]);
        for text in ["", "1", "0..3", "5..3", "2..", "..4", "2-4", "many", "2..1001"] {
            assert_eq!(ends(text), None, "{text}");
        }
    }
}
