//! How `scan` hands its work to the daemon: a file in the store, answered in the daemon's state.

use std::{
    cell::RefCell,
    collections::HashSet,
    ffi::OsString,
    fs::{self, DirBuilder},
    io::{self, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{lock::Running, state::DaemonState};
use crate::{app::scan::report::ScanReport, fs::read_small};

/// What a scan is asked for; also as it is handed to the daemon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanOptions {
    /// Folders to scan, which become part of the library. None: those of the configuration, else those of the store.
    #[serde(serialize_with = "write_paths", deserialize_with = "read_paths")]
    pub paths: Vec<PathBuf>,
    /// The vectors to make: methods separated by commas, `all` or `none`.
    pub method: String,
    /// Try files again that have failed for good.
    pub retry_failed: bool,
    /// Believe that files that are not there are gone, however many.
    pub accept_missing: bool,
    /// Read the tags of all files again, also of those that look unchanged.
    #[serde(default)]
    pub reread: bool,
    /// Decode again what other decoders than those of now have decoded.
    #[serde(default)]
    pub redecode: bool,
}

/// Unlike a path's own form, that of system strings holds what is no UTF-8.
fn write_paths<S: Serializer>(paths: &[PathBuf], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(paths.iter().map(|path| path.as_os_str()))
}

fn read_paths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
    Ok(Vec::<OsString>::deserialize(deserializer)?.into_iter().map(PathBuf::from).collect())
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum HandOverError {
    #[error("the daemon that was asked has ended")]
    Gone,
    #[error("the daemon (process {0}) was asked to scan, and goes on with it")]
    Interrupted(u32),
    #[error("the scan was withdrawn before the daemon (process {0}) had begun it")]
    Withdrawn(u32),
    #[error(
        "the daemon (process {0}) has shown no sign of life for {1} minutes: see why in its log, or end it and scan again"
    )]
    Silent(u32, u64),
    #[error("the daemon could not scan: {0}")]
    Refused(String),
    #[error("the daemon cannot be asked: {} cannot be written", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// How often the answer is looked for.
const ANSWER_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The daemon shows every half a minute that it lives, but while it looks through large folders on slow disks.
const MAX_SILENCE: Duration = Duration::from_secs(600);

/// A request of this program has a few hundred bytes, and the paths of its folders.
const LARGEST_REQUEST: u64 = 1 << 20;

/// Asks the daemon of `store` and waits for its answer; `show` is given its state meanwhile.
/// Errors: the daemon ended, refused, cannot be asked, or shows no sign of life; `stop` was raised.
pub(crate) fn hand_over(
    store: &Path,
    scan: &ScanOptions,
    running: &Running,
    stop: &AtomicBool,
    show: &mut dyn FnMut(&DaemonState),
) -> Result<ScanReport, HandOverError> {
    ask(store, scan, running, stop, show, MAX_SILENCE)
}

fn ask(
    store: &Path,
    scan: &ScanOptions,
    running: &Running,
    stop: &AtomicBool,
    show: &mut dyn FnMut(&DaemonState),
    max_silence: Duration,
) -> Result<ScanReport, HandOverError> {
    let file = write(store, scan)?;
    let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let (mut last, mut since) = (None, Instant::now());
    loop {
        let now = Running::find(store).filter(|now| now.pid == running.pid);
        // Read after the lock was looked at: the last answer of a daemon that has ended counts.
        let place = &now.as_ref().unwrap_or(running).state;
        if let Some(state) = DaemonState::read(place).filter(|state| state.pid == running.pid) {
            if let Some(answer) = state.answers.iter().find(|answer| answer.id == id) {
                return answer.result.clone().map_err(HandOverError::Refused);
            }
            show(&state);
            if last.as_ref() != Some(&state) {
                (last, since) = (Some(state), Instant::now());
            }
        }
        let is_silent = since.elapsed() > max_silence;
        if now.is_none() || is_silent || stop.load(Ordering::Relaxed) {
            let was_waiting = fs::remove_file(&file).is_ok();
            return Err(match (now, was_waiting) {
                (None, _) => HandOverError::Gone,
                _ if is_silent => HandOverError::Silent(running.pid, max_silence.as_secs() / 60),
                (_, true) => HandOverError::Withdrawn(running.pid),
                (_, false) => HandOverError::Interrupted(running.pid),
            });
        }
        sleep(ANSWER_POLL_INTERVAL);
    }
}

/// Writes a request atomically, under a name of its own.
fn write(store: &Path, scan: &ScanOptions) -> Result<PathBuf, HandOverError> {
    let folder = folder(store);
    let failed = |source| HandOverError::Io { path: folder.clone(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed)?;
    let text = serde_json::to_vec(scan).map_err(|error| failed(error.into()))?;
    let mut file = tempfile::Builder::new().rand_bytes(16).tempfile_in(&folder).map_err(failed)?;
    file.write_all(&text).map_err(failed)?;
    let name =
        file.path().file_name().unwrap_or_default().to_string_lossy().trim_start_matches('.').to_owned();
    let path = folder.join(format!("{name}.json"));
    file.persist_noclobber(&path).map_err(|error| failed(error.error))?;
    Ok(path)
}

/// The requests to a daemon.
#[derive(Debug)]
pub(super) struct Inbox<'a> {
    store: &'a Path,
    /// Requests that were taken and cannot be removed.
    stuck: RefCell<HashSet<PathBuf>>,
}

impl<'a> Inbox<'a> {
    /// That of `store`, without what an earlier daemon has left in it.
    pub(super) fn empty(store: &'a Path) -> Self {
        let remains = |file: &PathBuf| fs::remove_file(file).is_err();
        Self { store, stuck: RefCell::new(waiting(store).filter(remains).collect()) }
    }

    /// Takes the oldest request, if there is one: its id, and the scan or why the request makes no sense.
    pub(super) fn take(&self) -> Option<(String, Result<ScanOptions, String>)> {
        let changed = |path: &PathBuf| path.metadata().and_then(|found| found.modified()).ok();
        let file = self.waiting().min_by_key(changed)?;
        let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let scan = read_small(&file, LARGEST_REQUEST).map_err(|error| error.to_string());
        let scan = scan.and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()));
        if let Err(error) = fs::remove_file(&file) {
            tracing::warn!(path = %file.display(), "a request cannot be removed, and is performed once: {error}");
            self.stuck.borrow_mut().insert(file);
        }
        Some((id, scan))
    }

    /// Whether a request waits.
    pub(super) fn is_any(&self) -> bool {
        self.waiting().next().is_some()
    }

    fn waiting(&self) -> impl Iterator<Item = PathBuf> {
        waiting(self.store).filter(|file| !self.stuck.borrow().contains(file))
    }
}

/// Files of requests. Whatever else lies in the folder is left alone.
fn waiting(store: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder(store)).into_iter().flatten().filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    files
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
}

fn folder(store: &Path) -> PathBuf {
    store.join("requests")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::watch::DaemonLock;

    #[test]
    fn a_request_is_taken_once_and_as_it_was_given() {
        let store = tempfile::tempdir().unwrap();
        let inbox = Inbox::empty(store.path());
        assert_eq!(inbox.take(), None);
        let no_utf8: OsString = std::os::unix::ffi::OsStringExt::from_vec(vec![b'/', 0xFF]);
        let paths = vec!["/music/a\nb".into(), no_utf8.into()];
        let (retry_failed, accept_missing, reread) = (true, false, true);
        let scan = ScanOptions {
            paths,
            method: "mfcc".into(),
            retry_failed,
            accept_missing,
            reread,
            redecode: true,
        };
        let file = write(store.path(), &scan).unwrap();
        assert!(inbox.is_any());
        let (id, taken) = inbox.take().unwrap();
        assert_eq!((file.file_stem().unwrap().to_str().unwrap(), taken), (id.as_str(), Ok(scan)));
        assert_eq!((inbox.take(), inbox.is_any()), (None, false));
    }

    #[test]
    fn nonsense_is_removed_and_reported() {
        let store = tempfile::tempdir().unwrap();
        fs::create_dir(folder(store.path())).unwrap();
        fs::create_dir(folder(store.path()).join("a.json")).unwrap();
        let inbox = Inbox::empty(store.path());
        for nonsense in [b"{".to_vec(), vec![b' '; LARGEST_REQUEST as usize + 1]] {
            fs::write(folder(store.path()).join("x.json"), nonsense).unwrap();
            assert!(inbox.take().unwrap().1.is_err());
            assert_eq!(inbox.take(), None);
        }
    }

    #[test]
    fn a_daemon_that_shows_no_sign_of_life_is_not_waited_for() {
        let store = tempfile::tempdir().unwrap();
        let _lock = DaemonLock::take(store.path(), &store.path().join("state.json")).unwrap();
        let running = Running::find(store.path()).unwrap();
        let (stop, limit) = (AtomicBool::new(false), Duration::from_millis(50));
        let asked = ask(store.path(), &ScanOptions::default(), &running, &stop, &mut |_| {}, limit);
        assert!(
            matches!(asked, Err(HandOverError::Silent(pid, _)) if pid == std::process::id()),
            "{asked:?}"
        );
        assert_eq!(waiting(store.path()).count(), 0, "the request is withdrawn");
    }
}
