//! How `scan` hands its work to the daemon: a file in the store, answered in the daemon's state.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder},
    io::{self, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    thread::sleep,
    time::Duration,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{lock::Running, state::DaemonState};
use crate::app::scan::report::ScanReport;

/// What a scan is asked for; also as it is handed to the daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    #[error("the daemon could not scan: {0}")]
    Refused(String),
    #[error("the daemon cannot be asked: {} cannot be written", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// How often the answer is looked for.
const ANSWER_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Asks the daemon of `store` and waits for its answer; `show` is given its state meanwhile.
/// Errors: the daemon ended, refused, or cannot be asked; `stop` was raised.
pub(crate) fn hand_over(
    store: &Path,
    scan: &ScanOptions,
    running: &Running,
    stop: &AtomicBool,
    show: &mut dyn FnMut(&DaemonState),
) -> Result<ScanReport, HandOverError> {
    let file = write(store, scan)?;
    let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    loop {
        let is_gone = Running::find(store).as_ref() != Some(running);
        // Read after the lock was looked at: the last answer of a daemon that has ended counts.
        if let Some(state) = DaemonState::read(&running.state).filter(|state| state.pid == running.pid) {
            if let Some(answer) = state.answers.iter().find(|answer| answer.id == id) {
                return answer.result.clone().map_err(HandOverError::Refused);
            }
            show(&state);
        }
        if is_gone || stop.load(Ordering::Relaxed) {
            let was_waiting = fs::remove_file(&file).is_ok();
            return Err(match (is_gone, was_waiting) {
                (true, _) => HandOverError::Gone,
                (false, true) => HandOverError::Withdrawn(running.pid),
                (false, false) => HandOverError::Interrupted(running.pid),
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

/// Takes the oldest request, if there is one: its id, and the scan or why the request makes no sense.
pub(super) fn take(store: &Path) -> Option<(String, Result<ScanOptions, String>)> {
    let changed = |path: &PathBuf| path.metadata().and_then(|found| found.modified()).ok();
    let file = waiting(store).min_by_key(changed)?;
    let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let scan = fs::read(&file).map_err(|error| error.to_string());
    let scan = scan.and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()));
    // One that cannot be removed would be performed for ever.
    fs::remove_file(&file).ok()?;
    Some((id, scan))
}

/// Whether a request waits.
pub(super) fn is_any(store: &Path) -> bool {
    waiting(store).next().is_some()
}

/// Removes requests that an earlier daemon has left.
pub(super) fn clear(store: &Path) {
    // One that cannot be removed is reported when it is performed.
    waiting(store).for_each(|file| drop(fs::remove_file(file)));
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

    #[test]
    fn a_request_is_taken_once_and_as_it_was_given() {
        let store = tempfile::tempdir().unwrap();
        assert_eq!(take(store.path()), None);
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
        assert!(is_any(store.path()));
        let (id, taken) = take(store.path()).unwrap();
        assert_eq!((file.file_stem().unwrap().to_str().unwrap(), taken), (id.as_str(), Ok(scan)));
        assert_eq!((take(store.path()), is_any(store.path())), (None, false));
    }

    #[test]
    fn nonsense_is_removed_and_reported() {
        let store = tempfile::tempdir().unwrap();
        fs::create_dir(folder(store.path())).unwrap();
        fs::create_dir(folder(store.path()).join("a.json")).unwrap();
        fs::write(folder(store.path()).join("x.json"), b"{").unwrap();
        assert!(take(store.path()).unwrap().1.is_err());
        assert_eq!(take(store.path()), None);
    }
}
