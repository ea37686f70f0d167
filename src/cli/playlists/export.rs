//! `indexer playlists export`: one playlist as a file of its own.

use std::path::PathBuf;

use clap::Args;
use indexer::{Exported, location};
use serde_json::json;

use super::one::PlaylistArg;
use crate::cli::args::ANSWER_FILE;
use crate::cli::args::list_file::{ListFileFlags, is_stdout};
use crate::cli::ui::exit::Usage;
use crate::cli::ui::print::{counted, home, one_line, print_bytes};
use crate::{cli::context::CommandContext, cli::ui::exit::ExitStatus};

/// Write a playlist to a file of its own, or to stdout
///
/// The file belongs to you: no later run changes or removes it.
#[derive(Args)]
pub(crate) struct ExportPlaylist {
    #[command(flatten)]
    one: PlaylistArg,
    /// The file; `-` is stdout, where paths are absolute unless --relative-to or --path-map say otherwise
    #[arg(id = ANSWER_FILE, long = "output", short = 'o', value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    list: ListFileFlags,
}

impl ExportPlaylist {
    pub(super) fn run(&self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let is_stdout = is_stdout(&self.output);
        if is_stdout && context.config.json {
            let text = "--output - and --json both write to stdout: leave one of them out";
            return Err(Usage(text.to_owned()).into());
        }
        let index = context.index();
        let request = self.list.export(&self.output, &index)?;
        let (set, playlist) = (self.one.set.name.as_deref(), &self.one.playlist);
        let exported = index.export_playlist(set, playlist, &request, &context.bars())?;
        if is_stdout {
            print_bytes(&exported.bytes)?;
            return Ok(ExitStatus::Done);
        }
        let Exported { name, songs, format, .. } = exported;
        context.report(
            || json!({"name": name, "file": location(&self.output), "format": format, "songs": songs}),
            || format!("{}: {} in {}", one_line(&name), counted(songs, "song"), home(&self.output)),
        )
    }
}
