//! `indexer store`: upkeep of the store.

mod backup;
mod check;
mod compact;

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

use clap::Subcommand;
use indexer::{Prunable, location};
use serde_json::json;

use super::context::CommandContext;
use super::ui::exit::{ExitStatus, Usage};
use super::ui::print::{counted, shown};

#[derive(Subcommand)]
pub(super) enum StoreCommand {
    /// Forget the tracks that no file holds any more: the only command that forgets any
    Prune {
        /// Also forget the vectors of earlier recipes and of models that are no longer installed
        #[arg(long)]
        spaces: bool,
        /// Print what would be forgotten, and forget nothing
        #[arg(long)]
        dry_run: bool,
        /// Do not ask when more than a fifth of the tracks would be forgotten
        #[arg(long)]
        yes: bool,
    },
    /// Check every row of the store, and say what is damaged
    Check {
        /// Replace a damaged database by one of its whole rows, and keep it beside that
        #[arg(long)]
        repair: bool,
    },
    /// Give back to the disk what the store does not use any more
    ///
    /// The reduced vectors of models are made anew, as they would be if all songs had come at once.
    Compact,
    /// Copy the store, models included, into a folder, also while the daemon runs
    ///
    /// The folder is made, but not the one in which it lies, so that nothing is copied to where a disk is not mounted. It holds
    /// nothing but the copy, which the next call replaces. To restore it, copy the files back.
    Backup {
        /// A folder that is not there, is empty, or holds an earlier backup
        folder: PathBuf,
    },
}

impl StoreCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let (spaces, dry_run, yes) = match self {
            Self::Prune { spaces, dry_run, yes } => (spaces, dry_run, yes),
            Self::Check { repair } => return check::run(repair, context),
            Self::Compact => return compact::run(context),
            Self::Backup { folder } => return backup::run(&folder, context),
        };
        let index = context.index();
        let found = if dry_run {
            Some(index.prunable(spaces)?)
        } else {
            index.prune(spaces, |found| anyhow::Ok(!found.needs_confirmation() || yes || confirm(found)?))?
        };
        let Some(found) = found else { return Ok(ExitStatus::Failed) };
        let (json, text) = described(&found, dry_run);
        context.report(|| json, || text)
    }
}

/// What is forgotten, in JSON and in text.
fn described(found: &Prunable, dry_run: bool) -> (serde_json::Value, String) {
    let spaces = found.spaces.iter().map(|space| format!("{} {}", space.name, space.fingerprint.short(16)));
    let spaces: Vec<_> = spaces.collect();
    let json = json!({
        "files": found.files.iter().map(|path| location(path)).collect::<Vec<_>>(),
        "tracks": found.tracks.len(),
        "spaces": spaces,
    });
    let lines = if dry_run {
        found.files.iter().map(|path| format!("file    {}\n", shown(path))).collect()
    } else {
        String::new()
    };
    let lines: String = spaces.iter().fold(lines, |lines, space| lines + "space   " + space + "\n");
    let (files, tracks) = (found.files.len(), found.tracks.len());
    let would = if dry_run { "would be forgotten" } else { "forgotten" };
    let text = match files + tracks + spaces.len() {
        0 => "nothing to forget: no file is missing".to_owned(),
        _ => {
            let (files, all) = (counted(files, "missing file"), counted(found.total, "track"));
            format!("{lines}{files} and {tracks} of {all} {would}")
        }
    };
    (json, text)
}

/// Asks whether so many tracks are to be forgotten; an error where nobody can answer.
fn confirm(found: &Prunable) -> anyhow::Result<bool> {
    let (tracks, of) = (found.tracks.len(), counted(found.total, "track"));
    if !io::stdin().is_terminal() {
        let text = format!(
            "{tracks} of {of} would be forgotten: look with --dry-run, and say --yes if that is right"
        );
        return Err(Usage(text).into());
    }
    eprint!("{tracks} of {of} will be forgotten, with all that was heard in them. Go on? [y/N] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}
