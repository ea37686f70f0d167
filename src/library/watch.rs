//! Watching folders for events. They only mark where to look: events get lost, and say nothing about what a
//! new folder already holds.

mod bins;
mod marks;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crossbeam_channel::Sender;
use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind, RemoveKind, RenameMode};
use notify::{
    Config, Error, ErrorKind, Event, EventHandler, EventKind, EventKindMask, RecommendedWatcher,
    RecursiveMode, Watcher,
};
use serde::{Deserialize, Serialize};

use super::rules::Rules;
use crate::fs::filesystem::Filesystem;
use crate::machine::check_threads;

pub(super) use self::marks::Marks;

/// How changes under a root are noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "reason", rename_all = "lowercase")]
pub enum WatchMode {
    /// By events.
    Watching,
    /// By walks: its filesystem does not report all changes.
    Polling(String),
    /// By walks: events should come and do not.
    Degraded(String),
}

/// Folders under watch, until it is dropped.
pub(crate) struct TreeWatch {
    watcher: Option<RecommendedWatcher>,
    marks: Arc<Mutex<Marks>>,
    /// By root.
    modes: Vec<(PathBuf, WatchMode)>,
}

impl TreeWatch {
    /// Watches all of `roots` that are there; `wake` is sent to when something has changed.
    pub(crate) fn start(roots: &[PathBuf], rules: &Rules, wake: Sender<()>) -> Self {
        Self::with(Arc::new(Mutex::new(Marks::new(rules.clone()))), roots, rules, wake)
    }

    /// Watches as if it had just been started; what is marked stays marked.
    pub(crate) fn restart(&self, roots: &[PathBuf], rules: &Rules, wake: Sender<()>) -> Self {
        self.marks().watch_error = None;
        Self::with(Arc::clone(&self.marks), roots, rules, wake)
    }

    /// Stops watching; the system frees the watches a little later.
    pub(crate) fn close(&mut self) {
        self.watcher = None;
    }

    fn with(marks: Arc<Mutex<Marks>>, roots: &[PathBuf], rules: &Rules, wake: Sender<()>) -> Self {
        marks.lock().unwrap_or_else(PoisonError::into_inner).watch(roots);
        let handler = Handler { marks: Arc::clone(&marks), wake };
        let kinds = EventKindMask::CREATE
            | EventKindMask::REMOVE
            | EventKindMask::MODIFY_NAME
            | EventKindMask::ACCESS_CLOSE;
        let config = Config::default().with_event_kinds(kinds).with_follow_symlinks(rules.follow_links);
        // The watcher does not report that its thread cannot be started, and cannot be used then.
        let mut watcher = check_threads()
            .map_err(|error| error.to_string())
            .and_then(|()| RecommendedWatcher::new(handler, config).map_err(|error| reason(&error)));
        let mut modes = Vec::new();
        for root in roots.iter().filter(|root| root.is_dir()) {
            let watched = match &mut watcher {
                Ok(watcher) => watcher.watch(root, RecursiveMode::Recursive).map_err(|error| reason(&error)),
                Err(reason) => Err(reason.clone()),
            };
            let mode = mode_of(root, watched);
            if let (Ok(watcher), WatchMode::Watching) = (&mut watcher, &mode) {
                for bin in bins::bins(root, &rules.discarded) {
                    // One that came this moment is not watched yet; its events mark nothing.
                    drop(watcher.unwatch(&bin));
                }
            }
            modes.push((root.clone(), mode));
        }
        Self { watcher: watcher.ok(), marks, modes }
    }

    /// What has been marked since it was taken last.
    pub(crate) fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How each root that was there is watched now.
    pub(crate) fn modes(&self) -> Vec<(PathBuf, WatchMode)> {
        let lost = self.marks().watch_error.clone();
        let now = |mode: &WatchMode| match (mode, &lost) {
            (WatchMode::Watching, Some(reason)) => WatchMode::Degraded(reason.clone()),
            (mode, _) => mode.clone(),
        };
        self.modes.iter().map(|(root, mode)| (root.clone(), now(mode))).collect()
    }
}

fn mode_of(root: &Path, watched: Result<(), String>) -> WatchMode {
    let silent = Filesystem::of(root).ok().and_then(|found| found.is_silent());
    match (silent, watched) {
        (Some(name), _) => WatchMode::Polling(format!("{name} does not report all changes")),
        (None, Err(reason)) => WatchMode::Degraded(reason),
        (None, Ok(())) => WatchMode::Watching,
    }
}

/// What is wrong, and how to put it right.
fn reason(error: &Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => {
            "more folders than the system watches: raise fs.inotify.max_user_watches, as in \
                                     `sudo sysctl fs.inotify.max_user_watches=1048576`"
                .to_owned()
        }
        ErrorKind::Io(error) if error.raw_os_error() == Some(EMFILE) => {
            "too many programs watch files: raise fs.inotify.max_user_instances, as in \
             `sudo sysctl fs.inotify.max_user_instances=1024`"
                .to_owned()
        }
        _ => error.to_string(),
    }
}

/// From `inotify_init`: the limit of instances.
const EMFILE: i32 = 24;

struct Handler {
    marks: Arc<Mutex<Marks>>,
    wake: Sender<()>,
}

impl EventHandler for Handler {
    /// Only marks: events are lost while this takes long.
    fn handle_event(&mut self, event: notify::Result<Event>) {
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let has_marked = match event {
            Ok(event) if event.need_rescan() => marks.lose(now),
            Ok(event) => {
                let is_folder = match event.kind {
                    EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder) => {
                        Some(true)
                    }
                    EventKind::Create(_)
                    | EventKind::Remove(RemoveKind::File)
                    | EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(false),
                    // Comes in addition to the two events of its halves.
                    EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => return,
                    _ => None,
                };
                let is_closed = matches!(event.kind, EventKind::Access(_));
                let mark = |path: &PathBuf| marks.mark(path, is_folder, is_closed, now);
                event.paths.iter().map(mark).fold(false, |any, one| any | one)
            }
            // A folder that cannot be read, or a link in a circle: the walk reports it, or skips it.
            Err(error) if !error.paths.is_empty() && !matches!(error.kind, ErrorKind::MaxFilesWatch) => {
                return;
            }
            Err(error) => {
                marks.watch_error = Some(reason(&error));
                marks.lose(now)
            }
        };
        drop(marks);
        if has_marked {
            // A wake-up that is already waiting is as good.
            let _ = self.wake.try_send(());
        }
    }
}
