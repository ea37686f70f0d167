//! Flags of every command.

use std::path::PathBuf;

use clap::Args;
use indexer::Config;

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
    #[arg(long, global = true, value_name = "N")]
    pub jobs: Option<usize>,
    /// Append a log to FILE; at 10 MiB it is renamed to FILE.1, and the last five are kept
    #[arg(long, global = true, value_name = "FILE")]
    pub logfile: Option<PathBuf>,
    /// Log every step, also to stderr
    #[arg(long, global = true)]
    pub debug: bool,
    /// Print no progress and no summary, only errors
    #[arg(long, global = true)]
    pub silent: bool,
    /// Print one JSON object to stdout
    #[arg(long, global = true)]
    pub json: bool,
}

impl Global {
    pub(crate) fn overrule(&self, config: &mut Config) {
        for (setting, flag) in [(&mut config.store, &self.store), (&mut config.logfile, &self.logfile)] {
            if let Some(path) = flag {
                setting.clone_from(path);
            }
        }
        config.jobs = self.jobs.unwrap_or(config.jobs);
        config.debug |= self.debug;
        config.silent |= self.silent;
        config.json |= self.json;
    }
}
