//! What the daemon needs of the process that runs it.

use std::collections::BTreeMap;

use super::state::DaemonState;
use crate::{
    app::progress::Progress, app::scan::pool::WorkerPool, app::scan::report::ScanReport, extract::Method,
};

/// What a pass makes vectors with.
pub(crate) struct ScanTools {
    pub methods: Vec<Method>,
    /// Models that cannot be used, with the reason.
    pub unusable: BTreeMap<String, String>,
    pub workers: WorkerPool,
}

/// What the daemon needs of the process that runs it. Warnings come as events.
pub(crate) trait Host: Progress {
    /// What makes the vectors that a `--method` names, as of now.
    /// Errors: a method is unknown or no engine is there, in one line.
    fn scan_tools(&self, methods: &str) -> Result<ScanTools, String>;

    /// Whether the user has asked for a pause.
    fn is_paused(&self) -> bool;

    /// Called at least once a second, unless the daemon hangs.
    fn alive(&self, state: &DaemonState);

    /// Called after every pass that did something.
    fn report_pass(&self, report: &ScanReport);
}
