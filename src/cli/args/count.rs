//! `--n`: a number of playlists, or `auto`.

use std::str::FromStr;

use crate::cli::ui::outcome::Usage;
use indexer::{
    clustering::{Algorithm, ClusterError},
    config::ClusterConfig,
};

/// What was typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Count {
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

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Exactly(n) => n.fmt(f),
        }
    }
}

impl Count {
    /// The number that is asked for; none where it is to be found out. A typed one beats the configuration's, which is
    /// not meant for algorithms that find out themselves.
    pub fn of(
        typed: Option<Self>,
        config: &ClusterConfig,
        algorithm: &Algorithm,
    ) -> Result<Option<usize>, Usage> {
        let name = algorithm.name;
        match typed {
            Some(Self::Exactly(0)) => Err(Usage(ClusterError::NoClusters.to_string())),
            Some(Self::Exactly(n)) if !algorithm.takes_n => Err(Usage(format!(
                "--n {n}, but {name} finds out how many playlists there are: leave --n out"
            ))),
            Some(Self::Exactly(n)) => Ok(Some(n)),
            Some(Self::Auto) => Ok(None),
            None => Ok(Some(config.n).filter(|n| *n > 0 && algorithm.takes_n)),
        }
    }
}
