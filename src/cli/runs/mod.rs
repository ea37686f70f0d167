//! `indexer runs`: the history of a set.

mod diff;
mod show;

use clap::{Args, Subcommand};
use indexer::{Index, RunLine};
use serde_json::{Value, json};

use super::args::{SetFlag, one_for_stdout, targets::TargetFlags};
use super::ui::overview::difference;
use super::ui::print::counted;
use super::ui::screen::Screen;
use super::ui::table::{Column, TextTable};
use super::ui::text::Text;
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
        let set = self.set.name.as_deref();
        let summary = index.restore(set, &self.run, targets.clone(), &context.bars())?;
        summary::show(&summary, None, &targets, context, summary::as_json(&summary))?;
        Ok(ExitStatus::Done)
    }
}

fn list(set: &SetFlag, context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let runs = context.index().runs(set.name.as_deref())?;
    let lines = runs.list()?;
    runs.warn_of_damage(&context.bars());
    context.answer(
        || json!({"set": runs.set, "runs": lines.iter().map(as_json).collect::<Vec<_>>()}),
        || as_table(&lines).text(&Screen::stdout()),
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

fn as_table(lines: &[RunLine]) -> TextTable {
    let mut table = TextTable::new(&[Column::Left, Column::Left, Column::Left, Column::Right, Column::Left]);
    for RunLine { id, made, algorithm, n, tracks, inertia, counts } in lines {
        let change = match counts {
            None => "the first that is kept".into(),
            Some(counts) => {
                let songs = difference(counts.added, counts.removed);
                Text::from(format!("{} moved, ", counts.moved)).and(songs)
            }
        };
        let (n, tracks) = (format!("{algorithm} n={n}"), counted(*tracks, "track"));
        let cells = [id.clone(), made.local(), n, tracks, format!("inertia {inertia:.4}")];
        let [id, made, n, tracks, inertia] = cells.map(Text::from);
        table.row([id, made, n, tracks, change, inertia]);
    }
    table
}
