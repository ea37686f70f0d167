//! `indexer status`: what is indexed.

use std::{path::Path, time::Duration};

use clap::Args;
use indexer::{
    app::{
        self, status,
        watch::{DaemonState, Running},
    },
    extract::Method,
    model::{Engine, EngineError},
    playlist::format::location,
    store::View,
};
use indicatif::HumanDuration;
use serde_json::{Value, json};

use super::{
    daemon,
    methods::{engine, engine_json, engine_text},
    session::CommandContext,
    ui::outcome::{Outcome, one_line, print, print_json, shown},
};

/// Say what is indexed, per space
#[derive(Args)]
pub struct StatusCommand {}

impl StatusCommand {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let folder = session.config.store_folder();
        let (methods, _) = Method::all(&session.config.models_folder());
        let wanted: Vec<_> = methods.iter().map(Method::space).collect();
        let status = status(&View::open(&folder)?, &wanted)?;
        let engine = methods.iter().any(Method::is_model).then(|| engine(session));
        let running = Running::find(&folder);
        let daemon = running.map(|running| DaemonState::read(&running.state).ok_or(running.pid));
        if session.config.json {
            let mut json = as_json(&status, engine.as_ref(), &folder);
            json["daemon"] = daemon.as_ref().map_or(Value::Null, daemon::as_json);
            print_json(&json)?;
        } else {
            let mut text = as_text(&status, engine.as_ref(), &folder);
            text.extend(daemon.iter().flat_map(daemon::as_text).map(|line| format!("\n{line}")));
            print(&text)?;
        }
        Ok(Outcome::Done)
    }
}

/// The object that SPEC promises for status.
fn as_json(status: &app::Status, engine: Option<&Result<&Engine, EngineError>>, folder: &Path) -> Value {
    let roots = status.roots.iter().map(|(path, unavailable)| {
        json!({"path": location(path), "state": if unavailable.is_some() { "unavailable" } else { "present" }})
    });
    let spaces = status.spaces.iter().map(|space| {
        json!({
            "name": space.id.name,
            "fingerprint": space.id.fingerprint.short(16),
            "dimension": space.dimension,
            "stored": space.stored,
            "wanted": space.wanted,
            "rate": space.pace.as_ref().map(|pace| pace.rate),
            "eta": space.pace.as_ref().filter(|_| space.stored < space.wanted).map(|pace| pace.eta),
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
        "engine": engine.map(engine_json),
    })
}

/// How long the rest of a space takes.
fn rest(pace: &app::Pace) -> String {
    let eta = HumanDuration(Duration::try_from_secs_f64(pace.eta).unwrap_or(Duration::MAX));
    let rate = pace.rate * 60.0;
    if pace.is_current {
        format!(", {rate:.0} a minute, {eta} left")
    } else {
        format!(": `indexer scan` for the rest, {eta} at the last one's {rate:.0} a minute")
    }
}

/// Lines for people; what did not happen is left out.
fn as_text(status: &app::Status, engine: Option<&Result<&Engine, EngineError>>, folder: &Path) -> String {
    let mut lines = vec![format!("store     {}", shown(folder))];
    for (path, unavailable) in &status.roots {
        let note =
            unavailable.as_ref().map(|why| format!("  (unavailable: {})", one_line(why))).unwrap_or_default();
        lines.push(format!("folder    {}{note}", shown(path)));
    }
    let missing = if status.missing > 0 { format!(", {} missing", status.missing) } else { String::new() };
    lines.push(format!("tracks    {} in {} files{missing}", status.tracks, status.paths));
    for space in &status.spaces {
        let percent = 100.0 * space.stored as f64 / space.wanted.max(1) as f64;
        let name = &space.id.name;
        let rest = space.pace.as_ref().filter(|_| space.stored < space.wanted).map(rest).unwrap_or_default();
        lines.push(format!("{name:9} {} of {} tracks ({percent:.0} %){rest}", space.stored, space.wanted));
    }
    if let Some(engine) = engine {
        lines.push(format!("engine    {}", engine_text(engine)));
    }
    if status.failures > 0 {
        lines.push(format!("failed    {} (see `indexer errors`)", status.failures));
    }
    lines.join("\n")
}
