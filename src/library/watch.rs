//! Watching folders for events. They only mark where to look: events get lost, and say nothing about what a
//! folder that has just come already holds.

mod marks;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use crossbeam_channel::Sender;
use notify::{
    Config, Error, ErrorKind, Event, EventHandler, EventKind, EventKindMask, RecommendedWatcher,
    RecursiveMode, Watcher,
    event::{AccessKind, AccessMode, CreateKind, ModifyKind, RemoveKind, RenameMode},
};
use serde::{Deserialize, Serialize};

use super::Rules;
use crate::fs::filesystem::Filesystem;

pub use self::marks::{Due, Marks};

/// How changes under a root come to be known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "reason", rename_all = "lowercase")]
pub enum WatchMode {
    /// By events.
    Watching,
    /// By walks, for its filesystem does not tell of all changes.
    Polling(String),
    /// By walks, for events should come and do not.
    Degraded(String),
}

/// Folders under watch, until it is dropped.
pub struct TreeWatch {
    watcher: Option<RecommendedWatcher>,
    marks: Arc<Mutex<Marks>>,
    /// By root.
    attention: Vec<(PathBuf, WatchMode)>,
}

impl TreeWatch {
    /// Watches all of `roots` that are there; `bell` is rung when something has happened.
    pub fn start(roots: &[PathBuf], rules: &Rules, bell: Sender<()>) -> Self {
        Self::with(Arc::new(Mutex::new(Marks::new(rules.clone()))), roots, rules, bell)
    }

    /// Watches as if it had just been started; what is marked stays marked.
    pub fn again(&self, roots: &[PathBuf], rules: &Rules, bell: Sender<()>) -> Self {
        self.marks().trouble = None;
        Self::with(Arc::clone(&self.marks), roots, rules, bell)
    }

    /// Gives up what it watches with; the system has it back a little later.
    pub fn close(&mut self) {
        self.watcher = None;
    }

    fn with(marks: Arc<Mutex<Marks>>, roots: &[PathBuf], rules: &Rules, bell: Sender<()>) -> Self {
        let handler = Handler { marks: Arc::clone(&marks), bell };
        let kinds = EventKindMask::CREATE
            | EventKindMask::REMOVE
            | EventKindMask::MODIFY_NAME
            | EventKindMask::ACCESS_CLOSE;
        let config = Config::default().with_event_kinds(kinds).with_follow_symlinks(rules.follow_links);
        let mut watcher = RecommendedWatcher::new(handler, config);
        let mut attention = Vec::new();
        for root in roots.iter().filter(|root| root.is_dir()) {
            let watched = match &mut watcher {
                Ok(watcher) => watcher.watch(root, RecursiveMode::Recursive),
                Err(error) => Err(Error { kind: kind_of(error), paths: vec![] }),
            };
            attention.push((root.clone(), attention_to(root, watched.err().as_ref())));
        }
        Self { watcher: watcher.ok(), marks, attention }
    }

    /// What has been marked since it was taken last.
    pub fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How each root that was there is attended to, now.
    pub fn attention(&self) -> Vec<(PathBuf, WatchMode)> {
        let lost = self.marks().trouble.clone();
        let now = |attention: &WatchMode| match (attention, &lost) {
            (WatchMode::Watching, Some(reason)) => WatchMode::Degraded(reason.clone()),
            (attention, _) => attention.clone(),
        };
        self.attention.iter().map(|(root, attention)| (root.clone(), now(attention))).collect()
    }
}

fn attention_to(root: &Path, trouble: Option<&Error>) -> WatchMode {
    let silent = Filesystem::of(root).ok().and_then(|found| found.is_silent());
    match (silent, trouble) {
        (Some(name), _) => WatchMode::Polling(format!("{name} does not tell of all changes")),
        (None, Some(error)) => WatchMode::Degraded(reason(error)),
        (None, None) => WatchMode::Watching,
    }
}

/// What is wrong, and how to mend it.
fn reason(error: &Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => {
            "more folders than the system watches: raise fs.inotify.max_user_watches, as in \
                                     `sudo sysctl fs.inotify.max_user_watches=1048576`"
                .to_owned()
        }
        ErrorKind::Io(error) if error.raw_os_error() == Some(TOO_MANY) => {
            "too many programs watch files: raise fs.inotify.max_user_instances, as in \
             `sudo sysctl fs.inotify.max_user_instances=1024`"
                .to_owned()
        }
        _ => error.to_string(),
    }
}

/// EMFILE: of `inotify_init`, the limit of instances.
const TOO_MANY: i32 = 24;

/// An error cannot be cloned; what matters of one can.
fn kind_of(error: &Error) -> ErrorKind {
    match &error.kind {
        ErrorKind::MaxFilesWatch => ErrorKind::MaxFilesWatch,
        ErrorKind::Io(error) => ErrorKind::Io(
            error.raw_os_error().map_or_else(|| error.kind().into(), std::io::Error::from_raw_os_error),
        ),
        _ => ErrorKind::Generic(error.to_string()),
    }
}

struct Handler {
    marks: Arc<Mutex<Marks>>,
    bell: Sender<()>,
}

impl EventHandler for Handler {
    /// Marks, and nothing else: whoever lingers here loses events.
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
                    EventKind::Create(_) | EventKind::Remove(RemoveKind::File) => Some(false),
                    EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(false),
                    // Comes besides the two events that it is made of.
                    EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => return,
                    _ => None,
                };
                let is_closed = matches!(event.kind, EventKind::Access(_));
                let mark = |path: &PathBuf| marks.mark(path, is_folder, is_closed, now);
                event.paths.iter().map(mark).fold(false, |any, one| any | one)
            }
            // A folder that cannot be read, or a link in a circle: the walk says so, or passes it over.
            Err(error) if !error.paths.is_empty() && !matches!(error.kind, ErrorKind::MaxFilesWatch) => {
                return;
            }
            Err(error) => {
                marks.trouble = Some(reason(&error));
                marks.lose(now)
            }
        };
        drop(marks);
        if has_marked {
            // A bell that is ringing already is as good.
            let _ = self.bell.try_send(());
        }
    }
}
