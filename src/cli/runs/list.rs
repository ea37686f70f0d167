//! `indexer runs list`: which runs are kept.

use clap::Args;
use indexer::app::{History, RunLine};
use serde_json::{Value, json};

use crate::cli::{
    args::set::{SetFlag, usual},
    session::CommandContext,
    ui::outcome::{Outcome, print, print_json},
};

/// List the runs of a set, the latest first
///
/// Each with its id, when and how it was made, and how many songs moved, came and left since the run before.
#[derive(Args)]
pub struct ListRuns {
    #[command(flatten)]
    set: SetFlag,
}

impl ListRuns {
    pub fn run(self, session: &CommandContext) -> anyhow::Result<Outcome> {
        let usual = usual(&session.config.cluster);
        let history = History::open(&session.config.store_folder(), self.set.which(&usual))?;
        let lines = history.lines()?;
        history.report_damage(&session.bars());
        if session.config.json {
            let runs = lines.iter().map(as_json).collect::<Vec<_>>();
            print_json(&json!({"set": history.set, "runs": runs}))?;
        } else {
            print(&lines.iter().map(as_text).collect::<Vec<_>>().join("\n"))?;
        }
        Ok(Outcome::Done)
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
