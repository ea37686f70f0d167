//! The daemon: follows folders for ever, one job at a time.
//!
//! Events only say where to look ([`crate::library::TreeWatch`]); walks find what there is; everything else is the same
//! pass that `scan` makes. A long pass is cut short, between files, for what somebody waits for, and resumed later.

mod audit;
mod daemon;
pub(crate) mod debounce;
mod job;
mod lock;
mod perform;
mod report;
pub(crate) mod request;
pub(crate) mod requests;
mod root_monitor;
mod schedule;
pub(crate) mod state;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{collections::HashSet, sync::atomic::AtomicBool, thread::sleep};

use crossbeam_channel::bounded;

use self::daemon::{Daemon, WRITER_TIMEOUT, scope};
use self::root_monitor::{RootMonitor, SleepDetector};
use self::{debounce::Debounce, report::Reporter, requests::Inbox, state::StateFile};
use super::{scan::report::ScanReport, scan::retry::RetrySchedule};
use crate::store::{Change, Library, StoreError, View};
use crate::{library::TreeWatch, time::Moment};

pub(crate) use self::{
    lock::{DaemonLock, Running},
    request::{FindTools, ScanTools, WatchSettings},
    requests::hand_over,
    schedule::HoursError,
    state::state_file_path,
};
pub(crate) use self::{
    request::{WatchError, WatchHost},
    requests::{HandOverError, ScanOptions},
    state::{Activity, DaemonState},
};

/// How often an idle daemon looks at the clock, the requests and the signals.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// How long the daemon sleeps at least, however much happens.
const MIN_WAIT: Duration = Duration::from_millis(20);

/// Follows the folders until `stop` is raised or the store is taken away, with its state in the file `state`. What was
/// done in all is returned.
/// Errors: what keeps it from starting: another daemon, a store that cannot be written, no folder; and a
/// store that is taken away. Whatever else goes wrong later is reported, and tried again.
pub(crate) fn watch(
    store: &Path,
    state: PathBuf,
    settings: &WatchSettings,
    find_tools: &FindTools,
    host: &dyn WatchHost,
    stop: &AtomicBool,
) -> Result<ScanReport, WatchError> {
    // A mistake is reported before anything is made.
    let known = match View::open(store) {
        Err(StoreError::Missing(_)) => vec![],
        view => view?.roots()?.into_keys().collect(),
    };
    scope(settings, known)?;
    let lock = DaemonLock::take(store, &state)?;
    let inbox = Inbox::empty(store);
    find_tools(&settings.method).map_err(WatchError::ScanTools)?;
    let library = Library::open_patiently(store, WRITER_TIMEOUT)?;
    if library.view()?.audited()?.is_none() {
        library.commit(&[Change::Audited(Moment::now())])?;
    }
    let (wake, woken) = bounded(1);
    let reporter = Reporter::new(StateFile::new(&lock, store, state));
    let scope = scope(settings, library.view()?.roots()?.into_keys().collect())?;
    let mut daemon = Daemon {
        watch: TreeWatch::start(&scope, &settings.request.rules, wake.clone()),
        library: Some(library),
        store,
        lock: &lock,
        settings,
        find_tools,
        host,
        stop,
        wake,
        woken,
        reporter,
        inbox,
        scope,
        debounce: Debounce::default(),
        retries: RetrySchedule::default(),
        root_monitor: RootMonitor::default(),
        sleep_detector: SleepDetector::now(),
        unread: HashSet::new(),
        walk_due: Some(Instant::now()),
        last_audit_check: None,
        paused_until: None,
        total: ScanReport::default(),
    };
    daemon.run();
    let Daemon { reporter, total, library, .. } = daemon;
    drop(library);
    reporter.file.into_inner().remove();
    let is_gone = !lock.holds(store);
    lock.release();
    if is_gone { Err(WatchError::Gone(store.to_owned())) } else { Ok(total) }
}

impl Daemon<'_> {
    fn run(&mut self) {
        // Ready: whatever happens from now on is seen.
        self.host.alive(&self.reporter.state.borrow());
        while !self.is_stopped() && self.lock.holds(self.store) {
            if self.sleep_detector.has_slept() || self.root_monitor.has_changed() {
                self.restart_watch();
                self.walk_due = None;
            }
            match self.next_job() {
                Some(job) => self.perform(job),
                None => self.wait(),
            }
        }
    }

    fn wait(&mut self) {
        let activity = if self.host.is_paused() {
            Activity::Paused
        } else if !self.may_work() {
            Activity::Resting
        } else {
            Activity::Idle
        };
        self.report_activity(activity);
        self.host.alive(&self.reporter.state.borrow());
        let due = [self.watch.marks().next(), self.debounce.next(), self.retries.next(), self.walk_due];
        let next = due.into_iter().flatten().min();
        let next = next.filter(|_| activity == Activity::Idle && self.paused_until.is_none());
        let left = next.map_or(POLL_INTERVAL, |next| next.saturating_duration_since(Instant::now()));
        // What was marked is due after a while of quiet.
        if self.woken.recv_timeout(left.clamp(MIN_WAIT, POLL_INTERVAL)).is_ok() {
            // A file that is written again and again wakes it as often.
            sleep(MIN_WAIT);
        }
    }
}
