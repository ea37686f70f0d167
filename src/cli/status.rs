//! `indexer status`: what is indexed, what was made of it, and what the daemon does.

mod page;

use indexer::{DaemonState, IndexStatus, Moment, RootStatus, SetStatus, SpaceStatus, location};
use serde_json::{Value, json};

use super::{context::CommandContext, ui::engine, ui::exit::ExitStatus};

pub(super) fn run(context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let status = context.index().status()?;
    context.answer(|| as_json(&status), || page::page(&status, Moment::now()))
}

fn as_json(status: &IndexStatus) -> Value {
    let IndexStatus { store, schema, counts, playlists, engine, daemon } = status;
    json!({
        "store": location(store),
        "schema": schema,
        "roots": counts.roots.iter().map(root_as_json).collect::<Vec<_>>(),
        "tracks": counts.tracks,
        "audio_seconds": counts.seconds,
        "paths": counts.paths,
        "missing": counts.missing,
        "failures": counts.failures,
        "partial": counts.partial,
        "damaged": counts.damaged,
        "spaces": counts.spaces.iter().map(space_as_json).collect::<Vec<_>>(),
        "playlists": playlists.as_ref().ok().map(|sets| sets.iter().map(set_as_json).collect::<Vec<_>>()),
        "engine": engine.as_ref().map(engine::as_json),
        "daemon": daemon.as_ref().map(daemon_as_json),
    })
}

fn root_as_json(root: &RootStatus) -> Value {
    json!({
        "path": location(&root.path),
        "state": if root.unavailable.is_some() { "unavailable" } else { "present" },
        "reason": root.unavailable,
        "files": root.files,
        "missing": root.missing,
        "scanned": root.scanned.map(|moment| moment.to_string()),
    })
}

fn space_as_json(space: &SpaceStatus) -> Value {
    json!({
        "name": space.id.name,
        "fingerprint": space.id.fingerprint.short(16),
        "dimension": space.dimension,
        "stored": space.stored,
        "wanted": space.wanted,
        "rate": space.pace.as_ref().map(|pace| pace.rate),
        "eta": space.pace.as_ref().filter(|_| space.stored < space.wanted).map(|pace| pace.eta),
    })
}

fn set_as_json(set: &SetStatus) -> Value {
    json!({
        "set": set.set,
        "playlists": set.playlists,
        "songs": set.songs,
        "folders": set.folders.iter().map(|folder| location(folder)).collect::<Vec<_>>(),
        "changed": set.changed.to_string(),
        "added": set.counts.map(|counts| counts.added),
        "moved": set.counts.map(|counts| counts.moved),
        "removed": set.counts.map(|counts| counts.removed),
    })
}

/// A daemon that runs: its state, or its process where it has reported none yet.
type Daemon = Result<DaemonState, u32>;

fn daemon_as_json(daemon: &Daemon) -> Value {
    let state = match daemon {
        Ok(state) => state,
        Err(pid) => return json!({"state": "starting", "pid": pid}),
    };
    let (word, reason) = page::watch_mode(state);
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
