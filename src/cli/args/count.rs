//! `--n`: a number of playlists, or `auto`.

use std::{fmt, str::FromStr};

use indexer::ClusterRequest;

use crate::cli::ui::exit::Usage;

/// What was typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Count {
    Auto,
    Exactly(usize),
}

impl FromStr for Count {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            // As in the configuration, where 0 leaves the number open.
            "auto" | "0" => Ok(Self::Auto),
            _ => text.parse().map(Self::Exactly).map_err(|_| "a whole number or `auto` is expected"),
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Exactly(n) => n.fmt(f),
        }
    }
}

impl Count {
    /// As `n` in the configuration.
    pub(crate) fn setting(self) -> usize {
        match self {
            Self::Auto => 0,
            Self::Exactly(n) => n,
        }
    }

    /// Asks for this number of playlists. Unlike the configured one, it is refused by an algorithm that finds the number
    /// itself.
    pub(crate) fn apply(self, request: &mut ClusterRequest) -> Result<(), Usage> {
        let algorithm = request.algorithm;
        request.n = match self {
            Self::Auto => None,
            Self::Exactly(n) if !algorithm.takes_n => {
                let name = algorithm.name;
                return Err(Usage(format!(
                    "--n {n}, but {name} finds out how many playlists there are: leave --n out"
                )));
            }
            Self::Exactly(n) => Some(n),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_and_a_word_leave_the_number_open() {
        for (text, count) in [
            ("auto", Ok(Count::Auto)),
            ("0", Ok(Count::Auto)),
            ("8", Ok(Count::Exactly(8))),
            ("-1", Err("a whole number or `auto` is expected")),
            ("", Err("a whole number or `auto` is expected")),
        ] {
            assert_eq!(text.parse(), count, "{text}");
        }
        assert_eq!([Count::Auto, Count::Exactly(8)].map(Count::setting), [0, 8]);
    }
}
