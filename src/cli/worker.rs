//! `indexer worker`, hidden: the process that the program starts to decode files.

use std::{ffi::OsString, process::ExitCode};

use clap::Args;
use indexer::{Decoding, Priority, work};

/// Answer a parent's requests on stdin and stdout.
#[derive(Args)]
pub(super) struct WorkerCommand {
    /// Bytes of address space.
    #[arg(long)]
    memory: u64,
    /// Seconds of the longest recording.
    #[arg(long)]
    longest: f64,
    /// Decodes what no crate does.
    #[arg(long, requires = "ffmpeg_version")]
    ffmpeg: Option<OsString>,
    /// As it is recorded.
    #[arg(long)]
    ffmpeg_version: Option<String>,
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
        let ffmpeg = self.ffmpeg.clone().zip(self.ffmpeg_version.clone());
        match work(self.memory, &Decoding::new(ffmpeg, self.longest), priority) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        }
    }
}
