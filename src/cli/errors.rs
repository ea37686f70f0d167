//! `indexer errors`: every failed file with its reason.

use std::path::PathBuf;

use clap::Args;
use indexer::{app::failures, file::FailureRecord, playlist::format::location, store::View};
use serde_json::{Value, json};

use super::{
    session::CommandContext,
    ui::outcome::{Outcome, print, print_json, shown},
};

/// List the files that failed, and why
#[derive(Args)]
pub struct ErrorsCommand {}

impl ErrorsCommand {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let failures = failures(&View::open(&session.config.store_folder())?)?;
        if session.config.json {
            print_json(&as_json(&failures))?;
            return Ok(Outcome::Done);
        }
        for (path, _, record) in &failures {
            print(&format!("{}: {}", shown(path), record.failure))?;
        }
        Ok(Outcome::Done)
    }
}

/// The object that SPEC promises for errors.
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
