//! `indexer worker`, hidden: the process that the program starts to decode files.

use std::process::ExitCode;

use clap::Args;
use indexer::{Priority, work};

/// Answer a parent's requests on stdin and stdout.
#[derive(Args)]
pub(super) struct WorkerCommand {
    /// Bytes of address space.
    #[arg(long)]
    memory: u64,
    /// Give way to what runs models.
    #[arg(long)]
    yielding: bool,
    /// Give way to everything.
    #[arg(long, conflicts_with = "yielding")]
    idle: bool,
}

impl WorkerCommand {
    pub(super) fn run(&self) -> ExitCode {
        let priority = match (self.yielding, self.idle) {
            (_, true) => Priority::Idle,
            (true, false) => Priority::Yielding,
            (false, false) => Priority::Equal,
        };
        match work(self.memory, priority) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        }
    }
}
