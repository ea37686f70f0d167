//! `indexer errors`: every failed file with its reason.

use std::path::PathBuf;

use indexer::{FailureRecord, location};
use serde_json::{Value, json};

use super::ui::print::{print, print_json, shown};
use super::{context::CommandContext, ui::exit::ExitStatus};

pub(super) fn run(context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let failures = context.index().failures()?;
    if context.config.json {
        print_json(&json!({"failures": failures.iter().map(as_json).collect::<Vec<_>>()}))?;
        return Ok(ExitStatus::Done);
    }
    for (path, _, record) in &failures {
        print(&format!("{}: {}", shown(path), record.failure))?;
    }
    Ok(ExitStatus::Done)
}

fn as_json((path, space, record): &(PathBuf, String, FailureRecord)) -> Value {
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
}
