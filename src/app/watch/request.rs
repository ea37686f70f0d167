//! What the daemon is asked to do, with what and for whom, and why it may not start.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use super::{lock::LockError, schedule::Hours, state::DaemonState};
use crate::app::scan::request::{ScanError, ScanRequest};
use crate::{
    app::progress::Progress, app::scan::pool::WorkerPool, app::scan::report::ScanReport, extract::Method,
    store::StoreError,
};

/// What the daemon is asked to do.
#[derive(Clone, Debug)]
pub(crate) struct WatchSettings {
    /// A pass over everything. Its methods are looked up anew for each pass.
    pub request: ScanRequest,
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

/// What a pass makes vectors with.
pub(crate) struct ScanTools {
    pub methods: Vec<Method>,
    /// Models that cannot be used, with the reason.
    pub unusable: BTreeMap<String, String>,
    pub workers: WorkerPool,
}

/// What makes the vectors that a `--method` names, as of now; else what is wrong, in one line.
pub(crate) type FindTools<'a> = dyn Fn(&str) -> Result<ScanTools, String> + 'a;

/// What the daemon asks of the process that runs it, and tells it. Warnings come as events.
pub trait WatchHost: Progress {
    /// Whether the user has asked for a pause.
    fn is_paused(&self) -> bool;

    /// Called every second at least, unless the daemon hangs.
    fn alive(&self, state: &DaemonState);

    /// A pass that did something has ended.
    fn report_pass(&self, report: &ScanReport);
}

/// Why the daemon did not start, or ended by itself.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
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
