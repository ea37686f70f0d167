//! What text is printed on: how wide it is, and whether it takes colours.

use std::io::{self, IsTerminal};

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use terminal_size::{Width, terminal_size_of};

/// What `--color` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colors {
    /// On a terminal, unless NO_COLOR is set; CLICOLOR_FORCE has them everywhere.
    Auto,
    Always,
    Never,
}

impl Colors {
    /// Decides for the whole process.
    pub(crate) fn decide(self) {
        let choice = match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// Where text goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// Columns of a terminal; elsewhere lines may be of any length.
    pub width: Option<usize>,
    pub is_coloured: bool,
}

impl Screen {
    /// A file, such as the log.
    pub(crate) const FILE: Self = Self { width: None, is_coloured: false };

    pub(crate) fn stdout() -> Self {
        let stdout = io::stdout();
        let is_coloured = AutoStream::choice(&stdout) != ColorChoice::Never;
        Self { width: width(&stdout, terminal_size_of(&stdout).map(|(width, _)| width)), is_coloured }
    }

    pub(crate) fn stderr() -> Self {
        let stderr = io::stderr();
        let is_coloured = AutoStream::choice(&stderr) != ColorChoice::Never;
        Self { width: width(&stderr, terminal_size_of(&stderr).map(|(width, _)| width)), is_coloured }
    }
}

fn width(stream: &impl IsTerminal, width: Option<Width>) -> Option<usize> {
    width.filter(|_| stream.is_terminal()).map(|width| usize::from(width.0))
}
