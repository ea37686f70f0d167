//! `indexer runs restore`: an earlier run becomes the latest again.

use clap::Args;

use indexer::Index;

use crate::cli::ui::summary::{as_json, show};
use crate::{
    cli::args::set::SetFlag, cli::args::targets::TargetFlags, cli::context::CommandContext,
    cli::ui::exit::ExitStatus,
};

/// Bring a run back: write its playlists again, and let the next `cluster` start from it
#[derive(Args)]
pub(super) struct RestoreRun {
    /// The run: its id or the beginning of it, `latest` or `previous`
    run: String,
    #[command(flatten)]
    set: SetFlag,
    #[command(flatten)]
    targets: TargetFlags,
}

impl RestoreRun {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let mut config = context.config.clone();
        self.targets.overrule(&mut config.cluster);
        let index = Index::open(&config);
        let mut targets = index.targets()?;
        self.targets.complete(&mut targets)?;
        let summary = index.restore(self.set.name.as_deref(), &self.run, targets, &context.bars())?;
        show(&summary, None, context, as_json(&summary))?;
        Ok(ExitStatus::Done)
    }
}
