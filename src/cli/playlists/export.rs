//! `indexer playlists export`: one playlist as a file of its own.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::Args;
use indexer::{Export, Exported, FORMATS, Format, OptionError, PathMap, location};
use serde_json::json;

use super::one::PlaylistArg;
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
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Replace a file that is there already
    #[arg(long)]
    force: bool,
    /// Write paths under the folder FROM as paths under TO, as `cluster` does; may be repeated
    #[arg(long, value_name = "FROM=TO")]
    path_map: Vec<OsString>,
    /// Write paths as seen from this folder, as `cluster` does
    #[arg(long, value_name = "DIR")]
    relative_to: Option<PathBuf>,
}

impl ExportPlaylist {
    pub(super) fn run(&self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let is_stdout = self.output == Path::new("-");
        if is_stdout && context.config.json {
            let text = "--output - and --json both write to stdout: leave one of them out";
            return Err(Usage(text.to_owned()).into());
        }
        let index = context.index();
        let targets = index.targets()?;
        let path_map = match &self.path_map[..] {
            [] => targets.path_map,
            given => PathMap::parse(given).map_err(OptionError::from).map_err(indexer::Error::from)?,
        };
        let relative_to = self.relative_to.clone().or(targets.relative_to);
        let file = Some(self.output.clone()).filter(|_| !is_stdout);
        let format = self.format.as_deref().map(named).transpose()?;
        let request = Export { file, format, force: self.force, path_map, relative_to };
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

fn named(name: &str) -> Result<&'static Format, Usage> {
    let found = FORMATS.iter().find(|format| format.name == name);
    found.ok_or_else(|| Usage(format!("unknown format `{name}`: choose from {}", names())))
}

fn names() -> String {
    FORMATS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ")
}
