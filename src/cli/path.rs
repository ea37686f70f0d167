//! `indexer path`: songs that lead from one to another.

use std::path::PathBuf;

use clap::{Args, value_parser};

use super::ui::found::show;
use super::{args::answer::AnswerFlags, context::CommandContext, ui::exit::ExitStatus};

/// Name songs that lead from one song to another in even steps
///
/// A TRACK is the path of a song, part of its `Artist – Title`, or the path of a file that is not in the library, as for `indexer similar`.
/// No song comes twice, and no artist twice in a row where that can be avoided.
///
/// The distance of each song is that from the song before, in the same measure as those of `indexer similar`.
#[derive(Args)]
pub(super) struct PathCommand {
    /// The first song
    #[arg(value_name = "TRACK")]
    from: PathBuf,
    /// The last song
    #[arg(value_name = "TRACK")]
    to: PathBuf,
    /// How many songs, both ends among them, at most 200
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = value_parser!(u32).range(2..=200))]
    steps: u32,
    #[command(flatten)]
    answer: AnswerFlags,
}

impl PathCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let (index, export) = self.answer.index(context.config.clone())?;
        let mut request = index.path_request([self.from, self.to])?;
        (request.steps, request.export) = (self.steps as usize, export);
        let found = context.interruptible(|stop| index.path(&request, &context.bars(), stop))?;
        show(&found, request.export.as_ref(), context)
    }
}
