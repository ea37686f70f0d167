//! What no event reports: a machine that slept, a disk that is back.
//!
//! What happens when a mount or a root disappears: the walk decides that it is unavailable (`app/scan/survey.rs`,
//! also for one that looks empty), nothing below it is marked missing, and its path is noted here. Once
//! it looks different, the daemon watches everything anew and walks.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::PathBuf,
    time::{Duration, Instant},
};

use crate::app::scan::plan::Unavailable;

/// How often unavailable folders are looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(30);

/// A clock that stands still in sleep falls behind by more than this.
const MIN_SLEEP: Duration = Duration::from_secs(2);

/// Notices that the machine has slept: one clock goes on then, the other does not.
#[derive(Debug)]
pub(super) struct SleepDetector(Duration);

impl SleepDetector {
    pub(super) fn now() -> Self {
        Self(slept())
    }

    /// Whether the machine has slept since this was asked last.
    pub(super) fn has_slept(&mut self) -> bool {
        let before = std::mem::replace(&mut self.0, slept());
        self.0.saturating_sub(before) > MIN_SLEEP
    }
}

/// How long the machine has slept since it was started.
fn slept() -> Duration {
    let uptime = crate::time::uptime();
    uptime.with_sleep.saturating_sub(uptime.awake)
}

/// Folders that are unavailable, and how they look.
#[derive(Debug, Default)]
pub(super) struct RootMonitor {
    unavailable: Vec<(PathBuf, FolderLook)>,
    last: Option<Instant>,
}

/// Device, inode and time of change of a folder that is there.
type FolderLook = Option<(u64, u64, i64, i64)>;

fn look(path: &PathBuf) -> FolderLook {
    let found = fs::metadata(path).ok()?;
    Some((found.dev(), found.ino(), found.mtime(), found.mtime_nsec()))
}

impl RootMonitor {
    /// These folders are unavailable now.
    pub(super) fn note(&mut self, unavailable: &[Unavailable]) {
        let looks = unavailable.iter().map(|folder| (folder.path.clone(), look(&folder.path)));
        self.unavailable = looks.collect();
        self.last = Some(Instant::now());
    }

    /// Whether one of them looks different, seen at most every 30 s.
    pub(super) fn has_changed(&mut self) -> bool {
        if self.unavailable.is_empty() || self.last.is_some_and(|last| last.elapsed() < LOOK_INTERVAL) {
            return false;
        }
        self.last = Some(Instant::now());
        let mut has_changed = false;
        for (path, before) in &mut self.unavailable {
            let now = look(path);
            has_changed |= now != *before;
            *before = now;
        }
        has_changed
    }
}
