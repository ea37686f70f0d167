//! How songs are asked for, and where the answer goes: the flags of `similar` and `path`.

use std::path::PathBuf;

use clap::Args;
use indexer::{Config, Export, Index};

use super::filters::SongFilterFlags;
use super::list_file::{ListFileFlags, is_stdout};
use super::{ANSWER_FILE, overrule};
use crate::cli::ui::exit::Usage;

#[derive(Args)]
pub(crate) struct AnswerFlags {
    /// What songs are compared by: `mfcc`, a model, or several side by side, as in `mfcc:0.5+musicnn`; `best`: the best that
    /// nearly all songs have [default: best]
    #[arg(long, short, value_name = "METHOD")]
    method: Option<String>,
    /// Write the songs as a playlist to a file of its own; `-` is stdout
    #[arg(id = ANSWER_FILE, long = "output", short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    list: ListFileFlags,
    #[command(flatten)]
    filters: SongFilterFlags,
}

impl AnswerFlags {
    /// The index that is asked, and how the answer is written.
    pub(crate) fn index(&self, mut config: Config) -> anyhow::Result<(Index, Option<Export>)> {
        if config.json && self.output.as_deref().is_some_and(is_stdout) {
            let text = "--output - and --json both write to stdout: leave one of them out";
            return Err(Usage(text.to_owned()).into());
        }
        overrule(&mut config.cluster.method, self.method.clone());
        self.filters.clone().overrule(&mut config.cluster);
        let index = Index::open(&config);
        let export = self.output.as_ref().map(|output| self.list.export(output, &index)).transpose()?;
        Ok((index, export))
    }
}
