//! `indexer runs`: the history of a set.

mod diff;
mod list;
mod restore;
mod show;

use clap::{Args, Subcommand};

use super::{session::CommandContext, ui::outcome::Outcome};

/// Look at earlier runs of `cluster`, compare them, bring one back
///
/// A RUN is the id of a run, the beginning of one, `latest` or `previous`. The last 50 runs of each set are kept.
#[derive(Args)]
pub struct RunsCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    List(list::ListRuns),
    Show(show::ShowRun),
    Diff(diff::DiffRuns),
    Restore(restore::RestoreRun),
}

impl RunsCommand {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        match self.action {
            Action::List(list) => list.run(session),
            Action::Show(show) => show.run(session),
            Action::Diff(diff) => diff.run(session),
            Action::Restore(restore) => restore.run(session),
        }
    }
}
