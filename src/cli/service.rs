//! `indexer service`: a systemd user service that watches the music, and a timer that refreshes the playlists.

mod folder;
mod install;
mod manager;
mod print;
mod program;
mod quoting;
mod sandbox;
mod uninstall;
mod units;
mod wanted;

use clap::{Args, Subcommand};

use self::{folder::UnitFolder, sandbox::Sandbox, wanted::ServiceOptions};
use super::{Global, session::CommandContext, ui::outcome::Outcome};

/// Run `indexer watch` as a systemd user service, and refresh the playlists every day
#[derive(Args)]
pub struct ServiceCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print the units that `install` writes
    Print(ServiceOptions),
    /// Write the units, and start them
    Install(ServiceOptions),
    /// Stop the units, and remove them
    Uninstall,
}

/// What is said where the settings for a refresh are not known.
const NO_TIMER: &str =
    "`indexer service install --playlists ~/Music/Playlists` also refreshes the playlists every day";

impl ServiceCommand {
    pub fn run(self, session: &CommandContext, global: &Global) -> anyhow::Result<Outcome> {
        let folder = UnitFolder::usual();
        match self.action {
            Action::Print(wanted) => {
                let sandbox = wanted.sandbox.unwrap_or(Sandbox::Full);
                print::show(&wanted.plan(session, global, sandbox)?, &folder, session)
            }
            Action::Install(wanted) => {
                // Nonsense is refused before anything is started.
                wanted.plan(session, global, Sandbox::Full)?;
                let sandbox = wanted.sandbox.unwrap_or_else(Sandbox::possible);
                install::install(&wanted.plan(session, global, sandbox)?, sandbox, &folder, session)
            }
            Action::Uninstall => uninstall::uninstall(&folder, session),
        }
    }
}
