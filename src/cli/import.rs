//! `indexer import`: what other machines have analysed.

use std::path::PathBuf;

use clap::Args;
use indexer::{ImportSummary, ImportedSpace, location};
use serde_json::{Map, Value, json};

use super::ui::print::{counted, home, one_line, shown};
use super::{context::CommandContext, ui::exit::ExitStatus};

/// Take what another machine has analysed into the store
///
/// Recordings are known by what is heard in them, so their files may lie anywhere: the next scan finds those of this machine, and
/// decodes none that came in. Vectors are taken only if this program makes the same, by method and recipe. What the store has
/// stays as it is. Every file is looked at before anything is written, and a second import completes one that was ended.
#[derive(Args)]
pub(super) struct ImportCommand {
    /// Parquet files of tracks that `indexer export` wrote
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl ImportCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let summary = context.index().import(&self.files, &context.bars())?;
        context.report(|| as_json(&summary), || as_text(&summary))
    }
}

fn as_json(import: &ImportSummary) -> Value {
    let counts = |space: &ImportedSpace| {
        json!({
            "stored": space.stored, "equal": space.equal, "conflicts": space.conflicts, "broken": space.broken,
        })
    };
    let spaces: Map<_, _> = import.spaces.iter().map(|(name, space)| (name.clone(), counts(space))).collect();
    let foreign = import.foreign.iter().map(|foreign| {
        json!({
            "name": foreign.space.name,
            "fingerprint": foreign.space.fingerprint.to_string(),
            "file": location(&foreign.file),
        })
    });
    json!({
        "rows": import.rows,
        "new": import.new,
        "known": import.known,
        "files": import.files,
        "roots": import.roots.iter().map(|root| location(root)).collect::<Vec<_>>(),
        "spaces": spaces,
        "conflicting": import.conflicting.iter().map(|path| location(path)).collect::<Vec<_>>(),
        "foreign": foreign.collect::<Vec<_>>(),
    })
}

fn as_text(import: &ImportSummary) -> String {
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let tracks = number(import.new + import.known);
    let mut text = format!("{}, {} of them new here", counted(tracks, "track"), import.new);
    text += &match import.files {
        0 => String::new(),
        files => format!("; {} here as there", counted(number(files), "file")),
    };
    for root in &import.roots {
        text += &format!("\n{} is a folder of the library now", home(root));
    }
    for (name, space) in &import.spaces {
        text += &format!("\n{}: {} stored", one_line(name), counted(number(space.stored), "vector"));
        let rest = [
            (space.equal, "the same as here"),
            (space.conflicts, "other than those here, which stay"),
            (space.broken, "damaged and left out"),
        ];
        for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
            text += &format!(", {count} {what}");
        }
    }
    for path in &import.conflicting {
        text += &format!("\nother vectors here: {}", shown(path));
    }
    for foreign in &import.foreign {
        let space = format!("{} {}", one_line(&foreign.space.name), foreign.space.fingerprint.short(16));
        text +=
            &format!("\nleft out: vectors of {space} in {}, which nothing here makes", home(&foreign.file));
    }
    text
}
