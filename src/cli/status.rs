//! `indexer status`: what is indexed.

use std::path::Path;

use clap::Args;
use indexer::{
    app::{self, status},
    extract::Method,
    playlist::format::location,
    store::View,
};
use serde_json::{Value, json};

use super::{
    outcome::{Outcome, one_line, print, print_json, shown},
    session::Session,
};

/// Say what is indexed, per space
#[derive(Args)]
pub struct Status {}

impl Status {
    pub fn run(self, session: &Session) -> anyhow::Result<Outcome> {
        let folder = session.config.store_folder();
        let wanted: Vec<_> = Method::all(&session.models()).0.iter().map(Method::space).collect();
        let status = status(&View::open(&folder)?, &wanted)?;
        if session.config.json {
            print_json(&as_json(&status, &folder))?;
        } else {
            print(&as_text(&status, &folder))?;
        }
        Ok(Outcome::Done)
    }
}

/// The object that SPEC promises for status.
fn as_json(status: &app::Status, folder: &Path) -> Value {
    let roots = status.roots.iter().map(|(path, away)| {
        json!({"path": location(path), "state": if away.is_some() { "away" } else { "present" }})
    });
    let spaces = status.spaces.iter().map(|space| {
        json!({
            "name": space.id.name,
            "fingerprint": space.id.fingerprint.short(16),
            "dimension": space.dimension,
            "stored": space.stored,
            "wanted": space.wanted,
        })
    });
    json!({
        "store": location(folder),
        "schema": indexer::store::SCHEMA,
        "roots": roots.collect::<Vec<_>>(),
        "tracks": status.tracks,
        "paths": status.paths,
        "missing": status.missing,
        "failures": status.failures,
        "spaces": spaces.collect::<Vec<_>>(),
        "engine": Value::Null,
        "daemon": Value::Null,
    })
}

/// Lines for people; what did not happen is left out.
fn as_text(status: &app::Status, folder: &Path) -> String {
    let mut lines = vec![format!("store     {}", shown(folder))];
    for (path, away) in &status.roots {
        let note = away.as_ref().map(|why| format!("  (away: {})", one_line(why))).unwrap_or_default();
        lines.push(format!("folder    {}{note}", shown(path)));
    }
    let missing = if status.missing > 0 { format!(", {} missing", status.missing) } else { String::new() };
    lines.push(format!("tracks    {} in {} files{missing}", status.tracks, status.paths));
    for space in &status.spaces {
        let percent = 100.0 * space.stored as f64 / space.wanted.max(1) as f64;
        let name = &space.id.name;
        lines.push(format!("{name:10}{} of {} tracks ({percent:.0} %)", space.stored, space.wanted));
    }
    if status.failures > 0 {
        lines.push(format!("failed    {} (see `indexer errors`)", status.failures));
    }
    lines.join("\n")
}
