//! `indexer store check`: what is whole in the store, and what is not.

use indexer::{DatabaseCheck, location};
use serde_json::{Value, json};

use crate::cli::context::CommandContext;
use crate::cli::ui::exit::ExitStatus;
use crate::cli::ui::print::{counted, shown};

pub(super) fn run(repair: bool, context: &CommandContext) -> anyhow::Result<ExitStatus> {
    let checks = context.index().check_store(repair)?;
    let is_whole = checks.iter().all(|check| check.is_whole() || check.set_aside.is_some());
    context.answer(
        || json!({"databases": checks.iter().map(as_json).collect::<Vec<_>>()}),
        || as_text(&checks),
    )?;
    Ok(if is_whole { ExitStatus::Done } else { ExitStatus::Failed })
}

fn as_json(check: &DatabaseCheck) -> Value {
    json!({
        "path": location(&check.path),
        "whole": check.whole,
        "lost": check.lost,
        "broken": check.broken,
        "set_aside": check.set_aside.as_ref().map(|path| location(path)),
    })
}

fn as_text(checks: &[DatabaseCheck]) -> String {
    let mut lines: Vec<_> = checks.iter().map(line).collect();
    let is_damaged = |check: &DatabaseCheck| !check.is_whole();
    if checks.iter().any(|check| is_damaged(check) && check.set_aside.is_none()) {
        lines.push(
            "`indexer store check --repair` keeps what is whole; `indexer scan` then makes the rest again"
                .into(),
        );
    } else if checks.iter().any(is_damaged) {
        lines.push("`indexer scan` makes again what is lost of the library".into());
    }
    lines.join("\n")
}

fn line(check: &DatabaseCheck) -> String {
    let rows = counted(check.whole as usize, "row");
    let mut text = format!("{}: {rows} whole", shown(&check.path));
    for (table, lost) in &check.lost {
        text += &format!(", {lost} of {table} lost");
    }
    if let Some(reason) = &check.broken {
        text += &format!("; others may not be found: {reason}");
    }
    if let Some(aside) = &check.set_aside {
        text += &format!("; replaced, and kept as {}", shown(aside));
    }
    text
}
