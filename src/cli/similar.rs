//! `indexer similar`: songs that sound like others.

use std::path::PathBuf;

use clap::{Args, value_parser};

use super::ui::found::show;
use super::{args::ANSWER_COUNT, args::answer::AnswerFlags, context::CommandContext};
use super::{ui::exit::ExitStatus, ui::exit::Usage};

/// Name the songs that sound most like one, or like several
///
/// A TRACK is the path of a song, part of its `Artist – Title`, or the path of a file that is not in the library, which is analysed
/// and not kept.
///
/// Distances are relative to how close together songs lie around both: at 1, two songs are as far apart as each is from its
/// ten nearest among a thousand songs of the library. Copies of a recording lie near 0.
#[derive(Args)]
pub(super) struct SimilarCommand {
    /// The songs that they are to be like: of several, their mean
    #[arg(value_name = "TRACK", required = true)]
    tracks: Vec<PathBuf>,
    /// A song that they are to be unlike; may be repeated
    #[arg(long, value_name = "TRACK")]
    not: Vec<PathBuf>,
    /// How many songs
    #[arg(id = ANSWER_COUNT, long = "n", short = 'n', value_name = "N", default_value_t = 20, value_parser = value_parser!(u32).range(1..))]
    n: u32,
    /// At most N songs of each artist
    #[arg(long, value_name = "N")]
    max_per_artist: Option<usize>,
    /// Only songs that are at least so far away, such as 0.3 against copies and other versions
    #[arg(long, value_name = "DISTANCE", default_value_t = 0.0)]
    min_distance: f32,
    #[command(flatten)]
    answer: AnswerFlags,
}

impl SimilarCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        if !(self.min_distance >= 0.0 && self.min_distance.is_finite()) {
            let text = format!("--min-distance {}: a distance is a number from 0 on", self.min_distance);
            return Err(Usage(text).into());
        }
        let (index, export) = self.answer.index(context.config.clone())?;
        let mut request = index.similar_request(self.tracks)?;
        (request.unwanted, request.export) = (self.not, export);
        (request.n, request.least_distance) = (self.n as usize, self.min_distance);
        request.filters.limits.per_artist = self.max_per_artist.filter(|most| *most > 0);
        let found = context.interruptible(|stop| index.similar(&request, &context.bars(), stop))?;
        show(&found, request.export.as_ref(), context)
    }
}
