//! The daemon of an index.

use std::{
    cell::RefCell,
    path::{PathBuf, absolute},
    sync::atomic::AtomicBool,
    time::Duration,
};

use super::{Error, Index, OptionError};
use crate::app::scan::prepare::check_named;
use crate::app::watch::{ScanOptions, ScanTools, WatchHost, WatchSettings, state_file_path, watch};
use crate::{app::scan::report::ScanReport, fs::user_folders, priority::Priority, text::chain};

impl Index {
    /// Follows `paths`, which become part of the library, until `stop` is raised; none: the whole library. What was done
    /// in all is returned.
    /// Errors: a setting or a method that cannot be used, another daemon, a store that cannot be written, no folder; and
    /// a store that is removed meanwhile.
    pub fn watch(
        &self,
        paths: Vec<PathBuf>,
        host: &dyn WatchHost,
        stop: &AtomicBool,
    ) -> Result<ScanReport, Error> {
        check_named(&paths, self.view_if_any()?.as_ref())?;
        let settings = self.watch_settings(paths)?;
        let store = absolute(self.store())?;
        let state = state_file_path(&store, user_folders::runtime());
        // Started once: it keeps models that are in use.
        let inference = RefCell::new(None);
        let find_tools = |list: &str| {
            let (methods, unusable) = self.usable(list);
            let mut inference = inference.borrow_mut();
            if inference.is_none() {
                *inference = self.inference(&methods, Priority::Idle).map_err(|error| chain(&error))?;
            }
            let decoding = self.decoding().map_err(|error| chain(&error))?;
            let workers = self.worker_pool(inference.clone(), decoding, Priority::Idle);
            Ok(ScanTools { methods, unusable, workers })
        };
        Ok(watch(&store, state, &settings, &find_tools, host, stop)?)
    }

    fn watch_settings(&self, paths: Vec<PathBuf>) -> Result<WatchSettings, Error> {
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
        Ok(WatchSettings {
            request: self.scan_request(&options)?,
            method: options.method,
            walk: Some(config.walk_minutes).filter(|walk| *walk > 0).map(minutes),
            poll: minutes(config.poll_minutes),
            audit: config.audit,
            hours,
        })
    }
}
