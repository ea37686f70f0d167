//! How the daemon performs a job: every one is a pass as `scan` makes it.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::daemon::{Daemon, may_work, opened};
use super::state::{Activity, ScanAnswer};
use super::{audit, job::Job, report::PassListener, requests::ScanOptions};
use crate::app::scan::report::{ScanReport, ScanSummary};
use crate::app::scan::request::{ScanError, ScanRequest};
use crate::library::{WatchMode, is_young, stamp};
use crate::{
    app::scan, app::scan::pool::WorkerPool, app::scan::prepare::prepare, fs::filesystem::is_rotating,
    store::Change, text::chain, time::Moment,
};

/// A pass goes on for so many times what its looking took before it is cut short for something new: in a storm of
/// changes a fifth of the time is looking, and a file that settles meanwhile waits a few seconds.
const WORK_PER_LOOK: u32 = 4;

/// Time between two walks.
const WALK_INTERVAL: Duration = Duration::from_secs(15 * 60);
const WALK_INTERVAL_ROTATING: Duration = Duration::from_secs(60 * 60);

impl Daemon<'_> {
    pub(super) fn perform(&mut self, job: Job) {
        self.report_activity(Activity::Indexing);
        let result = match job {
            Job::Answer(id, scan) => return self.answer(id, scan),
            Job::Marked(paths) => self.look_at(paths, &[]),
            Job::Retry(paths) => self.look_at(paths.clone(), &paths),
            Job::Everything => self.walk(None),
            Job::Audit => self.walk(Some(self.settings.audit)),
        };
        match result {
            Ok(summary) => self.count(&summary.report),
            Err(error) => self.pause_after(&error),
        }
    }

    /// Looks at a few places; `retried` are files among them that have failed.
    fn look_at(&mut self, marked: Vec<PathBuf>, retried: &[PathBuf]) -> Result<ScanSummary, ScanError> {
        let tools = self.scan_tools()?;
        let retry_failed = !retried.is_empty();
        let request = ScanRequest { marked, retry_failed, ..self.scan_request(&tools) };
        let summary = self.pass(&request, &tools.workers, retried)?;
        // Whether a whole folder is unavailable, or a pass was cut short: a walk through everything finds out.
        if !summary.unavailable.is_empty() || summary.report.interrupted {
            self.walk_due = None;
        } else if !self.unread.is_superset(&summary.unread.iter().cloned().collect()) {
            self.walk_soon();
        }
        Ok(summary)
    }

    /// Walks through everything; an audit also opens so many percent of the files that look unchanged.
    fn walk(&mut self, audit: Option<f64>) -> Result<ScanSummary, ScanError> {
        if self.is_degraded() {
            self.restart_watch();
        }
        let tools = self.scan_tools()?;
        if let Some(inference) = &tools.workers.inference {
            // What could not be run may have been repaired meanwhile.
            inference.retry_broken();
        }
        let mut request = self.scan_request(&tools);
        if let Some(percent) = audit {
            let view = opened(&mut self.library, self.store)?.view()?;
            request.verify = audit::choose(&view, &self.scope, percent)?;
        }
        let summary = self.pass(&request, &tools.workers, &[])?;
        self.walk_due = (!summary.report.interrupted).then(|| Instant::now() + self.walk_interval());
        self.total.update_found(&summary.report);
        if !summary.report.interrupted {
            self.report_walk();
            if audit.is_some() {
                opened(&mut self.library, self.store)?.commit(&[Change::Audited(Moment::now())])?;
            }
        }
        let unread = summary.unread.iter().cloned().collect();
        if !std::mem::replace(&mut self.unread, unread).is_superset(&self.unread) {
            self.walk_soon();
        }
        self.root_monitor.note(&summary.unavailable);
        self.debounce.forget(Instant::now());
        Ok(summary)
    }

    /// Reports that a walk has come to its end.
    fn report_walk(&self) {
        let had_no_warnings = self.reporter.end_walk();
        // Somebody may wait for the first one.
        let is_first = self.reporter.state.borrow().last_walk.is_none();
        self.reporter.update(is_first, |state| {
            state.last_walk = Some(Moment::now());
            state.last_error.take_if(|_| had_no_warnings);
        });
    }

    /// One pass over what has settled: built-in methods first where there is much to do.
    fn pass(
        &mut self,
        request: &ScanRequest,
        workers: &WorkerPool,
        retried: &[PathBuf],
    ) -> Result<ScanSummary, ScanError> {
        let library = opened(&mut self.library, self.store)?;
        let (watch, debounce) = (&self.watch, &mut self.debounce);
        let (next_look, begin) = (Cell::new(None), Instant::now());
        let mut prepare_settled = |request: &ScanRequest| {
            let mut prepared = prepare(request, Some(&library.view()?))?;
            let was_closed = |path: &Path| watch.marks().was_closed(path);
            debounce.retain_settled(&mut prepared.plan.tasks, was_closed, Instant::now());
            next_look.set(debounce.next());
            Ok::<_, ScanError>(prepared)
        };
        let mut prepared = prepare_settled(request)?;
        // Looking may cost a part of the time only, however often something changes.
        let (looked, looked_at) = (begin.elapsed(), Instant::now());
        let (inbox, host, hours) = (&self.inbox, self.host, &self.settings.hours);
        let is_urgent = || {
            let is_due = |due: Option<Instant>| due.is_some_and(|due| due <= Instant::now());
            // What settles during a long pass belongs into its plan: the newest files come first.
            let is_new = is_due(watch.marks().next()) || is_due(next_look.get());
            let is_new = is_new && looked_at.elapsed() >= looked * WORK_PER_LOOK;
            inbox.is_any() || is_new || !may_work(host, hours)
        };
        let listener = PassListener::new(&self.reporter, host, &is_urgent);
        let is_long = prepared.is_long();
        if is_long {
            prepared = prepare_settled(&scan::without_models(request))?;
        }
        let mut summary = scan::perform(prepared, library, workers, &listener, self.stop)?;
        if (is_long || summary.new_albums > 0) && !summary.report.interrupted {
            let rest = prepare_settled(request)?;
            summary = summary.and(scan::perform(rest, library, workers, &listener, self.stop)?);
        }
        // What was not tried again is still due.
        let retried = if summary.report.interrupted { &[] } else { retried };
        // A song of an album in one file is as old as that.
        let about = |path: &Path| path.metadata().or_else(|error| path.parent().ok_or(error)?.metadata());
        let is_young = |path: &Path| about(path).is_ok_and(|found| is_young(&stamp(&found, false)));
        self.retries.note(summary.failed.iter(), retried, is_young, Instant::now());
        Ok(summary)
    }

    /// Performs what a `scan` has handed over, as it would have done it, and answers.
    fn answer(&mut self, id: String, scan: Result<ScanOptions, String>) {
        let result = scan.and_then(|scan| self.perform_handed(scan));
        if let Ok(report) = &result {
            self.count(report);
        }
        self.reporter.update(true, |state| state.answer(ScanAnswer { id, result }));
        self.widen_scope();
    }

    fn perform_handed(&mut self, scan: ScanOptions) -> Result<ScanReport, String> {
        let tools = (self.find_tools)(&scan.method)?;
        let request = ScanRequest {
            paths: scan.paths,
            retry_failed: scan.retry_failed,
            accept_missing: scan.accept_missing,
            reread: scan.reread,
            redecode: scan.redecode,
            ..self.scan_request(&tools)
        };
        let host = self.host;
        let is_paused = || host.is_paused();
        let listener = PassListener::new(&self.reporter, host, &is_paused);
        let library = opened(&mut self.library, self.store).map_err(ScanError::from);
        let result = library.and_then(|library| {
            let prepared = prepare(&request, Some(&library.view()?))?;
            scan::pass(&request, prepared, library, &tools.workers, &listener, self.stop)
        });
        match result {
            // The call may be long over when the rest is done.
            Ok(summary) if summary.report.interrupted && !self.is_stopped() => {
                self.walk_due = None;
                Err("it was paused before it was done, and goes on when it is told to (SIGUSR2)".to_owned())
            }
            Ok(summary) => Ok(summary.report),
            Err(error) => {
                if matches!(error, ScanError::Store(_) | ScanError::NoWorkers(_)) {
                    self.pause_after(&error);
                }
                Err(chain(&error))
            }
        }
    }

    /// Adds a pass that did not fail to the total.
    fn count(&mut self, report: &ScanReport) {
        self.paused_until = None;
        self.total.add(report);
        // A file that fails has a line of its own, and may fail at each walk.
        if report.opened > report.failed || report.renamed > 0 {
            self.host.report_pass(report);
        }
    }

    fn walk_interval(&self) -> Duration {
        let is_watched = |(_, mode): &(PathBuf, WatchMode)| *mode == WatchMode::Watching;
        if !self.watch.modes().iter().all(is_watched) {
            return self.settings.poll;
        }
        let is_rotating = || self.scope.iter().any(|root| is_rotating(root));
        let usual = || if is_rotating() { WALK_INTERVAL_ROTATING } else { WALK_INTERVAL };
        self.settings.walk.unwrap_or_else(usual)
    }
}
