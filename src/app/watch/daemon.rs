//! What the daemon knows between its jobs, and what all of them need.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender};

use super::request::{FindTools, ScanTools, WatchHost, WatchSettings};
use super::root_monitor::{RootMonitor, SleepDetector};
use super::{debounce::Debounce, lock::DaemonLock, report::Reporter, requests::Inbox};
use super::{schedule::Hours, state::Activity};
use crate::app::scan::request::{ScanError, ScanRequest};
use crate::library::{Roots, TreeWatch, WatchMode};
use crate::store::{Library, StoreError};
use crate::{
    app::progress::Event, app::scan::report::ScanReport, app::scan::retry::RetrySchedule,
    playlist::format::location, text::chain, time::Moment,
};

/// How long the system may take to free watches.
const RELEASE_TIME: Duration = Duration::from_millis(200);

/// How long another writer of the store may take to end.
pub(super) const WRITER_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the daemon pauses after something went wrong that is no file's fault.
const ERROR_PAUSE: Duration = Duration::from_secs(30);

/// The daemon between two jobs.
pub(super) struct Daemon<'a> {
    pub store: &'a Path,
    pub lock: &'a DaemonLock,
    pub settings: &'a WatchSettings,
    pub find_tools: &'a FindTools<'a>,
    pub host: &'a dyn WatchHost,
    pub stop: &'a AtomicBool,
    /// None after it could not be written, until it can be opened again.
    pub library: Option<Library>,
    /// The folders that are followed.
    pub scope: Vec<PathBuf>,
    pub watch: TreeWatch,
    /// Sent to when something is marked.
    pub wake: Sender<()>,
    pub woken: Receiver<()>,
    pub reporter: Reporter<'a>,
    pub inbox: Inbox<'a>,
    pub debounce: Debounce,
    pub retries: RetrySchedule,
    pub root_monitor: RootMonitor,
    pub sleep_detector: SleepDetector,
    /// What the last walk could not read.
    pub unread: HashSet<PathBuf>,
    /// When the next walk through everything is due; none: at once.
    pub walk_due: Option<Instant>,
    pub last_audit_check: Option<Instant>,
    /// No job of its own before then: something went wrong.
    pub paused_until: Option<Instant>,
    /// What was done in all.
    pub total: ScanReport,
}

impl Daemon<'_> {
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether the user wants it to work now.
    pub(super) fn may_work(&self) -> bool {
        may_work(self.host, &self.settings.hours)
    }

    /// Writes what the daemon does now into its state.
    pub(super) fn report_activity(&self, activity: Activity) {
        let modes = self.watch.modes().into_iter();
        let roots = modes.map(|(root, mode)| (location(&root), mode)).collect();
        self.reporter.update(false, |state| (state.activity, state.roots) = (activity, roots));
    }

    /// Whether some folder should be watched and is not.
    pub(super) fn is_degraded(&self) -> bool {
        self.watch.modes().iter().any(|(_, mode)| matches!(mode, WatchMode::Degraded(_)))
    }

    /// Watches as if it had just been started: what was moved, mounted or made meanwhile is watched as well. Marks are
    /// lost: a walk through everything must follow.
    pub(super) fn restart_watch(&mut self) {
        // The new one first, so that no event is missed.
        self.watch = self.watch.restart(&self.scope, &self.settings.request.rules, self.wake.clone());
        if self.is_degraded() {
            // Two at once may have been more than the system has. What happens in between is found by a walk.
            self.watch.close();
            sleep(RELEASE_TIME);
            self.watch = self.watch.restart(&self.scope, &self.settings.request.rules, self.wake.clone());
            self.walk_due = Some(Instant::now());
        }
    }

    /// Follows folders that have become part of the library.
    pub(super) fn widen_scope(&mut self) {
        let known = self.library.as_ref().and_then(|library| library.view().ok()?.roots().ok());
        let now = known.and_then(|known| scope(self.settings, known.into_keys().collect()).ok());
        if let Some(scope) = now.filter(|now| *now != self.scope) {
            self.scope = scope;
            self.restart_watch();
            self.walk_due = None;
        }
    }

    /// A pass over everything.
    pub(super) fn scan_request(&self, tools: &ScanTools) -> ScanRequest {
        ScanRequest {
            methods: tools.methods.clone(),
            unusable: tools.unusable.clone(),
            decoding: tools.workers.decoding.clone(),
            ..self.settings.request.clone()
        }
    }

    /// The tools of the daemon's own methods; warns of models that cannot be used.
    pub(super) fn scan_tools(&self) -> Result<ScanTools, ScanError> {
        let tools = (self.find_tools)(&self.settings.method).map_err(ScanError::Tools)?;
        for (method, reason) in &tools.unusable {
            let text = format!("{method} cannot be used, the rest goes on: {reason}");
            if self.reporter.is_new_warning(&text) {
                self.host.event(Event::Warning(text));
            }
        }
        Ok(tools)
    }

    /// Reports what went wrong, and pauses before the next try.
    pub(super) fn pause_after(&mut self, error: &ScanError) {
        let text = chain(error);
        self.reporter.update(true, |state| state.last_error = Some(text.clone()));
        if self.reporter.is_new_warning(&text) {
            let pause = ERROR_PAUSE.as_secs();
            self.host.event(Event::Warning(format!("{text}; trying again every {pause} s")));
        }
        // Once a write has failed, the handle is of no use.
        self.library = None;
        self.paused_until = Some(Instant::now() + ERROR_PAUSE);
        self.walk_due = None;
    }

    /// Brings the next walk forward: what cannot be read now may be readable soon.
    pub(super) fn walk_soon(&mut self) {
        let soon = Instant::now() + ERROR_PAUSE;
        self.walk_due = self.walk_due.map(|due| due.min(soon));
    }
}

/// Whether the daemon is neither paused nor outside of its hours.
pub(super) fn may_work(host: &dyn WatchHost, hours: &Hours) -> bool {
    !host.is_paused() && hours.contain(Moment::now().minute_of_day())
}

/// The folders that are followed.
/// Errors: no folder is named or known, or one is no folder.
pub(super) fn scope(settings: &WatchSettings, known: Vec<PathBuf>) -> Result<Vec<PathBuf>, ScanError> {
    let ScanRequest { paths, configured, .. } = &settings.request;
    let named = if paths.is_empty() { configured } else { paths };
    if known.is_empty() && named.is_empty() {
        return Err(ScanError::NoRoots);
    }
    Ok(Roots::join(&known, named)?.scope)
}

/// The library; opened again after it could not be written.
pub(super) fn opened<'a>(library: &'a mut Option<Library>, store: &Path) -> Result<&'a Library, StoreError> {
    match library {
        Some(library) => Ok(library),
        none => Ok(none.insert(Library::open_patiently(store, WRITER_TIMEOUT)?)),
    }
}
