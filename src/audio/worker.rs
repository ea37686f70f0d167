//! Worker processes: everything that touches audio bytes happens in one of them.
//!
//! A decoder that crashes, hangs or asks for too much memory ends its worker and costs one file. Models run in such processes,
//! too. Messages go through the worker's stdin and stdout.

mod exit;
mod message;
mod program;
mod serve;

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{fs, os::fd::AsFd, thread};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, waitpid};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use self::exit::WorkerExit;
pub(crate) use self::program::{THIS_PROGRAM, WorkerProgram};
pub(crate) use self::serve::serve;

use self::message::{MAX_MESSAGE, Ready, framed};
use super::blocked::blocked;

/// Bytes of what a worker prints that are kept.
const LAST_WORDS: usize = 4096;
/// How often a waiting parent checks whether it has been asked to stop.
const STOP_POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How long a worker may take until it is ready, and to exit once it has closed its pipes.
const START_TIMEOUT: Duration = Duration::from_secs(60);
const EXIT_TIMEOUT: Duration = Duration::from_secs(5);
/// If a wait takes so much longer than it should, this process did not run meanwhile: it was stopped, or the machine slept.
const MOST_DELAY: Duration = Duration::from_secs(2);

/// A worker as its parent sees it.
pub(crate) struct Worker {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    stderr: ChildStderr,
    received: Vec<u8>,
    /// The end of what it has printed, until it closes its stderr.
    last_words: Vec<u8>,
    is_silent: bool,
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
            .map_err(|error| WorkerExit::no_start(&command.program, error))?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(WorkerExit::NoStart(io::Error::other("no pipes")));
        };
        // A message may be longer than a pipe holds, and a worker that has stopped reads none.
        rustix::io::ioctl_fionbio(&stdin, true).map_err(|error| WorkerExit::NoStart(error.into()))?;
        let (received, last_words) = (Vec::new(), Vec::new());
        let lost = Duration::ZERO;
        let mut worker = Self { child, stdin, stdout, stderr, received, last_words, is_silent: false, lost };
        // No file is to blame if a worker ends before its first one.
        let ready = worker.receive::<Ready>(Instant::now() + START_TIMEOUT, &AtomicBool::new(false));
        ready.map(|Ready| worker).map_err(|exit| WorkerExit::NoStart(io::Error::other(exit)))
    }

    /// Sends the worker a message, until `deadline` or until `stop` is set.
    pub(crate) fn send(
        &mut self,
        message: &impl Serialize,
        deadline: Instant,
        stop: &AtomicBool,
    ) -> Result<(), WorkerExit> {
        let bytes = framed(message).map_err(|error| WorkerExit::Crashed(error.to_string()))?;
        let mut unsent = &bytes[..];
        while !unsent.is_empty() {
            match self.stdin.write(unsent) {
                Ok(length) => unsent = &unsent[length..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if stop.load(Ordering::Relaxed) {
                        return Err(WorkerExit::Stopped);
                    }
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(WorkerExit::TimedOut("it reads nothing".to_owned()));
                    }
                    self.wait(PollFlags::OUT, left.min(STOP_POLL_INTERVAL));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(self.exit_cause()),
            }
        }
        Ok(())
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
            if self.wait(PollFlags::IN, left.min(STOP_POLL_INTERVAL)) {
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

    /// Whether its stdout can be read, or its stdin be written, within this time. What it prints is taken in any case: nothing
    /// is to keep it waiting.
    fn wait(&mut self, flags: PollFlags, wait: Duration) -> bool {
        let begin = Instant::now();
        let pipe = if flags == PollFlags::IN { self.stdout.as_fd() } else { self.stdin.as_fd() };
        let mut watched = [
            PollFd::from_borrowed_fd(pipe, flags),
            PollFd::from_borrowed_fd(self.stderr.as_fd(), PollFlags::IN),
        ];
        let watched = &mut watched[..2 - usize::from(self.is_silent)];
        let most = rustix::event::Timespec::try_from(wait).ok();
        let is_any = poll(watched, most.as_ref()).is_ok_and(|ready| ready > 0);
        let is_ready = is_any && !watched[0].revents().is_empty();
        let has_words = is_any && watched.get(1).is_some_and(|stderr| !stderr.revents().is_empty());
        let delay = begin.elapsed().saturating_sub(wait);
        self.lost += if delay > MOST_DELAY { delay } else { Duration::ZERO };
        if has_words {
            self.read_words();
        }
        is_ready
    }

    fn read_words(&mut self) {
        let mut block = [0; LAST_WORDS];
        match self.stderr.read(&mut block) {
            Ok(0) => self.is_silent = true,
            Ok(length) => {
                self.last_words.extend_from_slice(&block[..length]);
                let surplus = self.last_words.len().saturating_sub(LAST_WORDS);
                self.last_words.drain(..surplus);
            }
            Err(_) => {}
        }
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
        // Its last words help, but are not needed.
        drop(self.stderr.by_ref().take(LAST_WORDS as u64).read_to_end(&mut self.last_words));
        WorkerExit::of(status, &String::from_utf8_lossy(&self.last_words))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // With what it has started, which is in its process group. It fails if all have exited already, which is as good.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        if let Ok(None) = self.child.try_wait() {
            // A worker of low priority on a busy machine takes its time to exit; nobody waits for that.
            let pid = Pid::from_child(&self.child);
            DROPPED.fetch_add(1, Ordering::Relaxed);
            let reap = move || {
                _ = waitpid(Some(pid), WaitOptions::empty());
                DROPPED.fetch_sub(1, Ordering::Relaxed);
            };
            if thread::Builder::new().spawn(reap).is_err() {
                DROPPED.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }
}

/// Workers that were dropped and have not ended yet.
static DROPPED: AtomicUsize = AtomicUsize::new(0);

/// Waits until all workers that were dropped have ended, at most for `patience`: then their time is known.
pub(crate) fn wait_for_dropped(patience: Duration) {
    let begin = Instant::now();
    while DROPPED.load(Ordering::Relaxed) > 0 && begin.elapsed() < patience {
        thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(test)]
mod tests;
