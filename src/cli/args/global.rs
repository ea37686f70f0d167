//! Flags that every command has.

use std::path::PathBuf;

use clap::{Args, builder::EnumValueParser};
use indexer::Config;

use super::overrule;
use crate::cli::ui::screen::Colors;

/// Flags of every command.
#[derive(Args, Clone)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Read the settings from FILE instead of the usual place
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep the store in DIR (must be on a local disk)
    #[arg(long, global = true, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// Work on N files at once [default: the number of cores this process may use]
    #[arg(long, short, global = true, value_name = "N")]
    pub jobs: Option<usize>,
    /// Append a log to FILE; at 10 MiB it is renamed to FILE.1, and the last five are kept
    #[arg(long, global = true, value_name = "FILE")]
    pub logfile: Option<PathBuf>,
    /// Log every step, also to stderr
    #[arg(long, short = 'v', visible_alias = "verbose", global = true)]
    pub debug: bool,
    /// Print no progress and no summary, only errors
    #[arg(long, short = 'q', visible_alias = "quiet", global = true)]
    pub silent: bool,
    /// Colours on stdout: always, never, or auto: on a terminal, and as NO_COLOR and CLICOLOR_FORCE say
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true,
        value_parser = EnumValueParser::<Colors>::new())]
    pub color: Colors,
    /// Print one JSON object to stdout
    #[arg(long, global = true)]
    pub json: bool,
}

impl Global {
    pub(crate) fn overrule(&self, config: &mut Config) {
        overrule(&mut config.store, self.store.clone());
        overrule(&mut config.jobs, self.jobs);
        overrule(&mut config.logfile, self.logfile.clone());
        config.debug |= self.debug;
        config.silent |= self.silent;
        config.json |= self.json;
    }
}
