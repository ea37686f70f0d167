//! The worker's side of the pipes.

use std::io::{self, Read, Write};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use serde::{Serialize, de::DeserializeOwned};

use super::message::{MAX_MESSAGE, Ready, framed};
use crate::confinement::{MayStart, confine};

/// What ends or stops whole families of processes: sessions, services, pipelines.
pub(super) const SIGNALS_TO_FAMILIES: [Signal; 4] = [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT];

/// The parent, as its worker sees it.
pub(crate) struct Parent(io::Stdout);

impl Parent {
    /// Sends the parent a message. If the parent is gone, the worker ends at its next request.
    pub(crate) fn send(&mut self, message: &impl Serialize) {
        drop(framed(message).and_then(|bytes| self.0.write_all(&bytes)).and_then(|()| self.0.flush()));
    }
}

/// Whether the parent was killed before the signal was set: then nobody reads the pipe.
fn is_orphan() -> io::Result<bool> {
    let stdout = io::stdout();
    let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
    poll(&mut watched, Some(&rustix::event::Timespec::default()))?;
    Ok(watched[0].revents().contains(PollFlags::ERR))
}

/// Answers the parent's requests until it closes the pipe.
///
/// The address space of this process is limited to `memory` bytes, unless that is not to be, and the process confined, unless it
/// cannot be. It must have no other thread yet.
pub(crate) fn serve<R: DeserializeOwned>(
    memory: Option<u64>,
    confined: Option<MayStart>,
    mut answer: impl FnMut(R, &mut Parent),
) -> io::Result<()> {
    if let Some(memory) = memory {
        // A limit that was set from outside cannot be raised.
        let memory = getrlimit(Resource::As).maximum.map_or(memory, |hard| memory.min(hard));
        setrlimit(Resource::As, Rlimit { current: Some(memory), maximum: Some(memory) })?;
    }
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // The parent ends its workers: what reaches the whole family is for it alone. Handlers, unlike ignored signals, are not handed
    // on to what a worker starts.
    for signal in SIGNALS_TO_FAMILIES {
        signal_hook::flag::register(signal.as_raw(), Arc::default())?;
    }
    // A worker must not outlive a killed parent.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if is_orphan()? {
        return Ok(());
    }
    if let Some(may_start) = confined {
        confine(may_start);
    }
    let mut stdin = io::stdin().lock();
    let mut parent = Parent(io::stdout());
    parent.send(&Ready);
    let mut length = [0; 4];
    while stdin.read_exact(&mut length).is_ok() {
        let mut message = vec![0; (u32::from_le_bytes(length) as usize).min(MAX_MESSAGE)];
        stdin.read_exact(&mut message)?;
        answer(postcard::from_bytes(&message).map_err(io::Error::other)?, &mut parent);
    }
    Ok(())
}
