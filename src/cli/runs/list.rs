//! `indexer runs list`: which runs are kept.

use clap::Args;

use indexer::RunLine;
use serde_json::{Value, json};

use crate::cli::ui::print::{print, print_json};
use crate::{cli::args::set::SetFlag, cli::context::CommandContext, cli::ui::exit::ExitStatus};

/// List the runs of a set, the latest first
///
/// Each with its id, when and how it was made, and how many songs moved, came and left since the previous run.
#[derive(Args)]
pub(super) struct ListRuns {
    #[command(flatten)]
    set: SetFlag,
}

impl ListRuns {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let runs = context.index().runs(self.set.name.as_deref())?;
        let lines = runs.list()?;
        runs.warn_of_damage(&context.bars());
        if context.config.json {
            let rows = lines.iter().map(as_json).collect::<Vec<_>>();
            print_json(&json!({"set": runs.set(), "runs": rows}))?;
        } else {
            print(&lines.iter().map(as_text).collect::<Vec<_>>().join("\n"))?;
        }
        Ok(ExitStatus::Done)
    }
}

fn as_json(line: &RunLine) -> Value {
    json!({
        "run": line.id,
        "made": line.made.to_string(),
        "algorithm": line.algorithm,
        "n": line.n,
        "tracks": line.tracks,
        "inertia": line.inertia,
        "moved": line.counts.map(|counts| counts.moved),
        "added": line.counts.map(|counts| counts.added),
        "removed": line.counts.map(|counts| counts.removed),
    })
}

fn as_text(line: &RunLine) -> String {
    let RunLine { id, algorithm, n, tracks, inertia, .. } = line;
    let made = line.made.local();
    let change = match line.counts {
        None => "the first that is kept".to_owned(),
        Some(counts) => format!("{} moved, +{} −{}", counts.moved, counts.added, counts.removed),
    };
    format!("{id}  {made}  {algorithm} n={n:<3}  {tracks:>6} tracks  inertia {inertia:<9.4}  {change}")
}
