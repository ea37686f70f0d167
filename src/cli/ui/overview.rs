//! The table of `cluster`: a row on each playlist, on those that are gone, and lines on all of them.

use indexer::{ClusterSummary, PlaylistSummary, Targets};

use super::print::{counted, home, one_line};
use super::songs::label;
use super::table::{Align, Table};
use super::text::Text;

/// From how many percent on a fresh grouping is worth a line.
const WORTH_TELLING: f64 = 5.0;

/// What a run made, and what has changed.
pub(crate) fn overview(summary: &ClusterSummary, targets: &Targets) -> Table {
    let mut table = Table::new(&[Align::Left, Align::Right]);
    // In a first run everything is new: no row need say it.
    let is_first = summary.gone.is_empty() && summary.playlists.iter().all(|list| list.is_new);
    for list in &summary.playlists {
        let name = Text::bold(one_line(&list.name));
        table.row([name, songs(list.size).into(), change(list, is_first)]);
    }
    for gone in &summary.gone {
        let places = places(gone.size, &gone.to);
        table.row([Text::bold(one_line(&gone.name)), Text::red("gone").and(format!(": {places}"))]);
    }
    match summary.noise {
        0 => {}
        1 => table.line("1 track is like no others and in no playlist"),
        noise => table.line(format!("{noise} tracks are like no others and in no playlist")),
    }
    table.line(totals(summary));
    regrouping(summary).into_iter().for_each(|line| table.line(line));
    written(summary, targets).into_iter().for_each(|line| table.line(line));
    table
}

/// A number of songs, so that numbers stand below each other.
pub(crate) fn songs(number: usize) -> String {
    let padding = if number == 1 { " " } else { "" };
    counted(number, "song") + padding
}

/// Where the songs of a playlist are that is gone.
pub(crate) fn places(size: usize, to: &[(String, usize)]) -> String {
    let there: usize = to.iter().map(|(_, songs)| songs).sum();
    let lost = size.saturating_sub(there);
    let names = match to {
        [] if lost == 0 => return "it had no songs".to_owned(),
        [] if lost == 1 => return "its one song is no longer there".to_owned(),
        [] => return format!("its {lost} songs are no longer there"),
        [(name, _)] => one_line(name),
        _ => to
            .iter()
            .map(|(name, songs)| format!("{} {songs}", one_line(name)))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let rest = if lost > 0 { format!("; {lost} no longer there") } else { String::new() };
    format!("{} to {names}{rest}", counted(there, "song"))
}

/// What changed since the set's last run; for a new playlist what it is like.
fn change(list: &PlaylistSummary, is_first: bool) -> Text {
    let churn = &list.churn;
    let mut text = if list.is_new {
        let typical = list.typical.iter().map(label).collect::<Vec<_>>().join("; ");
        let new = if is_first { Text::default() } else { Text::green("new").and(": ") };
        new.and(typical)
    } else if churn.added + churn.removed == 0 {
        Text::dim("unchanged")
    } else {
        let kept = 100.0 * churn.kept as f64 / (churn.kept + churn.removed).max(1) as f64;
        difference(churn.added, churn.removed).and(format!(", {kept:.0} % kept"))
    };
    if let Some(was) = &list.was {
        text = text.and(format!("  was \"{}\"", one_line(was)));
    }
    text
}

/// `+2 −1`, in colours where there is something.
pub(crate) fn difference(added: usize, removed: usize) -> Text {
    let (plus, minus) = (format!("+{added}"), format!("−{removed}"));
    let plus = if added > 0 { Text::green(plus) } else { plus.into() };
    plus.and(" ").and(if removed > 0 { Text::red(minus) } else { minus.into() })
}

fn totals(summary: &ClusterSummary) -> String {
    let covered = 100.0 * summary.coverage;
    let partial = if summary.coverage < 1.0 {
        let method =
            if summary.method == "mfcc" { String::new() } else { format!(" --method {}", summary.method) };
        format!(" ({covered:.0} % of the library: run `indexer scan{method}` for the rest)")
    } else {
        String::new()
    };
    let seconds: f64 = summary.seconds.iter().map(|(_, seconds)| seconds).sum();
    let tracks = counted(summary.tracks, "track");
    let lists = counted(summary.playlists.len(), "playlist");
    let filtered = match summary.filtered {
        0 => String::new(),
        filtered => format!(", {filtered} filtered out"),
    };
    format!("{tracks}{partial} in {lists}{filtered}, {seconds:.1} s")
}

/// What grouping afresh would bring, or has brought.
fn regrouping(summary: &ClusterSummary) -> Option<String> {
    match (summary.is_regrouped, summary.regroup_gain) {
        (true, Some(gain)) => Some(format!("regrouped: a fresh grouping fits {gain:.0} % better")),
        (true, None) => Some("regrouped".to_owned()),
        (false, Some(gain)) if gain >= WORTH_TELLING => {
            Some(format!("a fresh grouping would fit {gain:.0} % better: --regroup"))
        }
        (false, _) => None,
    }
}

/// Where the playlists were written.
fn written(summary: &ClusterSummary, targets: &Targets) -> Option<String> {
    if summary.is_dry_run {
        return Some("dry run: nothing was written".to_owned());
    }
    let mut formats = targets.formats.clone();
    formats.sort_unstable();
    formats.dedup();
    let lists = summary.playlists.iter().filter(|list| list.file.is_some()).count();
    let folder = summary.folder.as_ref();
    let files =
        folder.map(|folder| format!("{} in {}", counted(lists * formats.len(), "file"), home(folder)));
    let output = summary.output.as_ref().map(|output| format!("all playlists in {}", home(output)));
    match (files, output) {
        (Some(files), Some(output)) => Some(format!("{files}; {output}")),
        (None, None) if summary.document.is_some() => None,
        (None, None) => Some("no files written: --playlists DIR writes them".to_owned()),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_says_where_its_songs_are() {
        let to = |lists: &[(&str, usize)]| -> Vec<(String, usize)> {
            lists.iter().map(|(name, songs)| ((*name).to_owned(), *songs)).collect()
        };
        for (size, lists, expected) in [
            (15, &[("Classical", 10), ("Folk", 5)][..], "15 songs to Classical 10, Folk 5"),
            (18, &[("Classical", 10), ("Folk", 5)], "15 songs to Classical 10, Folk 5; 3 no longer there"),
            (15, &[("Classical", 15)], "15 songs to Classical"),
            (2, &[("Classical", 1)], "1 song to Classical; 1 no longer there"),
            (3, &[], "its 3 songs are no longer there"),
            (1, &[], "its one song is no longer there"),
            (0, &[], "it had no songs"),
        ] {
            assert_eq!(places(size, &to(lists)), expected);
        }
    }
}
