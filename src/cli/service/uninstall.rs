//! `indexer service uninstall`: stops what `install` has started, and removes what it has written.

use indexer::playlist::format::location;
use serde_json::json;

use super::{folder::UnitFolder, manager::systemctl, units::REFRESH};
use crate::cli::{
    session::CommandContext,
    ui::outcome::{Outcome, complain, print, print_json, shown},
};

pub fn uninstall(folder: &UnitFolder, session: &CommandContext) -> anyhow::Result<Outcome> {
    let names = folder.ours();
    let enabled: Vec<_> = names.iter().copied().filter(|name| *name != REFRESH).collect();
    let stop = || systemctl(&[&["disable", "--now"], &enabled[..]].concat());
    let stopped = if enabled.is_empty() { Ok(()) } else { stop() };
    names.iter().try_for_each(|name| folder.remove(name))?;
    let problem = if names.is_empty() { None } else { stopped.and(systemctl(&["daemon-reload"])).err() };
    let paths: Vec<_> = names.iter().map(|name| folder.path(name)).collect();
    if session.config.json {
        print_json(&json!({"removed": paths.iter().map(|path| location(path)).collect::<Vec<_>>()}))?;
    } else if !session.config.silent {
        match &paths[..] {
            [] => print("there is no service of ours to remove")?,
            paths => paths.iter().try_for_each(|path| print(&format!("removed {}", shown(path))))?,
        }
    }
    let Some(problem) = problem else { return Ok(Outcome::Done) };
    complain(&format!(
        "the units are removed, but perhaps still running: {problem}; `systemctl --user stop {}` stops them",
        enabled.join(" ")
    ));
    Ok(Outcome::Failed)
}
