//! One daemon per store, and how others find it.

use std::{
    fs::{DirBuilder, File, Metadata, OpenOptions, TryLockError},
    io::{self, Read, Seek},
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

/// The store's lock, held for as long as the daemon lives.
#[derive(Debug)]
pub(crate) struct DaemonLock(File);

/// A daemon, as others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    pub pid: u32,
    /// The file that it writes its state to.
    pub state: PathBuf,
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("a daemon is running for this store already (process {0}): it needs no other")]
    Running(u32),
    #[error("cannot use {} (check that the store's folder can be written)", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Follows the path of the state: no path contains it.
const END: u8 = 0;

/// How long to wait for the lock: whoever only looks for a daemon holds it for a moment.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(100);

impl DaemonLock {
    /// Takes the lock of `store`, whose folder is made where there is none, and writes into it where the state will be.
    /// Errors: another daemon has it; the folder cannot be written.
    pub(crate) fn take(store: &Path, state: &Path) -> Result<Self, LockError> {
        let path = path_in(store);
        let failed = |source| LockError::Io { path: path.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(store).map_err(failed)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(failed)?;
        let begin = Instant::now();
        while let Err(error) = file.try_lock() {
            match error {
                TryLockError::Error(error) => return Err(failed(error)),
                TryLockError::WouldBlock if begin.elapsed() < LOCK_TIMEOUT => sleep(LOCK_POLL_INTERVAL),
                TryLockError::WouldBlock => {
                    return Err(LockError::Running(read(&mut file).map_or(0, |running| running.pid)));
                }
            }
        }
        let lock = Self(file);
        lock.say_where(state).map_err(failed)?;
        Ok(lock)
    }

    /// Writes into the lock where the state is from now on. Whoever reads it meanwhile sees the old place or the new one.
    pub(super) fn say_where(&self, state: &Path) -> io::Result<()> {
        let process = format!("{} ", std::process::id());
        let line = [process.as_bytes(), state.as_os_str().as_bytes(), &[END]].concat();
        self.0.write_all_at(&line, 0)?;
        self.0.set_len(line.len() as u64)
    }

    /// Whether the store is still the one that was locked, and no other has been put into its place.
    pub(crate) fn holds(&self, store: &Path) -> bool {
        let of = |found: io::Result<Metadata>| found.ok().map(|found| (found.dev(), found.ino()));
        of(self.0.metadata()) == of(path_in(store).metadata())
    }

    /// Ends the lock, and removes from it where the state was.
    pub(crate) fn release(self) {
        // What is left there is not read once the lock is free.
        drop(self.0.set_len(0));
    }
}

impl Running {
    /// The daemon of `store`, if there is one.
    pub(crate) fn find(store: &Path) -> Option<Self> {
        let mut file = File::open(path_in(store)).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => read(&mut file),
            _ => None,
        }
    }
}

fn read(file: &mut File) -> Option<Running> {
    let mut line = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut line)).ok()?;
    line.truncate(line.iter().position(|byte| *byte == END)?);
    let blank = line.iter().position(|byte| *byte == b' ')?;
    let pid = std::str::from_utf8(&line[..blank]).ok()?.parse().ok()?;
    let state = PathBuf::from(std::ffi::OsString::from_vec(line.split_off(blank + 1)));
    Some(Running { pid, state })
}

fn path_in(store: &Path) -> PathBuf {
    store.join("daemon.lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_has_one_daemon_and_others_find_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        assert_eq!(Running::find(&store), None);
        let lock = DaemonLock::take(&store, Path::new("/run/s p.json")).unwrap();
        let running = Running { pid: std::process::id(), state: "/run/s p.json".into() };
        assert_eq!(Running::find(&store), Some(running));
        for state in ["/a/longer/place/of/the/state.json", "/short"] {
            lock.say_where(Path::new(state)).unwrap();
            assert_eq!(Running::find(&store).unwrap().state, Path::new(state));
        }
        assert!(lock.holds(&store));
        std::fs::remove_file(path_in(&store)).unwrap();
        assert!(!lock.holds(&store));
        std::fs::write(path_in(&store), b"").unwrap();
        assert!(!lock.holds(&store));
        lock.release();
        assert_eq!(Running::find(&store), None);
    }
}
