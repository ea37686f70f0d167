//! `indexer runs`: the history of a set.

mod diff;
mod list;
mod restore;
mod show;

use clap::{Args, Subcommand};

use super::{context::CommandContext, ui::exit::ExitStatus};

/// Look at earlier runs of `cluster`, compare them, bring one back
///
/// A RUN is the id of a run, the beginning of an id, `latest` or `previous`. The last 50 runs of each set are kept.
#[derive(Args)]
pub(super) struct RunsCommand {
    #[command(subcommand)]
    action: RunsAction,
}

#[derive(Subcommand)]
enum RunsAction {
    List(list::ListRuns),
    Show(show::ShowRun),
    Diff(diff::DiffRuns),
    Restore(restore::RestoreRun),
}

impl RunsCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        match self.action {
            RunsAction::List(list) => list.run(context),
            RunsAction::Show(show) => show.run(context),
            RunsAction::Diff(diff) => diff.run(context),
            RunsAction::Restore(restore) => restore.run(context),
        }
    }
}
