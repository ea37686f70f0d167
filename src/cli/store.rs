//! `indexer store`: upkeep of the store.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::{Args, Subcommand};
use indexer::{
    app::{Prunable, watch::Running},
    extract::Method,
    playlist::format::location,
    store::{Library, View},
};
use serde_json::json;

use super::{
    session::CommandContext,
    ui::outcome::{Outcome, Usage, print, print_json, shown},
};

/// Keep the store in order
#[derive(Args)]
pub struct StoreCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Prune(Prune),
}

/// Forget the tracks whose files are missing: the only command that forgets any
#[derive(Args)]
struct Prune {
    /// Also forget the vectors of earlier recipes and of models that are not installed any more
    #[arg(long)]
    spaces: bool,
    /// Print what would be forgotten, and forget nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask when more than a fifth of the tracks would be forgotten
    #[arg(long)]
    yes: bool,
}

impl StoreCommand {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        match self.action {
            Action::Prune(prune) => prune.run(session),
        }
    }
}

impl Prune {
    fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let folder = session.config.store_folder();
        let (methods, _) = Method::all(&session.config.models_folder());
        let current: Vec<_> = methods.iter().map(Method::space).collect();
        let found = Prunable::find(&View::open(&folder)?, self.spaces, &current)?;
        let (json, text) = told(&found, self.dry_run);
        if !self.dry_run && !found.is_empty() {
            if let Some(running) = Running::find(&folder) {
                let pid = running.pid;
                anyhow::bail!(
                    "the daemon (process {pid}) is writing to the store: end it, prune, and start it again"
                );
            }
            if found.needs_confirmation() && !self.yes && !asked(&found)? {
                return Ok(Outcome::Failed);
            }
            let library = Library::open(&folder)?;
            // What has come back meanwhile stays.
            let found = Prunable::find(&library.view()?, self.spaces, &current)?;
            library.commit(&found.changes())?;
        }
        if session.config.json {
            print_json(&json)?;
        } else if !session.config.silent {
            print(&text)?;
        }
        Ok(Outcome::Done)
    }
}

/// What is forgotten, for machines and for people.
fn told(found: &Prunable, dry_run: bool) -> (serde_json::Value, String) {
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
        _ => format!("{lines}{files} missing files and {tracks} of {} tracks {would}", found.total),
    };
    (json, text)
}

/// Asks whether so many tracks should go; where nobody can be asked, that is an error.
fn asked(found: &Prunable) -> anyhow::Result<bool> {
    let (tracks, of) = (found.tracks.len(), found.total);
    if !io::stdin().is_terminal() {
        let text = format!(
            "{tracks} of {of} tracks would be forgotten: look with --dry-run, and say --yes if that is right"
        );
        return Err(Usage(text).into());
    }
    eprint!("{tracks} of {of} tracks will be forgotten, with all that was heard in them. Go on? [y/N] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}
