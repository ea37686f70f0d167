//! `indexer errors`: every failed file with its reason.

use clap::Args;
use indexer::{playlist::format::location, store::View};
use serde_json::json;

use super::{
    outcome::{Outcome, print, print_json, shown},
    session::Session,
};

/// List the files that failed, and why
#[derive(Args)]
pub struct Errors {}

impl Errors {
    pub fn run(self, session: &Session) -> anyhow::Result<Outcome> {
        let view = View::open(&session.config.store_folder())?;
        let failures = view.failures()?;
        if session.config.json {
            let rows: Vec<_> = failures
                .iter()
                .map(|(path, space, record)| {
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
                })
                .collect();
            print_json(&json!({"failures": rows}))?;
            return Ok(Outcome::Done);
        }
        for (path, _, record) in &failures {
            print(&format!("{}: {}", shown(path), record.failure))?;
        }
        Ok(Outcome::Done)
    }
}
