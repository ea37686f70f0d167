//! `indexer service`: a systemd user service that watches the music, and a timer that refreshes the playlists.

mod plan;
mod quoting;
mod systemd;
mod units;

use std::fs::{self, DirBuilder};
use std::{os::unix::fs::DirBuilderExt, path::Path};

use anyhow::Context;
use clap::Subcommand;
use indexer::location;
use serde_json::json;

use self::plan::{ServiceOptions, ServicePlan};
use self::systemd::{Sandbox, UnitFolder, systemctl};
use self::units::{DAEMON, REFRESH, TIMER, Unit};
use super::ui::print::{complain, shown};
use super::{args::global::Global, context::CommandContext, ui::exit::ExitStatus};

#[derive(Subcommand)]
pub(super) enum ServiceCommand {
    /// Print the units that `install` writes
    Print(ServiceOptions),
    /// Write the units, and start them
    Install(ServiceOptions),
    /// Stop the units, and remove them
    Uninstall,
}

/// Printed where no target of a refresh is known.
const NO_TIMER: &str =
    "`indexer service install --playlists ~/Music/Playlists` also refreshes the playlists every day";

impl ServiceCommand {
    pub(super) fn run(self, context: &CommandContext, global: &Global) -> anyhow::Result<ExitStatus> {
        let folder = UnitFolder::usual();
        match self {
            Self::Print(options) => {
                let sandbox = options.sandbox.unwrap_or(Sandbox::Full);
                print_units(&options.plan(context, global, sandbox)?, &folder, context)
            }
            Self::Install(options) => {
                // Checked before the sandbox is tried, which starts a service.
                options.plan(context, global, Sandbox::Full)?;
                let sandbox = options.sandbox.unwrap_or_else(Sandbox::possible);
                install(&options.plan(context, global, sandbox)?, sandbox, &folder, context)
            }
            Self::Uninstall => uninstall(&folder, context),
        }
    }
}

fn print_units(
    plan: &ServicePlan,
    folder: &UnitFolder,
    context: &CommandContext,
) -> anyhow::Result<ExitStatus> {
    let as_json = |unit: &Unit| json!({"name": unit.name, "path": location(&folder.path(unit.name)), "text": unit.text});
    let as_text = |unit: &Unit| format!("# {}\n{}", shown(&folder.path(unit.name)), unit.text);
    let note = if plan.refreshes() { String::new() } else { format!("\n\n# No timer: {NO_TIMER}") };
    context.answer(
        || json!({"units": plan.units.iter().map(as_json).collect::<Vec<_>>()}),
        || plan.units.iter().map(as_text).collect::<Vec<_>>().join("\n").trim_end().to_owned() + &note,
    )
}

const BASIC: &str =
    "the sandbox is a basic one: without namespaces, only system calls and sockets are restricted";
const LINGER: &str = "`loginctl enable-linger` lets services run while you are not logged in";

/// Writes the units and starts them. Where systemd cannot be reached, the call fails and says what is left to do.
fn install(
    plan: &ServicePlan,
    sandbox: Sandbox,
    folder: &UnitFolder,
    context: &CommandContext,
) -> anyhow::Result<ExitStatus> {
    let has_changed = folder.write(&plan.units)?;
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&plan.store);
    made.with_context(|| format!("the folder {} cannot be made", shown(&plan.store)))?;
    plan.playlists.iter().try_for_each(|path| make_folder(path))?;
    let started = [DAEMON, TIMER];
    let started = &started[..if plan.refreshes() { 2 } else { 1 }];
    let problem = start(started, has_changed).err();
    let paths: Vec<_> = plan.units.iter().map(|unit| folder.path(unit.name)).collect();
    let as_json = || {
        let written: Vec<_> = paths.iter().map(|path| location(path)).collect();
        json!({"written": written, "started": problem.is_none(), "sandbox": sandbox})
    };
    let as_text = || {
        let mut lines: Vec<_> = paths.iter().map(|path| format!("written {}", shown(path))).collect();
        lines.extend(problem.is_none().then(|| format!("started {}", started.join(", "))));
        lines.extend((sandbox == Sandbox::Basic).then(|| BASIC.to_owned()));
        lines.extend((!plan.refreshes()).then(|| NO_TIMER.to_owned()));
        lines.join("\n") + "\n" + LINGER
    };
    context.report(as_json, as_text)?;
    let Some(problem) = problem else { return Ok(ExitStatus::Done) };
    complain(&format!("the units are written, but not started: {problem}"));
    Ok(ExitStatus::Failed)
}

/// Starts units; with `has_changed`, those that run already are restarted.
/// Errors: what is wrong and left to do, in one line.
fn start(names: &[&str], has_changed: bool) -> Result<(), String> {
    let all = names.join(" ");
    systemctl(&["daemon-reload"]).map_err(|error| {
        format!("{error}; `systemctl --user enable --now {all}` in a login session starts them")
    })?;
    let begin = || {
        if has_changed {
            systemctl(&[&["try-restart"], names].concat())?;
        }
        systemctl(&[&["enable", "--now"], names].concat())
    };
    begin().map_err(|error| format!("{error}; `journalctl --user -u {DAEMON}` says more"))
}

/// Stops what `install` has started, and removes what it has written.
fn uninstall(folder: &UnitFolder, context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let names = folder.ours();
    let enabled: Vec<_> = names.iter().copied().filter(|name| *name != REFRESH).collect();
    let stop = || systemctl(&[&["disable", "--now"], &enabled[..]].concat());
    let stopped = if enabled.is_empty() { Ok(()) } else { stop() };
    names.iter().try_for_each(|name| folder.remove(name))?;
    let problem = if names.is_empty() { None } else { stopped.and(systemctl(&["daemon-reload"])).err() };
    let paths: Vec<_> = names.iter().map(|name| folder.path(name)).collect();
    let as_text = || match &paths[..] {
        [] => "there is no service of ours to remove".to_owned(),
        paths => paths.iter().map(|path| format!("removed {}", shown(path))).collect::<Vec<_>>().join("\n"),
    };
    let removed: Vec<_> = paths.iter().map(|path| location(path)).collect();
    context.report(|| json!({"removed": removed}), as_text)?;
    let Some(problem) = problem else { return Ok(ExitStatus::Done) };
    complain(&format!(
        "the units are removed, but perhaps still running: {problem}; `systemctl --user stop {}` stops them",
        enabled.join(" ")
    ));
    Ok(ExitStatus::Failed)
}

/// Makes a folder with the permissions of the umask, where there is none.
fn make_folder(folder: &Path) -> anyhow::Result<()> {
    match fs::create_dir(folder) {
        Err(_) if folder.is_dir() => Ok(()),
        made => made.with_context(|| format!("the folder {} cannot be made", shown(folder))),
    }
}
