//! `indexer worker`, hidden: what the program starts itself for every job.

use std::process::ExitCode;

use clap::Args;
use indexer::{app::work, priority::Priority};

/// Answer a parent's requests on stdin and stdout.
#[derive(Args)]
pub struct WorkerCommand {
    /// Bytes of address space.
    #[arg(long)]
    memory: u64,
    /// Let what runs models go first.
    #[arg(long)]
    yielding: bool,
    /// Let everybody go first.
    #[arg(long, conflicts_with = "yielding")]
    idle: bool,
}

impl WorkerCommand {
    pub fn run(&self) -> ExitCode {
        let manners = match (self.yielding, self.idle) {
            (_, true) => Priority::Idle,
            (true, false) => Priority::Yielding,
            (false, false) => Priority::Equal,
        };
        match work(self.memory, manners) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        }
    }
}
