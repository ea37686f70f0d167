//! `--n`: a number of playlists, or `auto`.

use std::{fmt, str::FromStr};

use indexer::{ClusterError, ClusterRequest};

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
            "auto" => Ok(Self::Auto),
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
    /// Asks for this number of playlists. Unlike the configured one, it is refused by an algorithm that finds the number
    /// itself.
    pub(crate) fn apply(self, request: &mut ClusterRequest) -> Result<(), Usage> {
        let algorithm = request.algorithm;
        request.n = match self {
            Self::Auto => None,
            Self::Exactly(0) => return Err(Usage(ClusterError::NoClusters.to_string())),
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
