//! A disk in memory: it keeps every call, so that a power cut can be placed between any two, and fails where a test says so.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::StorageBackend;

/// What a disk writes whole or not at all (bytes).
const SECTOR: usize = 512;

/// What changes a disk, and what tells how much of it lasts.
#[derive(Clone, Debug)]
pub(super) enum Call {
    Write(usize, Vec<u8>),
    SetLen(usize),
    Sync,
    /// A commit was acknowledged; not a call of the disk.
    Acknowledged,
}

/// Which calls fail.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Failing {
    /// This one, counted from 0,
    pub at: usize,
    /// and whether all that follow do, too.
    pub for_good: bool,
}

#[derive(Debug, Default)]
struct State {
    bytes: Vec<u8>,
    calls: Vec<Call>,
    count: usize,
    failing: Option<Failing>,
}

/// One disk, as the database and the test share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Arc<Mutex<State>>);

impl Disk {
    pub(super) fn with(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(State { bytes, ..State::default() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.state().bytes.clone()
    }

    pub(super) fn acknowledge(&self) {
        self.state().calls.push(Call::Acknowledged);
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// How often it was called.
    pub(super) fn count(&self) -> usize {
        self.state().count
    }

    pub(super) fn fail(&self, failing: Option<Failing>) {
        let mut state = self.state();
        (state.count, state.failing) = (0, failing);
    }

    fn call(&self, kind: io::ErrorKind) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        let number = state.count;
        state.count += 1;
        let fails = |failing: Failing| number == failing.at || failing.for_good && number > failing.at;
        if state.failing.is_some_and(fails) { Err(kind.into()) } else { Ok(state) }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.state().bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.call(io::ErrorKind::Other)?;
        let offset = offset as usize;
        let found = state.bytes.get(offset..offset + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.call(io::ErrorKind::StorageFull)?;
        state.bytes.resize(len as usize, 0);
        state.calls.push(Call::SetLen(len as usize));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.call(io::ErrorKind::Other)?.calls.push(Call::Sync);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.call(io::ErrorKind::StorageFull)?;
        write(&mut state.bytes, offset as usize, data);
        state.calls.push(Call::Write(offset as usize, data.to_vec()));
        Ok(())
    }
}

fn write(bytes: &mut Vec<u8>, offset: usize, data: &[u8]) {
    if bytes.len() < offset + data.len() {
        bytes.resize(offset + data.len(), 0);
    }
    bytes[offset..offset + data.len()].copy_from_slice(data);
}

/// What is on a disk that held `bytes` when its power is cut after these calls, and how many commits were acknowledged:
/// everything before the last sync, and of each later call whatever sectors `stays` says.
pub(super) fn after_power_cut(
    mut bytes: Vec<u8>,
    calls: &[Call],
    stays: &mut dyn FnMut() -> bool,
) -> (Vec<u8>, usize) {
    let synced = calls.iter().rposition(|call| matches!(call, Call::Sync)).unwrap_or(0);
    let mut acknowledged = 0;
    for (number, call) in calls.iter().enumerate() {
        let is_synced = number < synced;
        match call {
            Call::Write(offset, data) if is_synced => write(&mut bytes, *offset, data),
            Call::Write(offset, data) => {
                let mut at = *offset;
                while at < offset + data.len() {
                    let end = (at / SECTOR + 1) * SECTOR;
                    let part = &data[at - offset..end.min(offset + data.len()) - offset];
                    if stays() {
                        write(&mut bytes, at, part);
                    }
                    at = end;
                }
            }
            Call::SetLen(len) if is_synced || stays() => bytes.resize(*len, 0),
            Call::SetLen(_) | Call::Sync => {}
            Call::Acknowledged => acknowledged += 1,
        }
    }
    (bytes, acknowledged)
}
