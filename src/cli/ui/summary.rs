//! The summary of `cluster` in text and JSON; `run` and `runs restore` print the same.

use indexer::{ClusterSummary, Explain, LearnFrom, Targets, location};
use serde_json::{Value, json};

use super::print::{print_bytes, print_json, print_to_stderr};
use super::{explain, overview::overview, screen::Screen, table::TextTable};
use crate::cli::context::CommandContext;

/// Prints a summary in the form that was asked for, and logs its lines. Where stdout has the playlists themselves, all
/// else goes to stderr.
pub(crate) fn show(
    summary: &ClusterSummary,
    explain: Option<&Explain>,
    targets: &Targets,
    context: &CommandContext,
    json: Value,
) -> std::io::Result<()> {
    let table = overview(summary, targets);
    table.log();
    if context.config.json {
        return print_json(&json);
    }
    let is_silent = context.config.silent;
    // --silent leaves out the summary, not the reasons that were asked for.
    let reasons = explain.zip(summary.why.as_ref());
    let reasons = reasons.map(|(explain, why)| explain::as_table(explain, why, summary));
    let mut tables: Vec<TextTable> = Vec::new();
    tables.extend(Some(table).filter(|_| !is_silent));
    tables.extend(reasons);
    if let Some(document) = &summary.document {
        print_bytes(document)?;
        let lines = tables.iter().flat_map(|table| table.lines(&Screen::stderr()));
        lines.for_each(|line| print_to_stderr(&line));
        return Ok(());
    }
    for (number, table) in tables.iter_mut().enumerate() {
        if number > 0 {
            print_bytes(b"\n")?;
        }
        table.print()?;
    }
    Ok(())
}

pub(crate) fn as_json(summary: &ClusterSummary) -> Value {
    let playlists = summary.playlists.iter().map(|list| {
        json!({
            "id": list.id,
            "name": list.name,
            "was": list.was,
            "file": list.file.as_ref().map(|path| location(path)),
            "size": list.size,
            "added": list.churn.added,
            "removed": list.churn.removed,
            "kept": list.churn.kept,
        })
    });
    let gone = summary.gone.iter().map(|gone| gone_as_json(gone.id, &gone.name, gone.size, &gone.to));
    let curve = summary.n_curve.iter().map(|(n, silhouette)| json!({ "n": n, "silhouette": silhouette }));
    let seconds = summary.seconds.iter().map(|(stage, seconds)| ((*stage).to_owned(), json!(seconds)));
    let mut json = json!({
        "set": summary.set,
        "run": summary.run.to_string(),
        "method": summary.method,
        "learn_from": summary.learn_from.map(LearnFrom::name),
        "algorithm": summary.algorithm,
        "n": summary.n,
        "n_curve": curve.collect::<Vec<_>>(),
        "tracks": summary.tracks,
        "filtered": summary.filtered,
        "coverage": summary.coverage,
        "noise": summary.noise,
        "inertia": summary.inertia,
        "silhouette": summary.silhouette,
        "seconds": seconds.collect::<serde_json::Map<_, _>>(),
        "playlists": playlists.collect::<Vec<_>>(),
        "gone": gone.collect::<Vec<_>>(),
        "regroup_gain": summary.regroup_gain,
        "regrouped": summary.is_regrouped,
        "folder": summary.folder.as_deref().map(location),
        "output": summary.output.as_deref().map(location),
        "dry_run": summary.is_dry_run,
    });
    if let Some(why) = &summary.why {
        json["explain"] = explain::as_json(why);
    }
    json
}

/// A playlist that is gone, and the playlists in which its songs are now.
pub(crate) fn gone_as_json(id: u32, name: &str, size: usize, to: &[(String, usize)]) -> Value {
    let to = to.iter().map(|(name, songs)| json!({"name": name, "songs": songs}));
    json!({"id": id, "name": name, "size": size, "to": to.collect::<Vec<_>>()})
}
