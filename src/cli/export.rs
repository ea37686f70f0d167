//! `indexer export`: the library as tables for other programs.

use std::path::PathBuf;

use clap::Args;
use indexer::{ExportSummary, location};
use serde_json::{Value, json};

use super::args::{ANSWER_FILE, EXPORTED_METHODS, TABLE_FORMAT};
use super::ui::print::{counted, home, one_line};
use super::{context::CommandContext, ui::exit::ExitStatus};

/// Write tracks, tags, vectors, playlists and runs as files that other programs read
///
/// A row is a recording, with its tags, its files and a vector a method. `indexer import` takes Parquet files back in, here or on
/// another machine. Either all files are written or none, and nobody else's is replaced. Nothing is decoded.
#[derive(Args)]
pub(super) struct ExportCommand {
    /// Write the files into FOLDER, which is made if it is not there
    #[arg(id = ANSWER_FILE, long = "output", short = 'o', value_name = "FOLDER")]
    output: PathBuf,
    // `cli::help` says what there is.
    #[arg(id = TABLE_FORMAT, long = "format", value_name = "FORMAT", default_value = "parquet")]
    format: String,
    /// Only the vectors of this method; may be repeated [default: all that there are]
    #[arg(id = EXPORTED_METHODS, long = "method", short = 'm', value_name = "METHOD")]
    methods: Vec<String>,
    /// Replace files that this program did not write
    #[arg(long)]
    force: bool,
}

impl ExportCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let index = context.index();
        let mut request = index.export_request(&self.output, &self.format)?;
        (request.methods, request.force) = (self.methods, self.force);
        let summary = index.export(&request, &context.bars())?;
        context.report(|| as_json(&summary), || as_text(&summary))
    }
}

fn as_json(export: &ExportSummary) -> Value {
    let file = |file: &indexer::ExportedFile| json!({ "path": location(&file.path), "size": file.size });
    json!({
        "folder": location(&export.folder),
        "format": export.format,
        "files": export.files.iter().map(file).collect::<Vec<_>>(),
        "tracks": export.tracks,
        "others": export.others,
        "vectors": export.vectors,
        "playlists": export.playlists,
        "runs": export.runs,
    })
}

fn as_text(export: &ExportSummary) -> String {
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let mut text = counted(number(export.tracks), "track");
    if export.others > 0 {
        text += &format!(" and {} without one", counted(number(export.others), "file"));
    }
    let vectors: Vec<_> =
        export.vectors.iter().map(|(name, count)| format!("{count} in {}", one_line(name))).collect();
    if !vectors.is_empty() {
        text += &format!("; vectors: {}", vectors.join(", "));
    }
    let lists = (counted(number(export.playlists), "playlist"), counted(number(export.runs), "run"));
    text += &format!("; {}, {}", lists.0, lists.1);
    for file in &export.files {
        text += &format!("\n{}", home(&file.path));
    }
    text
}
