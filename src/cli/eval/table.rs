//! What `eval` says to people: a table of groupings, a line on each method, and a command to type.

use std::path::Path;

use indexer::{EvalReport, GroupingScores, LearnFrom, LearnedGain, MethodScores, Reason, Share};

use crate::cli::ui::print::{counted, home, one_line};
use crate::cli::ui::screen::Screen;
use crate::cli::ui::table::{Column, TextTable};
use crate::cli::ui::text::Text;

pub(super) fn as_text(report: &EvalReport, plot: Option<&Path>) -> String {
    let screen = Screen::stdout();
    let mut parts = vec![head(report), groupings(report).text(&screen)];
    let neighbours = neighbours(report);
    parts.extend((!neighbours.is_empty()).then(|| neighbours.join("\n")));
    let plotted = plot.map_or(String::new(), |file| format!("\nthe curves are in {}", home(file)));
    parts.push(recommendation(report) + &plotted);
    parts.join("\n\n")
}

/// What was measured.
pub(super) fn head(report: &EvalReport) -> String {
    let mut text = counted(report.songs, "song");
    if report.grouped < report.songs {
        text += &format!(", of which {} are grouped", report.grouped);
    }
    text += &format!(", by {}", report.algorithm);
    if let Some(from) = report.learn_from {
        text += &format!(", learned from {}s", from.name());
    }
    let Some(labels) = &report.labels else {
        return text + "; no two genres with five songs in the tags: --labels FILE.csv gives labels";
    };
    let (number, songs) = (labels.labels, counted(labels.songs, "song"));
    match &labels.file {
        Some(file) => text + &format!("; {} of {songs} in {}", counted(number, "label"), home(file)),
        None => text + &format!("; {} in the tags of {songs}", counted(number, "genre")),
    }
}

fn groupings(report: &EvalReport) -> TextTable {
    let columns: Vec<_> = [Column::Name].into_iter().chain([Column::Right; 8]).collect();
    let mut table = TextTable::new(&columns).keeping(0);
    let heads =
        ["method", "n  ", "silhouette", "Davies-B.", "Calinski-H.", "stability", "NMI", "ARI", "purity"];
    row(&mut table, heads.map(Text::from), report);
    for method in &report.methods {
        for (number, scores) in method.groupings.iter().enumerate() {
            let name = if number == 0 { one_line(&method.method) } else { String::new() };
            row(&mut table, cells(name, scores, scores.n == method.n), report);
        }
    }
    table
}

/// Adds a row: without its last three cells where there are no labels.
fn row(table: &mut TextTable, cells: [Text; 9], report: &EvalReport) {
    let [a, b, c, d, e, f, g, h, i] = cells;
    match report.labels {
        Some(_) => table.row([a, b, c, d, e, f, g, h, i, Text::default()]),
        None => table.row([a, b, c, d, e, f, Text::default()]),
    }
}

fn cells(name: String, row: &GroupingScores, is_best: bool) -> [Text; 9] {
    let number = |value: Option<f64>, digits: usize| match value {
        Some(value) => format!("{value:.digits$}").into(),
        None => Text::dim("–"),
    };
    [
        name.into(),
        if is_best { Text::bold(format!("{} <", row.n)) } else { format!("{}  ", row.n).into() },
        number(row.silhouette, 3),
        number(row.davies_bouldin, 3),
        number(row.calinski_harabasz, 1),
        number(row.stability, 3),
        number(row.nmi, 3),
        number(row.ari, 3),
        number(row.purity, 3),
    ]
}

/// Lines on the nearest songs in each method, and on what a learned metric would change.
fn neighbours(report: &EvalReport) -> Vec<String> {
    let width = report.methods.iter().map(|method| method.method.chars().count()).max().unwrap_or_default();
    report.methods.iter().flat_map(|method| lines(method, width)).collect()
}

fn lines(method: &MethodScores, width: usize) -> Vec<String> {
    let name = one_line(&method.method);
    let mut lines = Vec::new();
    if let Some(votes) = method.label_votes {
        lines.push(format!(
            "{name:width$}  the 5 nearest songs of other artists vote for the right label: {}",
            percent(votes)
        ));
    }
    if let Some(hits) = method.artist_hits {
        lines
            .push(format!("{name:width$}  the artist is among the 5 nearest songs again: {}", percent(hits)));
    }
    lines.extend(method.learned.iter().map(|gain| format!("{name:width$}  {}", learned(gain))));
    lines
}

fn percent(share: Share) -> String {
    format!("{:.1} % ± {:.1} of {}", 100.0 * share.share, 100.0 * share.error, counted(share.songs, "song"))
}

/// What a learned metric is worth.
pub(super) fn learned(gain: &LearnedGain) -> String {
    let kind = if gain.is_by_label { "label" } else { "artist" };
    let (before, after) = (100.0 * gain.before, 100.0 * gain.after);
    let worth = match gain.is_certain() {
        true => "worth it",
        false if after - before > 0.0 => "perhaps worth it",
        false => "not worth it",
    };
    let from = gain.from.name();
    let margin = 100.0 * gain.error;
    format!(
        "--learn-from {from}, for artists it has not seen: the {kind} is right in {after:.1} % instead of {before:.1} % \
         ± {margin:.1}: {worth}"
    )
}

/// What to type, and why.
pub(super) fn recommendation(report: &EvalReport) -> String {
    let best = &report.recommended;
    let why = match best.reason {
        Reason::Only => "",
        Reason::Labels => ": its nearest songs have the right label most often",
        Reason::Artists => ": its nearest songs are by the same artist most often",
        Reason::Stability => ": its playlists are the most stable",
    };
    let learn_from = best.learn_from.map(LearnFrom::name);
    let learn_from = learn_from.map_or(String::new(), |from| format!(" --learn-from {from}"));
    let (method, n) = (one_line(&best.method), best.n);
    format!("recommended{why}\n    indexer cluster --method {method} --n {n}{learn_from}")
}
