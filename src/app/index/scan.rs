//! One pass over the library, made by this process or by the daemon of the store.

use std::{
    collections::HashSet,
    path::{Path, PathBuf, absolute},
    sync::atomic::AtomicBool,
};

use super::{Error, Index};
use crate::app::progress::{Event, Progress};
use crate::app::scan::plan::{Unavailable, Why};
use crate::app::scan::prepare::{Prepared, check_named, prepare};
use crate::app::watch::{DaemonState, HandOverError, Running, ScanOptions, hand_over};
use crate::store::Library;
use crate::{app::scan, app::scan::report::ScanReport, app::scan::request::ScanRequest, priority::Priority};

/// What a scan would do.
#[derive(Debug)]
pub struct ScanPlan {
    /// Files in the folders.
    pub found: usize,
    /// Those of them that are not opened.
    pub unchanged: usize,
    /// Files that have failed before and are not tried again.
    pub failed_known: usize,
    /// Files to open, each with the reason.
    pub open: Vec<(Why, PathBuf)>,
    /// Old and new path.
    pub renamed: Vec<(PathBuf, PathBuf)>,
    /// Files that would be marked missing.
    pub missing: Vec<PathBuf>,
    /// Folders below which nothing changes.
    pub unavailable: Vec<Unavailable>,
    /// Folders and files that cannot be read, each with the reason.
    pub unreadable: Vec<(PathBuf, String)>,
    /// Folders that were to be scanned and are not entered, each with the reason.
    pub closed: Vec<(PathBuf, String)>,
    /// Links to folders and music that are not followed.
    pub links: u64,
}

/// A pass that is ready to be made: what was asked for is understood, nothing is written yet.
pub struct Scan<'a> {
    index: &'a Index,
    request: ScanRequest,
    options: ScanOptions,
    by: ScanBy,
}

/// Who makes the pass.
enum ScanBy {
    ThisProcess(Box<Prepared>),
    /// A daemon alone writes to its store.
    Daemon(Running),
}

impl Index {
    /// What a scan is asked for where the call says nothing: all folders, and methods as configured.
    pub fn scan_options(&self) -> ScanOptions {
        let config = &self.config.scan;
        let (method, retry_failed) = (config.method.clone(), config.retry_failed);
        ScanOptions {
            paths: vec![],
            method,
            retry_failed,
            accept_missing: false,
            reread: false,
            redecode: false,
        }
    }

    /// Surveys the folders and says what a scan would do. Nothing is written.
    /// Errors: an unknown method, no folder or one that is none.
    pub fn plan_scan(&self, options: &ScanOptions) -> Result<ScanPlan, Error> {
        let request = self.scan_request(options)?;
        let view = self.view_if_any()?;
        check_named(&request.paths, view.as_ref())?;
        let prepared = prepare(&request, view.as_ref())?;
        let missing = prepared.missing().into_iter().map(Path::to_owned).collect();
        let unavailable = prepared.unavailable();
        let Prepared { plan, survey, .. } = prepared;
        Ok(ScanPlan {
            found: plan.found,
            unchanged: plan.unchanged,
            failed_known: plan.failed_known,
            open: plan.tasks.into_iter().map(|task| (task.why, task.file.path)).collect(),
            renamed: plan.renamed.into_iter().map(|(old, new)| (old, new.path)).collect(),
            missing,
            unavailable,
            unreadable: survey.errors.into_iter().map(|error| (error.path, error.reason)).collect(),
            closed: survey.closed.into_iter().map(|folder| (folder.path, folder.reason)).collect(),
            links: survey.links,
        })
    }

    /// Prepares a pass over the library: the folders are surveyed, unless a daemon does that.
    /// Errors: as [`Index::plan_scan`].
    pub fn scan(&self, options: &ScanOptions) -> Result<Scan<'_>, Error> {
        let request = self.scan_request(options)?;
        let view = self.view_if_any()?;
        // Folders that make no sense are refused here, where they are named, also if a daemon is to scan them.
        check_named(&request.paths, view.as_ref())?;
        let by = match Running::find(&self.store()) {
            Some(daemon) => ScanBy::Daemon(daemon),
            None => ScanBy::ThisProcess(Box::new(prepare(&request, view.as_ref())?)),
        };
        Ok(Scan { index: self, request, options: options.clone(), by })
    }

    pub(super) fn scan_request(&self, options: &ScanOptions) -> Result<ScanRequest, Error> {
        let (methods, unusable) = self.methods(&options.method)?;
        let rules = self.rules();
        rules.check()?;
        Ok(ScanRequest {
            paths: options.paths.clone(),
            configured: self.config.library.roots.clone(),
            marked: vec![],
            verify: HashSet::new(),
            rules,
            methods,
            unusable,
            retry_failed: options.retry_failed,
            decoding: self.decoding()?,
            accept_missing: options.accept_missing,
            reread: options.reread,
            redecode: options.redecode,
        })
    }
}

impl Scan<'_> {
    /// Makes the pass. A daemon that ends before it has answered leaves the pass to this process.
    /// Errors: no worker or engine starts, the daemon refuses; `stop` was raised while a daemon worked.
    pub fn run(self, progress: &dyn Progress, stop: &AtomicBool) -> Result<ScanReport, Error> {
        let Self { index, request, options, by } = self;
        let prepared = match by {
            ScanBy::ThisProcess(prepared) => *prepared,
            ScanBy::Daemon(daemon) => {
                let paths = options.paths.iter().map(absolute).collect::<Result<_, _>>()?;
                let options = ScanOptions { paths, ..options };
                let mut show = |state: &DaemonState| progress.event(Event::Left { files: state.queue });
                let answer = hand_over(&index.store(), &options, &daemon, stop, &mut show);
                progress.event(Event::End);
                match answer {
                    Err(HandOverError::Gone) => prepare(&request, index.view_if_any()?.as_ref())?,
                    answer => return Ok(answer?),
                }
            }
        };
        let library = Library::open(&index.store())?;
        let inference = index.inference(&request.methods, Priority::Equal)?;
        let priority = if inference.is_some() { Priority::Yielding } else { Priority::Equal };
        let pool = index.worker_pool(inference, request.decoding.clone(), priority);
        Ok(scan::pass(&request, prepared, &library, &pool, progress, stop)?.report)
    }
}
