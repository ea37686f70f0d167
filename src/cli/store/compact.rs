//! `indexer store compact`: what became of the size of the store.

use indexer::{CompactedDatabase, location};
use indicatif::DecimalBytes;
use serde_json::{Value, json};

use crate::cli::context::CommandContext;
use crate::cli::ui::exit::ExitStatus;
use crate::cli::ui::print::shown;

pub(super) fn run(context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let compacted = context.index().compact_store()?;
    context.report(
        || json!({"databases": compacted.iter().map(as_json).collect::<Vec<_>>()}),
        || compacted.iter().map(line).collect::<Vec<_>>().join("\n"),
    )
}

fn as_json(database: &CompactedDatabase) -> Value {
    let CompactedDatabase { path, before, after } = database;
    json!({"path": location(path), "before": before, "after": after})
}

fn line(database: &CompactedDatabase) -> String {
    let CompactedDatabase { path, before, after } = database;
    format!("{}: {}, was {}", shown(path), DecimalBytes(*after), DecimalBytes(*before))
}
