//! The daemon's jobs, and which of them is next.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use super::{audit, daemon::Daemon, requests::ScanOptions};
use crate::store::Library;

/// One thing to do.
pub(super) enum Job {
    /// What a `scan` has handed over, or why that makes no sense.
    Answer(String, Result<ScanOptions, String>),
    /// Only these files and folders.
    Marked(Vec<PathBuf>),
    /// Files that have failed, once more.
    Retry(Vec<PathBuf>),
    /// A walk through everything.
    Everything,
    /// The same, which also opens some files that look unchanged.
    Audit,
}

/// More places than this are not looked at one by one: a walk through everything is quicker.
const MAX_MARKED: usize = 64;

/// How often the store is asked whether an audit is due.
const AUDIT_CHECK_INTERVAL: Duration = Duration::from_secs(60);

impl Daemon<'_> {
    /// The most urgent job, if there is one.
    pub(super) fn next_job(&mut self) -> Option<Job> {
        let now = Instant::now();
        if let Some((id, scan)) = self.inbox.take() {
            return Some(Job::Answer(id, scan));
        }
        if !self.may_work() || self.paused_until.is_some_and(|until| now < until) {
            return None;
        }
        let mut due = self.watch.marks().take(now);
        due.paths.extend(self.debounce.due(now));
        // Another folder may lie where a root was.
        let is_of_root = |path: &PathBuf| self.scope.iter().any(|root| root.starts_with(path));
        if due.everything || due.paths.iter().any(is_of_root) {
            self.restart_watch();
            return Some(Job::Everything);
        }
        // Links give one place several names, and an event reports only one.
        let is_anywhere = self.settings.request.rules.follow_links && !due.paths.is_empty();
        if is_anywhere || due.paths.len() > MAX_MARKED {
            return Some(Job::Everything);
        }
        if !due.paths.is_empty() {
            return Some(Job::Marked(due.paths));
        }
        let retries = self.retries.due(now);
        if !retries.is_empty() {
            return Some(Job::Retry(retries));
        }
        if self.walk_due.is_none_or(|due| due <= now) {
            return Some(Job::Everything);
        }
        self.is_audit_due(now).then_some(Job::Audit)
    }

    /// Whether contents are to be checked, looked up once a minute.
    fn is_audit_due(&mut self, now: Instant) -> bool {
        let is_recent = |last| now < last + AUDIT_CHECK_INTERVAL;
        if self.settings.audit <= 0.0 || self.last_audit_check.is_some_and(is_recent) {
            return false;
        }
        self.last_audit_check = Some(now);
        let is_due = |library: &Library| audit::is_due(&library.view()?);
        self.library.as_ref().map(is_due).is_some_and(|due| due.unwrap_or_default())
    }
}
