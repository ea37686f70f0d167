//! `indexer model`: the models on this machine.

mod fetch;
mod import;
mod list;
mod remove;
mod transfer;
mod verify;

use clap::{Args, Subcommand};

use super::{context::CommandContext, ui::exit::ExitStatus};

/// List, fetch, import, verify and remove models
#[derive(Args)]
pub(super) struct ModelCommand {
    #[command(subcommand)]
    action: ModelAction,
}

#[derive(Subcommand)]
enum ModelAction {
    List(list::ListModels),
    Fetch(fetch::FetchModel),
    Import(import::ImportModel),
    Verify(verify::VerifyModels),
    Remove(remove::RemoveModel),
}

impl ModelCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        match self.action {
            ModelAction::List(list) => list.run(context),
            ModelAction::Fetch(fetch) => fetch.run(context),
            ModelAction::Import(import) => import.run(context),
            ModelAction::Verify(verify) => verify.run(context),
            ModelAction::Remove(remove) => remove.run(context),
        }
    }
}
