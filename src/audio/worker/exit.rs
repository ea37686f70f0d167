//! Why a worker did not answer, as far as its end tells.

use std::{io, os::unix::process::ExitStatusExt, path::Path, process::ExitStatus};

use rustix::process::Signal;

use super::{program::THIS_PROGRAM, serve::SIGNALS_TO_FAMILIES};
use crate::machine::start_error;

const NO_PROC: &str = "/proc, where a program finds itself, is not mounted here: mount it";

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

impl WorkerExit {
    /// Of a process that ended with this `status` and these last words.
    pub(super) fn of(status: ExitStatus, last_words: &str) -> Self {
        // What Rust prints before it aborts when an allocation fails, and the program's own allocator before it ends.
        let mut parts = last_words.lines().flat_map(|line| line.split(": "));
        if let Some(failed) = parts.find(|part| part.contains("memory allocation of")) {
            return Self::OutOfMemory(failed.trim().to_owned());
        }
        match status.signal() {
            Some(signal) if signal == Signal::KILL.as_raw() => Self::Killed,
            Some(signal) if SIGNALS_TO_FAMILIES.iter().any(|ending| ending.as_raw() == signal) => {
                Self::Ended(format!("signal {signal}"))
            }
            Some(signal) => Self::Crashed(format!("signal {signal}")),
            None if status.success() => Self::Ended("it exited".to_owned()),
            None => Self::Crashed(last_words.lines().next().map_or_else(
                || format!("it ended with exit status {}", status.code().unwrap_or_default()),
                |line| line.trim().to_owned(),
            )),
        }
    }

    /// Of one that could not be started.
    pub(super) fn no_start(program: &Path, error: io::Error) -> Self {
        let lacks_proc = program == Path::new(THIS_PROGRAM) && !program.is_symlink();
        Self::NoStart(if lacks_proc { io::Error::other(NO_PROC) } else { start_error(error) })
    }
}
