//! `indexer runs restore`: an earlier run becomes the latest again.

use crate::cli::{
    args::{
        listing::Listing,
        set::{SetFlag, usual},
    },
    cluster::{as_json, show},
    session::CommandContext,
    ui::outcome::Outcome,
};
use clap::Args;
use indexer::app::{RestoreRequest, cluster::restore::restore};

/// Bring a run back: write its playlists again, and let the next `cluster` start from it
#[derive(Args)]
pub struct RestoreRun {
    /// The run: its id or how that begins, `latest` or `previous`
    run: String,
    #[command(flatten)]
    set: SetFlag,
    #[command(flatten)]
    listing: Listing,
}

impl RestoreRun {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let config = &session.config.cluster;
        let usual = usual(config);
        let request = RestoreRequest {
            set: self.set.which(&usual),
            run: &self.run,
            order: self.listing.order(config)?,
            seed: config.seed,
            targets: self.listing.targets(config)?,
        };
        let summary = restore(&request, &session.config.store_folder(), &session.bars())?;
        show(&summary, None, session, as_json(&summary))?;
        Ok(Outcome::Done)
    }
}
