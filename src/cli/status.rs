//! `indexer status`: what is indexed.

use clap::Args;
use indexer::{app::status, extract::EXTRACTORS, playlist::format::location, store::View};
use serde_json::{Value, json};

use super::{
    outcome::{Outcome, print, print_json, shown},
    session::Session,
};

/// Say what is indexed, per space
#[derive(Args)]
pub struct Status {}

impl Status {
    pub fn run(self, session: &Session) -> anyhow::Result<Outcome> {
        let folder = session.config.store_folder();
        let view = View::open(&folder)?;
        let wanted: Vec<_> = EXTRACTORS.iter().map(indexer::extract::BuiltIn::space).collect();
        let status = status(&view, &wanted)?;
        if session.config.json {
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
            print_json(&json!({
                "store": location(&folder),
                "schema": indexer::store::SCHEMA,
                "roots": roots.collect::<Vec<_>>(),
                "tracks": status.tracks,
                "paths": status.paths,
                "missing": status.missing,
                "failures": status.failures,
                "spaces": spaces.collect::<Vec<_>>(),
                "engine": Value::Null,
                "daemon": Value::Null,
            }))?;
            return Ok(Outcome::Done);
        }
        print(&format!("store     {}", shown(&folder)))?;
        for (path, away) in &status.roots {
            let note = away.as_ref().map(|why| format!("  (away: {why})")).unwrap_or_default();
            print(&format!("folder    {}{note}", shown(path)))?;
        }
        let missing =
            if status.missing > 0 { format!(", {} missing", status.missing) } else { String::new() };
        print(&format!("tracks    {} in {} files{missing}", status.tracks, status.paths))?;
        for space in &status.spaces {
            let percent = 100.0 * space.stored as f64 / space.wanted.max(1) as f64;
            let name = &space.id.name;
            print(&format!("{name:10}{} of {} tracks ({percent:.0} %)", space.stored, space.wanted))?;
        }
        if status.failures > 0 {
            print(&format!("failed    {} (see `indexer errors`)", status.failures))?;
        }
        Ok(Outcome::Done)
    }
}
