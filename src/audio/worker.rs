//! Worker processes: everything that touches audio bytes happens in one of them.
//!
//! A decoder that crashes, hangs or asks for too much memory ends its worker and costs one file. Messages are postcard
//! behind a little-endian u32 length, on the worker's stdin and stdout.

use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, atomic::AtomicBool, atomic::Ordering};
use std::time::{Duration, Instant};
use std::{ffi::OsString, fs, os::fd::AsFd, path::PathBuf, thread};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitOptions, getrlimit, kill_process_group, setrlimit, waitpid,
};
use rustix::process::{WaitId, WaitIdOptions, waitid};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::blocked::blocked;
use crate::confinement::{MayStart, confine};

/// A longer message comes from a broken worker (bytes).
const MAX_MESSAGE: usize = 16 << 20;
/// How often a waiting parent checks whether it has been asked to stop.
const STOP_POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How long a worker may take until it is ready, and to exit once it has closed its pipes.
const START_TIMEOUT: Duration = Duration::from_secs(60);
const EXIT_TIMEOUT: Duration = Duration::from_secs(5);
/// If a wait takes so much longer than it should, this process did not run meanwhile: it was stopped, or the machine slept.
const MOST_DELAY: Duration = Duration::from_secs(2);
/// What ends or stops whole families of processes: sessions, services, pipelines.
const SIGNALS_TO_FAMILIES: [Signal; 4] = [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT];

/// A worker's first message.
#[derive(Serialize, Deserialize)]
struct Ready;

/// The program and arguments that start a worker: this program with a hidden command.
#[derive(Clone, Debug)]
pub(crate) struct WorkerProgram {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
}

/// Why a worker did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkerExit {
    #[error("the decoder crashed: {0}")]
    Crashed(String),
    #[error("the decoder asked for more memory than a worker may have ({0})")]
    OutOfMemory(String),
    #[error("the worker was killed from outside, most likely because the machine is out of memory")]
    Killed,
    #[error("the worker was ended from outside ({0})")]
    Ended(String),
    #[error("{0}")]
    TimedOut(String),
    /// It stands still, and not of itself.
    #[error("the system held the worker up: {0}")]
    HeldUp(String),
    #[error("stopped")]
    Stopped,
    #[error("worker processes do not start: {0}")]
    NoStart(io::Error),
}

/// A worker as its parent sees it.
pub(crate) struct Worker {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    stderr: ChildStderr,
    received: Vec<u8>,
    /// While this process did not run, so much time has passed.
    lost: Duration,
}

impl Worker {
    /// Starts a worker in a process group of its own, so that Ctrl-C reaches the parent alone.
    pub(crate) fn start(command: &WorkerProgram) -> Result<Self, WorkerExit> {
        let mut child = Command::new(&command.program)
            .args(&command.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(WorkerExit::NoStart)?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(WorkerExit::NoStart(io::Error::other("no pipes")));
        };
        let mut worker = Self { child, stdin, stdout, stderr, received: Vec::new(), lost: Duration::ZERO };
        // No file is to blame if a worker ends before its first one.
        let ready = worker.receive::<Ready>(Instant::now() + START_TIMEOUT, &AtomicBool::new(false));
        ready.map(|Ready| worker).map_err(|exit| WorkerExit::NoStart(io::Error::other(exit)))
    }

    /// Sends the worker a message.
    pub(crate) fn send(&mut self, message: &impl Serialize) -> Result<(), WorkerExit> {
        write_message(&mut self.stdin, message).map_err(|_| self.exit_cause())
    }

    /// Waits for the next message, until `deadline` or until `stop` is set.
    pub(crate) fn receive<T: DeserializeOwned>(
        &mut self,
        deadline: Instant,
        stop: &AtomicBool,
    ) -> Result<T, WorkerExit> {
        loop {
            if let Some(message) = self.next_message()? {
                return Ok(message);
            }
            if stop.load(Ordering::Relaxed) {
                return Err(WorkerExit::Stopped);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            // Also after the deadline what has come until then is read.
            if self.is_readable(left.min(STOP_POLL_INTERVAL)) {
                if !self.read_some() {
                    return Err(self.exit_cause());
                }
            } else if left.is_zero() {
                return Err(WorkerExit::TimedOut("no progress".to_owned()));
            }
        }
    }

    /// Why it cannot go on now, if the reason lies outside of it.
    pub(crate) fn held_up(&self) -> Option<String> {
        blocked(self.child.id())
    }

    /// How long it has waited for a processor so far, as far as the system tells, and how long this process has not run.
    pub(crate) fn waited(&self) -> Duration {
        // Nanoseconds on a processor, then waiting for one: Documentation/scheduler/sched-stats.rst.
        let stat = fs::read_to_string(format!("/proc/{}/schedstat", self.child.id())).unwrap_or_default();
        let waited = stat.split_whitespace().nth(1).and_then(|field| field.parse().ok()).unwrap_or(0);
        Duration::from_nanos(waited) + self.lost
    }

    fn next_message<T: DeserializeOwned>(&mut self) -> Result<Option<T>, WorkerExit> {
        let invalid = || WorkerExit::Crashed("its answer makes no sense".to_owned());
        let Some((length, rest)) = self.received.split_first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_le_bytes(*length) as usize;
        if length > MAX_MESSAGE {
            return Err(invalid());
        }
        let Some(message) = rest.get(..length) else { return Ok(None) };
        let message = postcard::from_bytes(message).map_err(|_| invalid())?;
        self.received.drain(..4 + length);
        Ok(Some(message))
    }

    fn is_readable(&mut self, wait: Duration) -> bool {
        let begin = Instant::now();
        let mut watched = [PollFd::from_borrowed_fd(self.stdout.as_fd(), PollFlags::IN)];
        let most = rustix::event::Timespec::try_from(wait).ok();
        let is_readable = poll(&mut watched, most.as_ref()).is_ok_and(|ready| ready > 0);
        let delay = begin.elapsed().saturating_sub(wait);
        self.lost += if delay > MOST_DELAY { delay } else { Duration::ZERO };
        is_readable
    }

    /// False at the end of the stream: the worker has exited.
    fn read_some(&mut self) -> bool {
        // The capacity of a pipe.
        let mut block = [0; 1 << 16];
        match self.stdout.read(&mut block) {
            Ok(0) => false,
            Ok(length) => {
                self.received.extend_from_slice(&block[..length]);
                true
            }
            Err(error) => error.kind() == io::ErrorKind::Interrupted,
        }
    }

    /// Reaps a worker that has closed its pipes, and finds out why it exited.
    fn exit_cause(&mut self) -> WorkerExit {
        let begin = Instant::now();
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if begin.elapsed() < EXIT_TIMEOUT => thread::sleep(Duration::from_millis(1)),
                // It is killed when it is dropped.
                Ok(None) => return WorkerExit::Crashed("it closed its pipes and went on".to_owned()),
                Err(error) => return WorkerExit::Crashed(error.to_string()),
            }
        };
        // What it has started would keep its last words from ending.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let mut stderr = String::new();
        // Its last words help, but are not needed.
        drop(self.stderr.by_ref().take(4096).read_to_string(&mut stderr));
        diagnose(status, &stderr)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // With what it has started, which is in its process group. It fails if all have exited already, which is as good.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        if let Ok(None) = self.child.try_wait() {
            // A worker of low priority on a busy machine takes its time to exit; nobody waits for that.
            let pid = Pid::from_child(&self.child);
            drop(thread::Builder::new().spawn(move || waitpid(Some(pid), WaitOptions::empty())));
        }
    }
}

/// Waits until all workers that were dropped have ended, at most for `patience`: then their time is known.
pub(crate) fn wait_for_dropped(patience: Duration) {
    let begin = Instant::now();
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    // An error says that there is no child any more.
    while waitid(WaitId::All, look).is_ok() && begin.elapsed() < patience {
        thread::sleep(Duration::from_millis(2));
    }
}

fn diagnose(status: ExitStatus, stderr: &str) -> WorkerExit {
    // What Rust prints when an allocation fails, before it aborts.
    if let Some(line) = stderr.lines().find(|line| line.contains("memory allocation of")) {
        return WorkerExit::OutOfMemory(line.trim().to_owned());
    }
    match status.signal() {
        Some(signal) if signal == Signal::KILL.as_raw() => WorkerExit::Killed,
        Some(signal) if SIGNALS_TO_FAMILIES.iter().any(|ending| ending.as_raw() == signal) => {
            WorkerExit::Ended(format!("signal {signal}"))
        }
        Some(signal) => WorkerExit::Crashed(format!("signal {signal}")),
        None if status.success() => WorkerExit::Ended("it exited".to_owned()),
        None => WorkerExit::Crashed(stderr.lines().next().map_or_else(
            || format!("it ended with exit status {}", status.code().unwrap_or_default()),
            |line| line.trim().to_owned(),
        )),
    }
}

fn write_message(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let body = postcard::to_stdvec(message).map_err(io::Error::other)?;
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&body)?;
    to.flush()
}

/// The worker's side of the pipes.
pub(crate) struct Parent(io::Stdout);

impl Parent {
    /// Sends the parent a message. If the parent is gone, the worker ends at its next request.
    pub(crate) fn send(&mut self, message: &impl Serialize) {
        drop(write_message(&mut self.0, message));
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
/// The address space of this process is limited to `memory` bytes, and the process confined, unless it cannot be. It must have
/// no other thread yet.
pub(crate) fn serve<R: DeserializeOwned>(
    memory: u64,
    confined: Option<MayStart>,
    mut answer: impl FnMut(R, &mut Parent),
) -> io::Result<()> {
    // A limit that was set from outside cannot be raised.
    let memory = getrlimit(Resource::As).maximum.map_or(memory, |hard| memory.min(hard));
    setrlimit(Resource::As, Rlimit { current: Some(memory), maximum: Some(memory) })?;
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

#[cfg(test)]
mod tests;
