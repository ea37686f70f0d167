//! What `status` says of the daemon.

use std::time::Duration;

use indexer::{
    app::watch::{Activity, DaemonState},
    library::WatchMode,
};
use indicatif::HumanDuration;
use serde_json::{Value, json};

use super::ui::outcome::one_line;

/// A daemon that runs: what it tells, or its process where it has told nothing yet.
pub type Daemon = Result<DaemonState, u32>;

/// The object that SPEC promises.
pub fn as_json(daemon: &Daemon) -> Value {
    let state = match daemon {
        Ok(state) => state,
        Err(pid) => return json!({"state": "starting", "pid": pid}),
    };
    let (word, reason) = attention(state);
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

/// Lines for people; what there is not is left out.
pub fn as_text(daemon: &Daemon) -> Vec<String> {
    let state = match daemon {
        Ok(state) => state,
        Err(pid) => return vec![format!("daemon    starting (process {pid})")],
    };
    let (word, reason) = attention(state);
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

fn attention(state: &DaemonState) -> (&'static str, Option<&str>) {
    match state.slowest_watch() {
        None | Some(WatchMode::Watching) => ("watching", None),
        Some(WatchMode::Polling(reason)) => ("polling", Some(reason)),
        Some(WatchMode::Degraded(reason)) => ("degraded", Some(reason)),
    }
}
