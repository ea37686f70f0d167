//! The summary of `cluster` in text and JSON; `run` and `runs restore` print the same.

use indexer::{ClusterSummary, Explain, PlaylistSummary, Song, location};
use serde_json::{Value, json};

use super::explain;
use super::print::{counted, one_line, print, print_json, shown};
use crate::cli::context::CommandContext;

/// Prints a summary in the form that was asked for.
pub(crate) fn show(
    summary: &ClusterSummary,
    explain: Option<&Explain>,
    context: &CommandContext,
    json: Value,
) -> std::io::Result<()> {
    if context.config.json {
        return print_json(&json);
    }
    if !context.config.silent {
        overview(summary)?;
    }
    // --silent leaves out the summary, not the reasons that were asked for.
    match (explain, &summary.why) {
        (Some(explain), Some(why)) => {
            let gap = if context.config.silent { "" } else { "\n" };
            print(&format!("{gap}{}", explain::as_text(explain, why, summary)))
        }
        _ => Ok(()),
    }
}

/// A line on each playlist, and one on all of them.
fn overview(summary: &ClusterSummary) -> std::io::Result<()> {
    let names: Vec<_> = summary.playlists.iter().map(|list| one_line(&list.name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    for (list, name) in summary.playlists.iter().zip(names) {
        let songs = if list.size == 1 { "song" } else { "songs" };
        let was = list.was.as_ref().map(|was| format!(", was \"{}\"", one_line(was))).unwrap_or_default();
        print(&format!("{name:width$}  {:>5} {songs:5}  {}{was}", list.size, change(list)))?;
    }
    let covered = 100.0 * summary.coverage;
    let partial = if summary.coverage < 1.0 {
        let method =
            if summary.method == "mfcc" { String::new() } else { format!(" --method {}", summary.method) };
        format!(" ({covered:.0} % of the library: run `indexer scan{method}` for the rest)")
    } else {
        String::new()
    };
    let seconds: f64 = summary.seconds.iter().map(|(_, seconds)| seconds).sum();
    match summary.noise {
        0 => {}
        1 => print("1 track is like no others and in no playlist")?,
        noise => print(&format!("{noise} tracks are like no others and in no playlist"))?,
    }
    let tracks = counted(summary.tracks, "track");
    let lists = counted(summary.playlists.len(), "playlist");
    let filtered = match summary.filtered {
        0 => String::new(),
        filtered => format!(", {filtered} filtered out"),
    };
    print(&format!("{tracks}{partial} in {lists}{filtered}, {seconds:.1} s"))
}

/// What changed since the set's last run; for a new playlist what it is like.
fn change(list: &PlaylistSummary) -> String {
    let churn = &list.churn;
    if list.is_new {
        let stem = |song: &Song| shown(song.path.file_stem().unwrap_or_default().as_ref());
        return list.typical.iter().map(stem).collect::<Vec<_>>().join(", ");
    }
    if churn.added + churn.removed == 0 {
        return "unchanged".to_owned();
    }
    let kept = 100.0 * churn.kept as f64 / (churn.kept + churn.removed).max(1) as f64;
    format!("+{} −{}, {kept:.0} % kept", churn.added, churn.removed)
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
    let curve = summary.n_curve.iter().map(|(n, silhouette)| json!({ "n": n, "silhouette": silhouette }));
    let seconds = summary.seconds.iter().map(|(stage, seconds)| ((*stage).to_owned(), json!(seconds)));
    let mut json = json!({
        "set": summary.set,
        "run": summary.run.to_string(),
        "method": summary.method,
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
    });
    if let Some(why) = &summary.why {
        json["explain"] = explain::as_json(why);
    }
    json
}
