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
    let columns = [Column::Name].into_iter().chain([Column::Right; 8]).collect::<Vec<_>>();
    let mut table = TextTable::new(&columns).keeping(0);
    let has_labels = report.labels.is_some();
    let heads = ["silhouette", "Davies-B.", "Calinski-H.", "stability"];
    let of_labels = if has_labels { ["NMI", "ARI", "purity"] } else { [""; 3] };
    let [a, b, c, d] = heads.map(Text::from);
    let [e, f, g] = of_labels.map(Text::from);
    table.row(["method".into(), "n".into(), a, b, c, d, e, f, g, "".into()]);
    for method in &report.methods {
        for (number, row) in method.groupings.iter().enumerate() {
            let name = if number == 0 { one_line(&method.method) } else { String::new() };
            table.row(cells(name, row, row.n == method.n, has_labels));
        }
    }
    table
}

fn cells(name: String, row: &GroupingScores, is_best: bool, has_labels: bool) -> [Text; 10] {
    let number = |value: Option<f64>, digits: usize| match value {
        Some(value) => format!("{value:.digits$}").into(),
        None => Text::dim("–"),
    };
    let label = |value: Option<f64>| if has_labels { number(value, 3) } else { Text::default() };
    let n = row.n.to_string();
    [
        name.into(),
        if is_best { Text::bold(n) } else { n.into() },
        number(row.silhouette, 3),
        number(row.davies_bouldin, 3),
        number(row.calinski_harabasz, 1),
        number(row.stability, 3),
        label(row.nmi),
        label(row.ari),
        label(row.purity),
        if is_best { "<".into() } else { Text::default() },
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
