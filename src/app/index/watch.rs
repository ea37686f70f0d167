//! The daemon of an index.

use std::{
    cell::RefCell,
    path::{PathBuf, absolute},
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use super::{Error, Index, OptionError};
use crate::app::progress::{Event, Progress};
use crate::app::watch::{DaemonState, Host, Hours, ScanTools, WatchSettings, state_file_path, watch};
use crate::{
    app::inference::Inference, app::scan::report::ScanReport, fs::user_folders, priority::Priority,
    text::chain,
};

/// What the daemon is asked for where the configuration is to be overruled.
#[derive(Clone, Debug, Default)]
pub struct WatchOptions {
    /// Folders to follow, which become part of the library.
    pub paths: Vec<PathBuf>,
    /// The vectors to make, as for a scan.
    pub method: Option<String>,
    /// Hours in which it may work, such as `01:00-07:00`.
    pub hours: Option<String>,
}

/// What the daemon asks of the process that runs it, and tells it.
pub trait WatchHost: Progress {
    /// Whether the user has asked for a pause.
    fn is_paused(&self) -> bool;

    /// Called every second at least, unless the daemon hangs.
    fn alive(&self, state: &DaemonState);

    /// A pass that did something has ended.
    fn report_pass(&self, report: &ScanReport);
}

/// A daemon whose settings are understood, not started yet.
pub struct Watch<'a> {
    index: &'a Index,
    settings: WatchSettings,
}

impl Index {
    /// Checks what a daemon is asked for.
    ///
    /// # Errors
    /// A setting or a method that cannot be used.
    pub fn watch(&self, options: WatchOptions) -> Result<Watch<'_>, Error> {
        let config = &self.config.watch;
        let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        let hours: Hours =
            options.hours.as_ref().unwrap_or(&config.hours).parse().map_err(OptionError::from)?;
        if !(0.0..=100.0).contains(&config.audit) {
            return Err(OptionError::Audit(config.audit).into());
        }
        if config.poll_minutes == 0 {
            return Err(OptionError::Poll.into());
        }
        let rules = self.rules();
        rules.check()?;
        let settings = WatchSettings {
            paths: options.paths,
            configured: self.config.library.roots.clone(),
            rules,
            method: options.method.unwrap_or_else(|| self.config.scan.method.clone()),
            walk: Some(config.walk_minutes).filter(|walk| *walk > 0).map(minutes),
            poll: minutes(config.poll_minutes),
            audit: config.audit,
            hours,
        };
        self.methods(&settings.method)?;
        Ok(Watch { index: self, settings })
    }
}

impl Watch<'_> {
    /// Follows the folders until `stop` is raised. What was done in all is returned.
    ///
    /// # Errors
    /// What keeps the daemon from starting: another one, a store that cannot be written, no folder; and a store that
    /// is removed while it runs.
    pub fn run(self, host: &dyn WatchHost, stop: &AtomicBool) -> Result<ScanReport, Error> {
        let store = absolute(self.index.store())?;
        let state = state_file_path(&store, user_folders::runtime());
        let host = IndexHost { index: self.index, host, inference: RefCell::default() };
        Ok(watch(&store, state, &self.settings, &host, stop)?)
    }
}

/// Gives the daemon methods and workers of the index.
struct IndexHost<'a> {
    index: &'a Index,
    host: &'a dyn WatchHost,
    /// Started once: it keeps models that are in use.
    inference: RefCell<Option<Arc<Inference>>>,
}

impl Progress for IndexHost<'_> {
    fn event(&self, event: Event<'_>) {
        self.host.event(event);
    }
}

impl Host for IndexHost<'_> {
    fn scan_tools(&self, list: &str) -> Result<ScanTools, String> {
        let (methods, unusable) = self.index.usable(list);
        let mut inference = self.inference.borrow_mut();
        if inference.is_none() {
            *inference = self.index.inference(&methods, Priority::Idle).map_err(|error| chain(&error))?;
        }
        let workers = self.index.worker_pool(inference.clone(), Priority::Idle);
        Ok(ScanTools { methods, unusable, workers })
    }

    fn is_paused(&self) -> bool {
        self.host.is_paused()
    }

    fn alive(&self, state: &DaemonState) {
        self.host.alive(state);
    }

    fn report_pass(&self, report: &ScanReport) {
        self.host.report_pass(report);
    }
}
