//! `indexer worker` and `indexer inference-worker`, hidden: the processes that the program starts to decode files and to run
//! models.

use std::{ffi::OsString, io, process::ExitCode};

use clap::Args;
use indexer::{Decoding, Priority, serve_models, work};

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
        exit_code(work(self.memory, &Decoding::new(ffmpeg, self.longest), priority))
    }
}

/// Answer a parent's requests for models on stdin and stdout.
#[derive(Args)]
pub(super) struct InferenceWorkerCommand {
    /// Bytes of address space; without it there is no limit, and no confinement.
    #[arg(long)]
    memory: Option<u64>,
}

impl InferenceWorkerCommand {
    pub(super) fn run(&self) -> ExitCode {
        exit_code(serve_models(self.memory))
    }
}

fn exit_code(served: io::Result<()>) -> ExitCode {
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
