//! `indexer service install`: writes the units, and starts them.

use indexer::playlist::format::location;
use serde_json::json;

use super::{
    NO_TIMER,
    folder::{self, UnitFolder},
    manager::systemctl,
    sandbox::Sandbox,
    units::{DAEMON, TIMER},
    wanted::ServicePlan,
};
use crate::cli::{
    session::CommandContext,
    ui::outcome::{Outcome, complain, print, print_json, shown},
};

const LINGER: &str = "`loginctl enable-linger` lets services run while you are not logged in";

/// Where systemd cannot be reached, the units are written, what is to be done is said, and the call has failed.
pub fn install(
    plan: &ServicePlan,
    sandbox: Sandbox,
    folder: &UnitFolder,
    session: &CommandContext,
) -> anyhow::Result<Outcome> {
    let is_new = folder.write(&plan.units)?;
    folder::private(&plan.store)?;
    plan.playlists.iter().try_for_each(|path| folder::open(path))?;
    let started = [DAEMON, TIMER];
    let started = &started[..if plan.refreshes() { 2 } else { 1 }];
    let problem = start(started, is_new).err();
    let paths: Vec<_> = plan.units.iter().map(|unit| folder.path(unit.name)).collect();
    if session.config.json {
        let written: Vec<_> = paths.iter().map(|path| location(path)).collect();
        print_json(&json!({"written": written, "started": problem.is_none(), "sandbox": sandbox.name()}))?;
    } else if !session.config.silent {
        paths.iter().try_for_each(|path| print(&format!("written {}", shown(path))))?;
        if problem.is_none() {
            print(&format!("started {}", started.join(", ")))?;
        }
        if sandbox == Sandbox::Basic {
            print(
                "the sandbox is a basic one: without namespaces, only system calls and sockets are restricted",
            )?;
        }
        if !plan.refreshes() {
            print(NO_TIMER)?;
        }
        print(LINGER)?;
    }
    let Some(problem) = problem else { return Ok(Outcome::Done) };
    complain(&format!("the units are written, but not started: {problem}"));
    Ok(Outcome::Failed)
}

/// Starts units, and those that are running already again if they have changed; says what else is to be done.
fn start(names: &[&str], is_new: bool) -> Result<(), String> {
    let all = names.join(" ");
    systemctl(&["daemon-reload"]).map_err(|error| {
        format!("{error}; `systemctl --user enable --now {all}` in a session of yours starts them")
    })?;
    let begin = || {
        if is_new {
            systemctl(&[&["try-restart"], names].concat())?;
        }
        systemctl(&[&["enable", "--now"], names].concat())
    };
    begin().map_err(|error| format!("{error}; `journalctl --user -u {DAEMON}` says more"))
}
