//! What the daemon is asked to do, and why it may not start.

use std::{path::PathBuf, time::Duration};

use super::{lock::LockError, schedule::Hours};
use crate::{app::scan::request::ScanError, library::Rules, store::StoreError};

/// What the daemon is asked to do.
#[derive(Clone, Debug)]
pub(crate) struct WatchSettings {
    /// Folders named by the call; none: those of the configuration, else those of the store.
    pub paths: Vec<PathBuf>,
    pub configured: Vec<PathBuf>,
    pub rules: Rules,
    /// As `--method` names them.
    pub method: String,
    /// Time between two walks through everything; none: a quarter of an hour, or an hour on rotating disks.
    pub walk: Option<Duration>,
    /// The same where events do not come.
    pub poll: Duration,
    /// Percent of the files whose contents are checked each day.
    pub audit: f64,
    pub hours: Hours,
}

/// Why the daemon did not start, or ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    ScanTools(String),
    #[error("the store {} was taken away: start the daemon again where it is now", .0.display())]
    Gone(PathBuf),
}
