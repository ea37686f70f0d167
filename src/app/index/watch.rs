//! The daemon of an index.

use std::{
    cell::RefCell,
    path::{PathBuf, absolute},
    sync::atomic::AtomicBool,
    time::Duration,
};

use super::{Error, Index, OptionError};
use crate::app::watch::{ScanOptions, ScanTools, WatchHost, WatchSettings, state_file_path, watch};
use crate::{app::scan::report::ScanReport, fs::user_folders, priority::Priority, text::chain};

/// A daemon whose settings are understood, not started yet.
pub struct Watch<'a> {
    index: &'a Index,
    settings: WatchSettings,
}

impl Index {
    /// Prepares a daemon. It follows `paths`, which become part of the library; none: the whole library.
    ///
    /// # Errors
    /// A setting or a method that cannot be used.
    pub fn watch(&self, paths: Vec<PathBuf>) -> Result<Watch<'_>, Error> {
        let config = &self.config.watch;
        let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        let hours = config.hours.parse().map_err(OptionError::Hours)?;
        if !(0.0..=100.0).contains(&config.audit) {
            return Err(OptionError::Audit(config.audit).into());
        }
        if config.poll_minutes == 0 {
            return Err(OptionError::Poll.into());
        }
        self.rules().check()?;
        let options = ScanOptions { paths, retry_failed: false, ..self.scan_options() };
        let settings = WatchSettings {
            request: self.scan_request(&options)?,
            method: options.method,
            walk: Some(config.walk_minutes).filter(|walk| *walk > 0).map(minutes),
            poll: minutes(config.poll_minutes),
            audit: config.audit,
            hours,
        };
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
        let Self { index, settings } = self;
        let store = absolute(index.store())?;
        let state = state_file_path(&store, user_folders::runtime());
        // Started once: it keeps models that are in use.
        let inference = RefCell::new(None);
        let find_tools = |list: &str| {
            let (methods, unusable) = index.usable(list);
            let mut inference = inference.borrow_mut();
            if inference.is_none() {
                *inference = index.inference(&methods, Priority::Idle).map_err(|error| chain(&error))?;
            }
            let workers = index.worker_pool(inference.clone(), Priority::Idle);
            Ok(ScanTools { methods, unusable, workers })
        };
        Ok(watch(&store, state, &settings, &find_tools, host, stop)?)
    }
}
