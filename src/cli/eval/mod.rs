//! `indexer eval`: what methods and numbers of playlists are worth on this library.

mod chart;
mod json;
mod plot;
mod range;
mod table;

use std::path::PathBuf;

use clap::Args;

use self::range::Range;
use super::{args::overrule, context::CommandContext, ui::exit::ExitStatus};

/// Measure which method and how many playlists suit this library
///
/// Each method groups the same songs into each number of playlists; of more than 2 000 songs a fixed sample is grouped. The
/// method is recommended whose nearest songs share a label most often (the genre in their tags, or that of --labels; songs
/// of the same artist are left out); without labels, the one whose nearest songs are by the same artist most often; with
/// fewer than 20 artists, the one whose playlists are the most stable. The number is the one that `cluster` would choose:
/// the smallest whose silhouette cannot be told from the best. Nothing is decoded, and nothing is written into the store.
#[derive(Args)]
pub(super) struct EvalCommand {
    /// The methods to compare, separated by commas, as `cluster` takes them; may be repeated [default: all that nearly all
    /// songs have, and what `best` would take]
    #[arg(long, short, value_name = "LIST", value_delimiter = ',')]
    method: Vec<String>,
    /// How many playlists: a number, or a range such as 2..30 [default: the numbers that `cluster` would try]
    #[arg(long, short, value_name = "RANGE")]
    n: Option<Range>,
    /// Hold songs against the labels in this CSV file, lines of a path and a label, instead of the genres in their tags
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Only tracks under this folder
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    // `cli::help` says what there is, here and below.
    #[arg(long, value_name = "NAME")]
    algorithm: Option<String>,
    #[arg(long, value_name = "TAG")]
    learn_from: Option<String>,
    /// Write the curves into a page of their own
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Replace --plot even if this program did not write it
    #[arg(long)]
    force: bool,
    /// Same seed, same tracks: same figures [default: 42]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

impl EvalCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        self.plot.as_ref().map(|file| plot::check(file, self.force)).transpose()?;
        let mut config = context.config.clone();
        overrule(&mut config.cluster.algorithm, self.algorithm);
        overrule(&mut config.cluster.learn_from, self.learn_from);
        overrule(&mut config.cluster.seed, self.seed);
        let index = indexer::Index::open(&config);
        let mut request = index.eval_request(&self.method)?;
        (request.n, request.labels) = (self.n.and_then(Range::ends), self.labels);
        request.grouping.path = self.path;
        let report = index.eval(&request, &context.bars())?;
        let plot = self.plot.as_deref();
        plot.map(|file| plot::write(file, &report)).transpose()?;
        context.answer(|| json::as_json(&report, plot), || table::as_text(&report, plot))
    }
}
