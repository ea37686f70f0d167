//! `indexer worker`, hidden: what the program starts itself for every job.

use std::process::ExitCode;

use clap::Args;

/// Answer a parent's requests on stdin and stdout.
#[derive(Args)]
pub struct Worker {
    /// Bytes of address space.
    #[arg(long)]
    memory: u64,
    /// Let others have the processors first.
    #[arg(long)]
    yielding: bool,
}

impl Worker {
    pub fn run(&self) -> ExitCode {
        match indexer::app::work(self.memory, self.yielding) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        }
    }
}
