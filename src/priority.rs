//! How a process or thread steps back for others.

use std::io;

/// Whom a process or thread lets go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// Nobody in particular.
    Equal,
    /// What runs a model beside it.
    Yielding,
    /// Everybody.
    Idle,
}

impl Manners {
    /// Keeps these manners from now on: this thread and all that it starts.
    ///
    /// # Errors
    /// The system does not allow it.
    pub fn keep(self) -> io::Result<()> {
        match self {
            Self::Equal => Ok(()),
            Self::Yielding => step_back(),
            Self::Idle => idle(),
        }
    }
}

/// Niceness of a worker while models run: an inference waits for its slowest thread, so one that a decoder has pushed aside
/// stops them all. A model without windows leaves the processors to the decoders, so none starves.
const NICENESS: i32 = 19;

fn step_back() -> io::Result<()> {
    Ok(rustix::process::nice(NICENESS).map(drop)?)
}

/// Takes only processors and disks that nobody else wants: the kernel gives a thread of the scheduling class idle the idle
/// class of I/O as well.
#[cfg(target_os = "linux")]
fn idle() -> io::Result<()> {
    let parameters = libc::sched_param { sched_priority: 0 };
    // SAFETY: the pointer is to a value that lives until the call returns; 0 is the calling thread.
    match unsafe { libc::sched_setscheduler(0, libc::SCHED_IDLE, &raw const parameters) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Elsewhere there is no such class: the last in the row has to do.
#[cfg(not(target_os = "linux"))]
fn idle() -> io::Result<()> {
    step_back()
}
