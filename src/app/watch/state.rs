//! What the daemon reports of itself, in a file that others read.

use std::{
    fs::{self, DirBuilder},
    io, mem,
    os::unix::{ffi::OsStrExt, fs::DirBuilderExt},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use super::lock::DaemonLock;
use crate::{
    app::scan::report::ScanReport, digest::Digest, fs::atomic, fs::read_small, fs::trust::check_owner,
    library::WatchMode, time::Moment,
};

/// The daemon as others see it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DaemonState {
    /// Its process.
    pub pid: u32,
    /// When it was started.
    pub since: Moment,
    /// What it does now.
    pub activity: Activity,
    /// How changes under each folder are noticed, by the folder's path as it is printed.
    pub roots: Vec<(String, WatchMode)>,
    /// Files that are still to be opened.
    pub queue: u64,
    /// The file opened last, while there is work.
    pub current: Option<String>,
    /// Files a second, while there is work.
    pub rate: Option<f64>,
    /// Seconds that the queue takes at that rate.
    pub eta: Option<f64>,
    /// The end of the last walk through all folders.
    pub last_walk: Option<Moment>,
    /// What went wrong last, until a walk without warnings.
    pub last_error: Option<String>,
    /// When it last wrote that it is at work, at most every 30 s.
    #[serde(default)]
    pub heartbeat: Option<Moment>,
    /// Answers to what `scan` has handed over, newest last.
    pub answers: Vec<ScanAnswer>,
}

/// What the daemon does now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activity {
    /// It has done nothing yet.
    #[default]
    Starting,
    /// Walks, or opens files.
    Indexing,
    /// Waits for something to happen.
    Idle,
    /// Paused by a signal.
    Paused,
    /// Waits for its hours.
    Resting,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanAnswer {
    pub id: String,
    pub result: Result<ScanReport, String>,
}

/// An answer has a few hundred bytes, and the paths of its folders.
const LARGEST_STATE: u64 = 64 << 20;

/// No more answers than this are kept.
const MAX_ANSWERS: usize = 32;

impl DaemonState {
    /// Of this process, before it has done anything.
    pub(super) fn starting() -> Self {
        Self { pid: std::process::id(), since: Moment::now(), ..Self::default() }
    }

    pub(super) fn answer(&mut self, answer: ScanAnswer) {
        self.answers.push(answer);
        let old = self.answers.len().saturating_sub(MAX_ANSWERS);
        self.answers.drain(..old);
    }

    /// How the folder is watched whose changes are noticed latest.
    pub fn slowest_watch(&self) -> Option<&WatchMode> {
        let rank = |mode: &WatchMode| match mode {
            WatchMode::Watching => 0,
            WatchMode::Polling(_) => 1,
            WatchMode::Degraded(_) => 2,
        };
        self.roots.iter().map(|(_, mode)| mode).max_by_key(|mode| rank(mode))
    }

    /// Reads a daemon's state; none where it has written nothing yet.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&read_small(path, LARGEST_STATE).ok()?).ok()
    }
}

/// Where the state of a store's daemon is: in the user's runtime folder where that can be written, else in the store.
pub(crate) fn state_file_path(store: &Path, runtime: Option<PathBuf>) -> PathBuf {
    let is_usable = |path: &PathBuf| {
        let folder = path.join("indexer");
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        path.is_absolute()
            && path.is_dir()
            && check_owner(&folder).is_ok()
            && made.is_ok()
            && tempfile::NamedTempFile::new_in(&folder).is_ok()
    };
    let Some(runtime) = runtime.filter(is_usable) else {
        return path_in(store);
    };
    let real = store.canonicalize().unwrap_or_else(|_| store.to_owned());
    let name = Digest::of(real.as_os_str().as_bytes()).short(16);
    runtime.join("indexer").join(format!("{name}.json"))
}

fn path_in(store: &Path) -> PathBuf {
    store.join("daemon.json")
}

/// The file, written when something has changed and not too often.
#[derive(Debug)]
pub(super) struct StateFile<'a> {
    lock: &'a DaemonLock,
    path: PathBuf,
    /// Where it goes when it cannot be written there.
    spare: PathBuf,
    written: Option<DaemonState>,
    last: Instant,
}

/// Time between two writes that nobody waits for.
const WRITE_INTERVAL: Duration = Duration::from_secs(5);

impl<'a> StateFile<'a> {
    /// Of the daemon that has the `lock` of `store`, which says that the state is at `path`.
    pub(super) fn new(lock: &'a DaemonLock, store: &Path, path: PathBuf) -> Self {
        Self { lock, path, spare: path_in(store), written: None, last: Instant::now() }
    }

    /// Writes `state` if it has changed: at once, or at most every 5 s. Where that is no longer possible it moves. A state
    /// that cannot be written is no reason to stop: the next one may be.
    pub(super) fn update(&mut self, state: &DaemonState, at_once: bool) {
        let is_due = at_once || self.written.is_none() || self.last.elapsed() >= WRITE_INTERVAL;
        if !is_due || self.written.as_ref() == Some(state) {
            return;
        }
        self.last = Instant::now();
        match write(&self.path, state).or_else(|error| self.move_to_spare(state, error)) {
            Ok(()) => self.written = Some(state.clone()),
            Err(error) => {
                tracing::warn!(path = %self.path.display(), "the daemon's state cannot be written: {error}")
            }
        }
    }

    fn move_to_spare(&mut self, state: &DaemonState, refused: io::Error) -> io::Result<()> {
        if self.spare == self.path || write(&self.spare, state).is_err() {
            return Err(refused);
        }
        self.lock.say_where(&self.spare)?;
        mem::swap(&mut self.path, &mut self.spare);
        Ok(())
    }

    /// Removes the file: the daemon ends.
    pub(super) fn remove(self) {
        // Whoever reads it looks for the lock first.
        drop(fs::remove_file(self.path));
        drop(fs::remove_file(self.spare));
    }
}

fn write(path: &Path, state: &DaemonState) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    atomic::replace_unsynced(path, &serde_json::to_vec(state)?, 0o600)
}
