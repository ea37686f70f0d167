//! `indexer cluster`: the whole store into playlists, without decoding anything.

use std::path::PathBuf;

use clap::Args;

use super::ui::summary::{as_json, show};
use super::{args::grouping::Grouping, context::CommandContext, ui::exit::ExitStatus};

/// Group the indexed tracks into playlists of songs that sound alike
#[derive(Args)]
pub(super) struct ClusterCommand {
    /// Only tracks under this folder
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Say what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    pub grouping: Grouping,
}

impl ClusterCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let (index, mut request) = self.grouping.request(self.path, context.config.clone())?;
        request.targets.is_dry_run = self.dry_run;
        let summary = index.cluster(&request, &context.bars())?;
        show(&summary, request.explain.as_ref(), &request.targets, context, as_json(&summary))?;
        Ok(ExitStatus::Done)
    }
}
