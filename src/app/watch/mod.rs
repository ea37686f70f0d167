//! The daemon: follows folders for ever, with one errand at a time.
//!
//! Events only say where to look ([`crate::library::TreeWatch`]); walks find what there is; everything else is the same pass
//! that `scan` makes. A long pass is cut short, between files, for what somebody waits for, and taken up again.

mod audit;
mod debounce;
mod job;
mod lock;
mod report;
mod requests;
mod root_monitor;
mod schedule;
mod state;

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, bounded};

use self::{
    debounce::Debounce,
    job::Job,
    report::Reporter,
    root_monitor::{RootMonitor, SleepDetector},
    state::StateFile,
};
use super::{
    progress::Progress,
    scan::{
        pool::WorkerPool,
        report::ScanReport,
        request::{ScanError, ScanRequest},
    },
};
use crate::{
    extract::Method,
    library::{Roots, Rules, TreeWatch},
    store::{Change, Library, StoreError, View},
    time::Moment,
};

pub use self::{
    lock::{DaemonLock, LockError, Running},
    requests::{HandOverError, HandedScan, hand_over},
    schedule::{Hours, HoursError},
    state::{Activity, DaemonState, place},
};

/// What the daemon is told to do.
#[derive(Clone, Debug)]
pub struct WatchSettings {
    /// Folders named by the call; none: those of the configuration, else those of the store.
    pub paths: Vec<PathBuf>,
    pub configured: Vec<PathBuf>,
    pub rules: Rules,
    /// As `--method` names them.
    pub method: String,
    /// Between two walks through everything; none: a quarter of an hour, or an hour on disks that turn.
    pub walk: Option<Duration>,
    /// The same where events do not come.
    pub poll: Duration,
    /// Percent of the files whose contents are checked each day.
    pub audit: f64,
    pub hours: Hours,
}

/// Who makes the vectors.
pub struct ScanTools {
    pub methods: Vec<Method>,
    /// Models that cannot be used, and why.
    pub unusable: std::collections::BTreeMap<String, String>,
    pub workforce: WorkerPool,
}

/// What the daemon needs of whoever runs it. Complaints come as events.
pub trait Host: Progress {
    /// Who makes the vectors that a `--method` names, as things are now.
    ///
    /// # Errors
    /// A method is unknown or no engine is there, in one line.
    fn crew(&self, methods: &str) -> Result<ScanTools, String>;

    /// Whether the user has asked for a pause.
    fn is_paused(&self) -> bool;

    /// Called every second at least, unless the daemon hangs.
    fn alive(&self, state: &DaemonState);

    /// A pass has ended that did something.
    fn passed(&self, report: &ScanReport);
}

/// Why the daemon did not start.
#[derive(Debug, thiserror::Error)]
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

/// Between two looks at the clock, the requests and the signals.
const GLANCE: Duration = Duration::from_millis(250);

const PAUSE: Duration = Duration::from_millis(20);

const AUDIT_LOOK: Duration = Duration::from_secs(60);

/// How long the system may take to have watches back.
const RELEASE: Duration = Duration::from_millis(200);

/// How long another writer may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Follows the folders until `stop` is raised or the store is taken away, telling its state in the file `state`. What
/// was done in all is returned.
///
/// # Errors
/// What keeps it from starting: another daemon, a store that cannot be written, no folder; and a store that is taken away.
/// Whatever else goes wrong later is told, and tried again.
pub fn watch(
    store: &Path,
    state: PathBuf,
    settings: &WatchSettings,
    surroundings: &dyn Host,
    stop: &AtomicBool,
) -> Result<ScanReport, WatchError> {
    // A mistake is told before anything is made.
    let known = match View::open(store) {
        Err(StoreError::Missing(_)) => vec![],
        view => view?.roots()?.into_keys().collect(),
    };
    scope(settings, known)?;
    let lock = DaemonLock::take(store, &state)?;
    requests::clear(store);
    surroundings.crew(&settings.method).map_err(WatchError::ScanTools)?;
    let library = Library::open_patiently(store, PATIENCE)?;
    if library.view()?.audited()?.is_none() {
        library.commit(&[Change::Audited(Moment::now())])?;
    }
    let (bell, rung) = bounded(1);
    let told = Reporter::new(StateFile::new(state));
    let scope = scope(settings, library.view()?.roots()?.into_keys().collect())?;
    let mut daemon = Daemon {
        watch: TreeWatch::start(&scope, &settings.rules, bell.clone()),
        library: Some(library),
        store,
        lock: &lock,
        settings,
        surroundings,
        stop,
        bell,
        rung,
        told,
        scope,
        settling: Debounce::default(),
        outlook: RootMonitor::default(),
        clock: SleepDetector::now(),
        unread: HashSet::new(),
        walk_due: Some(Instant::now()),
        audit_look: None,
        hold: None,
        total: ScanReport::default(),
    };
    daemon.run();
    let Daemon { told, total, library, .. } = daemon;
    drop(library);
    told.file.into_inner().remove();
    let is_gone = !lock.holds(store);
    lock.release();
    if is_gone { Err(WatchError::Gone(store.to_owned())) } else { Ok(total) }
}

/// Whether it is neither paused nor outside of its hours.
fn may_work(surroundings: &dyn Host, hours: &Hours) -> bool {
    !surroundings.is_paused() && hours.contain(Moment::now().minute_of_day())
}

/// The folders that are followed.
fn scope(settings: &WatchSettings, known: Vec<PathBuf>) -> Result<Vec<PathBuf>, ScanError> {
    let named = if settings.paths.is_empty() { &settings.configured } else { &settings.paths };
    if known.is_empty() && named.is_empty() {
        return Err(ScanError::NoRoots);
    }
    Ok(Roots::join(&known, named)?.scope)
}

struct Daemon<'a> {
    store: &'a Path,
    lock: &'a DaemonLock,
    settings: &'a WatchSettings,
    surroundings: &'a dyn Host,
    stop: &'a AtomicBool,
    /// None after it could not be written, until it can be opened again.
    library: Option<Library>,
    scope: Vec<PathBuf>,
    watch: TreeWatch,
    bell: Sender<()>,
    rung: Receiver<()>,
    told: Reporter,
    settling: Debounce,
    outlook: RootMonitor,
    clock: SleepDetector,
    /// What the last walk could not read.
    unread: HashSet<PathBuf>,
    /// The next walk through everything.
    walk_due: Option<Instant>,
    audit_look: Option<Instant>,
    /// Something went wrong that needs time.
    hold: Option<Instant>,
    total: ScanReport,
}

impl Daemon<'_> {
    fn run(&mut self) {
        // Ready: whatever happens from now on is seen.
        self.surroundings.alive(&self.told.state.borrow());
        while !self.is_stopped() && self.lock.holds(self.store) {
            self.look_around();
            match self.next_errand() {
                Some(errand) => self.perform(errand),
                None => self.wait(),
            }
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether the user wants it to work now.
    fn may_work(&self) -> bool {
        may_work(self.surroundings, &self.settings.hours)
    }

    /// What has changed while nobody looked.
    fn look_around(&mut self) {
        if self.clock.has_slept() || self.outlook.has_changed() {
            self.watch_anew();
            self.walk_due = None;
        }
    }

    /// What is to be done now, the most urgent first.
    fn next_errand(&mut self) -> Option<Job> {
        let now = Instant::now();
        if let Some((id, scan)) = requests::take(self.store) {
            return Some(Job::Asked(id, scan));
        }
        if !self.may_work() || self.hold.is_some_and(|hold| now < hold) {
            return None;
        }
        let mut due = self.watch.marks().take(now);
        due.paths.extend(self.settling.due(now));
        // Another folder may lie where a root was.
        let is_of_root = |path: &PathBuf| self.scope.iter().any(|root| root.starts_with(path));
        if due.everything || due.paths.iter().any(is_of_root) {
            self.watch_anew();
            return Some(Job::Everything);
        }
        // Through links a place has several names, and an event tells only one.
        let is_anywhere = self.settings.rules.follow_links && !due.paths.is_empty();
        if is_anywhere || due.paths.len() > job::MUCH {
            return Some(Job::Everything);
        }
        if !due.paths.is_empty() {
            return Some(Job::Marked(due.paths));
        }
        let retries = self.settling.retries(now);
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
        if self.settings.audit <= 0.0 || self.audit_look.is_some_and(|last| now < last + AUDIT_LOOK) {
            return false;
        }
        self.audit_look = Some(now);
        let is_due = |library: &Library| audit::is_due(&library.view()?);
        self.library.as_ref().map(is_due).is_some_and(|due| due.unwrap_or_default())
    }

    fn wait(&mut self) {
        let activity = if self.surroundings.is_paused() {
            Activity::Paused
        } else if !self.may_work() {
            Activity::Resting
        } else {
            Activity::Idle
        };
        self.tell_attention(activity);
        self.surroundings.alive(&self.told.state.borrow());
        let next = [self.watch.marks().next(), self.settling.next(), self.walk_due];
        let next =
            next.into_iter().flatten().min().filter(|_| activity == Activity::Idle && self.hold.is_none());
        let left = next.map_or(GLANCE, |next| next.saturating_duration_since(Instant::now()));
        // A bell that has rung says that something is marked: it is due after a while of quiet.
        if self.rung.recv_timeout(left.clamp(PAUSE, GLANCE)).is_ok() {
            // A file that is written again and again rings as often.
            std::thread::sleep(PAUSE);
        }
    }

    fn tell_attention(&self, activity: Activity) {
        let roots = self.watch.attention().into_iter();
        let roots =
            roots.map(|(root, attention)| (crate::playlist::format::location(&root), attention)).collect();
        self.told.tell(false, |state| (state.activity, state.roots) = (activity, roots));
    }

    /// Follows folders that have become part of the library.
    fn widen(&mut self) {
        let known = self.library.as_ref().and_then(|library| library.view().ok()?.roots().ok());
        let now = known.and_then(|known| scope(self.settings, known.into_keys().collect()).ok());
        if let Some(scope) = now.filter(|now| *now != self.scope) {
            self.scope = scope;
            self.watch_anew();
            self.walk_due = None;
        }
    }

    /// Watches as if it had just been started: what was moved, mounted or made meanwhile is watched as well. Marks are
    /// lost: a walk through everything must follow.
    fn watch_anew(&mut self) {
        // The new one first: nothing happens unseen.
        self.watch = self.watch.again(&self.scope, &self.settings.rules, self.bell.clone());
        if self.is_degraded() {
            // Two at once may have been more than the system has. What happens in between is found by a walk.
            self.watch.close();
            std::thread::sleep(RELEASE);
            self.watch = self.watch.again(&self.scope, &self.settings.rules, self.bell.clone());
            self.walk_due = Some(Instant::now());
        }
    }

    /// The pass that is asked for, everywhere.
    fn request(&self, crew: &ScanTools) -> ScanRequest {
        ScanRequest {
            paths: self.settings.paths.clone(),
            configured: self.settings.configured.clone(),
            marked: vec![],
            verify: Default::default(),
            rules: self.settings.rules.clone(),
            methods: crew.methods.clone(),
            unusable: crew.unusable.clone(),
            retry_failed: false,
            accept_missing: false,
        }
    }
}
