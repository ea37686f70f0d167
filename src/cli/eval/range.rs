//! `--n` of `eval`: a number of playlists, or a range of them.

use std::str::FromStr;

/// Nobody listens to more playlists, and a sample has no more distinct groups.
const MOST: usize = 1000;

/// From a number up to another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    least: usize,
    most: usize,
}

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (least, most) = text.split_once("..").unwrap_or((text, text));
        let number = |text: &str| text.trim().parse().ok().filter(|n| (2..=MOST).contains(n));
        match (number(least), number(most)) {
            (Some(least), Some(most)) if least <= most => Ok(Self { least, most }),
            _ => Err(format!("a number from 2 to {MOST} or a range such as 2..30 is expected")),
        }
    }
}

impl Range {
    /// The first and the last number.
    pub(super) fn ends(self) -> (usize, usize) {
        (self.least, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_two_numbers_and_a_number_is_a_range_of_one() {
        let ends = |text: &str| text.parse::<Range>().map(Range::ends).ok();
        assert_eq!(ends("2..30"), Some((2, 30)));
        assert_eq!(ends("8"), Some((8, 8)));
        for text in ["", "1", "0..3", "5..3", "2..", "..4", "2-4", "auto", "2..1001"] {
            assert_eq!(ends(text), None, "{text}");
        }
    }
}
