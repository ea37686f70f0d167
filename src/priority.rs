//! How a process or thread steps back for others.

use std::io;

/// Whom a process or thread lets go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Nobody in particular.
    Equal,
    /// What runs a model beside it.
    Yielding,
    /// Everybody.
    Idle,
}

impl Priority {
    /// Keeps these manners from now on: this thread and all that it starts.
    pub(crate) fn keep(self) -> io::Result<()> {
        match self {
            Self::Equal => Ok(()),
            Self::Yielding => Ok(rustix::process::nice(NICENESS).map(drop)?),
            Self::Idle => idle(),
        }
    }
}

/// Niceness of a worker while models run: an inference waits for its slowest thread, so one that a decoder has pushed
/// aside stops them all. A model without windows leaves the processors to the decoders, so none starves.
const NICENESS: i32 = 19;

/// `IOPRIO_WHO_PROCESS` and the class idle of `linux/ioprio.h`, which libc does not have.
#[cfg(target_os = "linux")]
const OF_PROCESS: libc::c_int = 1;
#[cfg(target_os = "linux")]
const CLASS_IDLE: libc::c_int = 3 << 13;

/// Takes only processors and disks that nobody else wants.
#[cfg(target_os = "linux")]
fn idle() -> io::Result<()> {
    let parameters = libc::sched_param { sched_priority: 0 };
    // SAFETY: the pointer is to a value that lives until the call returns; 0 is the calling thread.
    let processors = unsafe { libc::sched_setscheduler(0, libc::SCHED_IDLE, &raw const parameters) };
    // SAFETY: the call takes three numbers and no pointer.
    let disks = unsafe { libc::syscall(libc::SYS_ioprio_set, OF_PROCESS, 0, CLASS_IDLE) };
    if processors == 0 && disks == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Elsewhere there are no such classes: the last in the row has to do.
#[cfg(not(target_os = "linux"))]
fn idle() -> io::Result<()> {
    Priority::Yielding.keep()
}
