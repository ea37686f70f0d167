//! What is started as a worker.

use std::{ffi::OsString, path::PathBuf};

/// Still this program when an upgrade has replaced its file.
pub(crate) const THIS_PROGRAM: &str = "/proc/self/exe";

/// The program and arguments that start a worker: this program with a hidden command.
#[derive(Clone, Debug)]
pub(crate) struct WorkerProgram {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
}
