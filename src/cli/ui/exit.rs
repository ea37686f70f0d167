//! How a command ended: its exit code, and the error line or JSON object that goes with it.

use std::{any::Any, process::ExitCode};

use indexer::{Config, ConfigError, Error, ErrorKind, HistoryError, reached_limit};
use serde_json::json;

use super::print::{complain, print_json};

/// How a command ended, by its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    Done = 0,
    /// Not everything could be done, and the reason has been printed.
    Failed = 1,
    /// What was asked for makes no sense.
    Misused = 2,
    /// Done, but this call tried some files and failed.
    SomeFailed = 3,
    Interrupted = 130,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status as u8)
    }
}

/// What the user asked for makes no sense: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub String);

/// Turns the end of a command into lines and an exit code.
pub(crate) fn report(ended: Result<anyhow::Result<ExitStatus>, Box<dyn Any + Send>>, json: bool) -> ExitCode {
    let error = match ended {
        Ok(Ok(status)) => return status.into(),
        Ok(Err(error)) => error,
        Err(_) => {
            anyhow::anyhow!("something impossible happened: run again with --debug and report what it says")
        }
    };
    let (kind, status) = classify(&error);
    let limit = error.chain().filter_map(|cause| cause.downcast_ref()).find_map(reached_limit);
    let limit = limit.map(|limit| format!(": {limit}")).unwrap_or_default();
    fail(kind, &format!("{error:#}{limit}"), status, json)
}

fn fail(kind: &str, message: &str, status: ExitStatus, json: bool) -> ExitCode {
    complain(message);
    if json {
        // Nothing more can be done for a reader that has closed the pipe.
        drop(print_json(&json!({"error": {"kind": kind, "message": message}})));
    }
    status.into()
}

/// The JSON `kind` of an error, and its exit code.
fn classify(error: &anyhow::Error) -> (&'static str, ExitStatus) {
    let kind = if let Some(error) = error.downcast_ref::<Error>() {
        error.kind()
    } else if let Some(error) = error.downcast_ref::<HistoryError>() {
        error.into()
    } else if error.is::<Usage>() {
        ErrorKind::Usage
    } else if error.is::<ConfigError>() {
        ErrorKind::Config
    } else {
        ErrorKind::Failed
    };
    match kind {
        ErrorKind::Interrupted => ("interrupted", ExitStatus::Interrupted),
        ErrorKind::Usage => ("usage", ExitStatus::Misused),
        ErrorKind::Config => ("config", ExitStatus::Misused),
        ErrorKind::Model => ("model", ExitStatus::Failed),
        ErrorKind::Folder => ("folder", ExitStatus::Failed),
        ErrorKind::Store => ("store", ExitStatus::Failed),
        ErrorKind::Failed => ("failed", ExitStatus::Failed),
    }
}

/// What clap reports: help and version are results, the rest is an error of usage.
pub(crate) fn usage_error(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return if error.print().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    if std::env::args_os().any(|arg| arg == "--json") || Config::asks_for_json(None) {
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default();
        return fail("usage", line.trim_start_matches("error: "), ExitStatus::Misused, true);
    }
    drop(error.print());
    ExitStatus::Misused.into()
}
