//! `indexer errors`: every failed file with its reason.

use std::path::PathBuf;

use clap::Args;
use indexer::{FailureRecord, location};
use serde_json::{Value, json};

use super::ui::print::{print, print_json, shown};
use super::{context::CommandContext, ui::exit::ExitStatus};

/// List the files that failed, and why
#[derive(Args)]
pub(super) struct ErrorsCommand {}

impl ErrorsCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let failures = context.index().failures()?;
        if context.config.json {
            print_json(&as_json(&failures))?;
            return Ok(ExitStatus::Done);
        }
        for (path, _, record) in &failures {
            print(&format!("{}: {}", shown(path), record.failure))?;
        }
        Ok(ExitStatus::Done)
    }
}

/// The object of `--json`.
fn as_json(failures: &[(PathBuf, String, FailureRecord)]) -> Value {
    let row = |(path, space, record): &(PathBuf, String, FailureRecord)| {
        json!({
            "path": location(path),
            "space": space,
            "kind": record.failure.kind.name(),
            "reason": record.failure.reason,
            "first": record.first.to_string(),
            "last": record.last.to_string(),
            "tries": record.tries,
            "final": record.failure.is_final,
        })
    };
    json!({"failures": failures.iter().map(row).collect::<Vec<_>>()})
}
