//! `indexer status`: what is indexed, and what the daemon does.

use std::time::Duration;

use indexer::{Activity, DaemonState, IndexStatus, Pace, WatchMode, location};
use indicatif::HumanDuration;
use serde_json::{Value, json};

use super::ui::print::{one_line, shown};
use super::{context::CommandContext, ui::engine, ui::exit::ExitStatus};

pub(super) fn run(context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let status = context.index().status()?;
    context.answer(|| as_json(&status), || as_text(&status))
}

fn as_json(status: &IndexStatus) -> Value {
    let IndexStatus { store, schema, counts, engine, daemon } = status;
    let roots = counts.roots.iter().map(|(path, unavailable)| {
        json!({"path": location(path), "state": if unavailable.is_some() { "unavailable" } else { "present" }})
    });
    let spaces = counts.spaces.iter().map(|space| {
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
        "store": location(store),
        "schema": schema,
        "roots": roots.collect::<Vec<_>>(),
        "tracks": counts.tracks,
        "paths": counts.paths,
        "missing": counts.missing,
        "failures": counts.failures,
        "spaces": spaces.collect::<Vec<_>>(),
        "engine": engine.as_ref().map(engine::as_json),
        "daemon": daemon.as_ref().map(daemon_as_json),
    })
}

/// How long the rest of a space takes.
fn rest(pace: &Pace) -> String {
    let eta = HumanDuration(Duration::try_from_secs_f64(pace.eta).unwrap_or(Duration::MAX));
    let rate = pace.rate * 60.0;
    if pace.is_current {
        format!(", {rate:.0} a minute, {eta} left")
    } else {
        format!(": `indexer scan` for the rest, {eta} at the last one's {rate:.0} a minute")
    }
}

/// Lines for people; counts of 0 are left out.
fn as_text(status: &IndexStatus) -> String {
    let IndexStatus { store, counts, engine, daemon, .. } = status;
    let mut lines = vec![format!("store     {}", shown(store))];
    for (path, unavailable) in &counts.roots {
        let note =
            unavailable.as_ref().map(|why| format!("  (unavailable: {})", one_line(why))).unwrap_or_default();
        lines.push(format!("folder    {}{note}", shown(path)));
    }
    let missing = if counts.missing > 0 { format!(", {} missing", counts.missing) } else { String::new() };
    lines.push(format!("tracks    {} in {} files{missing}", counts.tracks, counts.paths));
    for space in &counts.spaces {
        let percent = 100.0 * space.stored as f64 / space.wanted.max(1) as f64;
        let name = &space.id.name;
        let rest = space.pace.as_ref().filter(|_| space.stored < space.wanted).map(rest).unwrap_or_default();
        lines.push(format!("{name:9} {} of {} tracks ({percent:.0} %){rest}", space.stored, space.wanted));
    }
    if let Some(engine) = engine {
        lines.push(format!("engine    {}", engine::as_text(engine)));
    }
    if counts.failures > 0 {
        lines.push(format!("failed    {} (see `indexer errors`)", counts.failures));
    }
    lines.extend(daemon.iter().flat_map(daemon_as_text));
    lines.join("\n")
}

/// A daemon that runs: its state, or its process where it has reported none yet.
type Daemon = Result<DaemonState, u32>;

fn daemon_as_json(daemon: &Daemon) -> Value {
    let state = match daemon {
        Ok(state) => state,
        Err(pid) => return json!({"state": "starting", "pid": pid}),
    };
    let (word, reason) = watch_mode(state);
    json!({
        "state": word,
        "reason": reason,
        "activity": state.activity,
        "pid": state.pid,
        "queue": state.queue,
        "current": state.current,
        "rate": state.rate,
        "eta": state.eta,
        "last_walk": state.last_walk,
        "last_error": state.last_error,
    })
}

/// Lines on the daemon; what it has not reported is left out.
fn daemon_as_text(daemon: &Daemon) -> Vec<String> {
    let state = match daemon {
        Ok(state) => state,
        Err(pid) => return vec![format!("daemon    starting (process {pid})")],
    };
    let (word, reason) = watch_mode(state);
    let reason = reason.map(|reason| format!(": {}", one_line(reason))).unwrap_or_default();
    let doing = match state.activity {
        Activity::Starting => ", starting".to_owned(),
        Activity::Indexing if state.queue > 0 => {
            let left = state.eta.and_then(|eta| Duration::try_from_secs_f64(eta).ok());
            let left = left.map(|left| format!(", {} left", HumanDuration(left))).unwrap_or_default();
            format!(", {} files to open{left}", state.queue)
        }
        Activity::Indexing => ", looking".to_owned(),
        Activity::Idle => String::new(),
        Activity::Paused => ", paused (SIGUSR2 ends that)".to_owned(),
        Activity::Resting => ", resting until its hours".to_owned(),
    };
    let mut lines = vec![format!("daemon    {word}{doing} (process {}){reason}", state.pid)];
    lines.extend(state.current.as_ref().map(|path| format!("now       {}", one_line(path))));
    lines.extend(state.last_walk.map(|walk| format!("walked    {}", walk.local())));
    lines.extend(state.last_error.as_ref().map(|error| format!("trouble   {}", one_line(error))));
    lines
}

fn watch_mode(state: &DaemonState) -> (&'static str, Option<&str>) {
    match state.slowest_watch() {
        None | Some(WatchMode::Watching) => ("watching", None),
        Some(WatchMode::Polling(reason)) => ("polling", Some(reason)),
        Some(WatchMode::Degraded(reason)) => ("degraded", Some(reason)),
    }
}
