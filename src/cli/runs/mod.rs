//! `indexer runs`: the history of a set.

mod diff;
mod show;

use clap::{Args, Subcommand};
use indexer::{Index, RunLine};
use serde_json::{Value, json};

use super::args::{SetFlag, one_for_stdout, targets::TargetFlags};
use super::{context::CommandContext, ui::exit::ExitStatus, ui::summary};

#[derive(Subcommand)]
pub(super) enum RunsCommand {
    /// List the runs of a set, the latest first
    ///
    /// Each with its id, when and how it was made, and how many songs moved, came and left since the previous run.
    List(SetFlag),
    Show(show::ShowRun),
    Diff(diff::DiffRuns),
    Restore(RestoreRun),
}

/// Bring a run back: write its playlists again, and let the next `cluster` start from it
#[derive(Args)]
pub(super) struct RestoreRun {
    /// The run: its id or the beginning of it, `latest` or `previous`
    run: String,
    #[command(flatten)]
    set: SetFlag,
    #[command(flatten)]
    targets: TargetFlags,
}

impl RunsCommand {
    pub(super) fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        match self {
            Self::List(set) => list(&set, context),
            Self::Show(show) => show.run(context),
            Self::Diff(diff) => diff.run(context),
            Self::Restore(restore) => restore.run(context),
        }
    }
}

impl RestoreRun {
    fn run(self, context: &CommandContext) -> anyhow::Result<ExitStatus> {
        let mut config = context.config.clone();
        self.targets.overrule(&mut config.cluster);
        one_for_stdout(&config)?;
        let index = Index::open(&config);
        let mut targets = index.targets()?;
        self.targets.complete(&mut targets)?;
        let summary = index.restore(self.set.name.as_deref(), &self.run, targets, &context.bars())?;
        summary::show(&summary, None, context, summary::as_json(&summary))?;
        Ok(ExitStatus::Done)
    }
}

fn list(set: &SetFlag, context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let runs = context.index().runs(set.name.as_deref())?;
    let lines = runs.list()?;
    runs.warn_of_damage(&context.bars());
    context.answer(
        || json!({"set": runs.set, "runs": lines.iter().map(as_json).collect::<Vec<_>>()}),
        || lines.iter().map(as_text).collect::<Vec<_>>().join("\n"),
    )
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
