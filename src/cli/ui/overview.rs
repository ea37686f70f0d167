//! The table of `cluster`: a row on each playlist, on those that are gone, and lines on all of them.

use indexer::{ClusterSummary, PlaylistSummary, Targets};

use super::print::{counted, home, one_line};
use super::songs::label;
use super::table::{Column, TextTable};
use super::text::Text;

/// From how many percent on a fresh grouping is worth a line.
const WORTH_TELLING: f64 = 5.0;

/// What a run made, and what has changed.
pub(crate) fn overview(summary: &ClusterSummary, targets: &Targets) -> TextTable {
    let mut table = TextTable::new(&[Column::Name, Column::Right]);
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
    let mut text = if list.is_new || list.is_back {
        let typical = list.typical.iter().map(label).collect::<Vec<_>>().join("; ");
        let how = if list.is_back { "back" } else { "new" };
        let how = if is_first { Text::default() } else { Text::green(how).and(": ") };
        how.and(typical)
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
        let names = summary.method.split('+').map(|part| part.split(':').next().unwrap_or(part));
        let names = names.collect::<Vec<_>>().join(",");
        let method = if names == "mfcc" { String::new() } else { format!(" --method {names}") };
        format!(" ({covered:.0} % of the library: run `indexer scan{method}` for the rest)")
    } else {
        String::new()
    };
    // A sum of nothing would be -0.0.
    let seconds = summary.seconds.iter().fold(0.0, |sum, (_, seconds)| sum + seconds);
    let tracks = counted(summary.tracks, "track");
    let lists = counted(summary.playlists.len(), "playlist");
    let filtered = match summary.filtered {
        0 => String::new(),
        filtered => format!(", {filtered} filtered out"),
    };
    // The built-in method goes without saying.
    let mut by = if summary.method == "mfcc" { String::new() } else { format!(" by {}", summary.method) };
    if let Some(from) = summary.learn_from {
        by += &format!(", learned from {}s", from.name());
    }
    format!("{tracks}{partial} in {lists}{by}{filtered}, {seconds:.1} s")
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
    use indexer::{Churn, GonePlaylist};

    use super::*;
    use crate::cli::ui::screen::Screen;

    fn list(name: &str, churn: [usize; 3], is_new: bool, was: Option<&str>) -> PlaylistSummary {
        let [added, removed, kept] = churn;
        PlaylistSummary {
            id: 0,
            name: name.to_owned(),
            was: was.map(str::to_owned),
            file: Some("/l/x.m3u8".into()),
            size: added + kept,
            churn: Churn { added, removed, kept },
            is_new,
            is_back: false,
            typical: vec![],
        }
    }

    fn summary(playlists: Vec<PlaylistSummary>, gone: Vec<GonePlaylist>) -> ClusterSummary {
        ClusterSummary {
            set: "mfcc".into(),
            run: serde_json::from_str("\"0a4947cd6d4c\"").unwrap(),
            method: "mfcc".into(),
            learn_from: None,
            algorithm: "kmeans".into(),
            n: playlists.len(),
            n_curve: vec![],
            tracks: playlists.iter().map(|list| list.size).sum(),
            filtered: 0,
            coverage: 1.0,
            noise: 0,
            inertia: 0.0,
            silhouette: None,
            seconds: vec![],
            playlists,
            gone,
            regroup_gain: None,
            is_regrouped: false,
            folder: None,
            output: None,
            document: None,
            is_dry_run: false,
            why: None,
            over_limit_of: None,
        }
    }

    fn lines(summary: &ClusterSummary, formats: &[&str]) -> Vec<String> {
        let formats = formats.iter().map(|name| (*name).to_owned()).collect();
        overview(summary, &Targets { formats, ..Targets::default() }).lines(&Screen::FILE)
    }

    #[test]
    fn every_change_has_its_row() {
        let lists = vec![
            list("Jazz", [12, 4, 86], false, None),
            list("Slow and calm", [0, 0, 1], false, Some("Metal, clear")),
            list("Folk", [3, 0, 0], true, None),
        ];
        let to = vec![("Classical".to_owned(), 10), ("Folk".to_owned(), 5)];
        let gone = GonePlaylist { id: 7, name: "Soundtrack".into(), size: 15, to };
        let summary = ClusterSummary { noise: 1, ..summary(lists, vec![gone]) };
        assert_eq!(
            lines(&summary, &["m3u8"]),
            [
                "Jazz           98 songs  +12 −4, 96 % kept",
                "Slow and calm   1 song   unchanged  was \"Metal, clear\"",
                "Folk            3 songs  new:",
                "Soundtrack     gone: 15 songs to Classical 10, Folk 5",
                "1 track is like no others and in no playlist",
                "102 tracks in 3 playlists, 0.0 s",
                "no files written: --playlists DIR writes them",
            ]
        );
    }

    #[test]
    fn a_gain_is_told_from_five_percent_on() {
        for (gain, is_regrouped, expected) in [
            (None, false, None),
            (Some(4.9), false, None),
            (Some(12.4), false, Some("a fresh grouping would fit 12 % better: --regroup")),
            (Some(31.0), true, Some("regrouped: a fresh grouping fits 31 % better")),
            (Some(1.0), true, Some("regrouped: a fresh grouping fits 1 % better")),
        ] {
            let summary = ClusterSummary { regroup_gain: gain, is_regrouped, ..summary(vec![], vec![]) };
            let lines = lines(&summary, &[]);
            let told = lines.iter().find(|line| line.contains("fresh grouping"));
            assert_eq!(told.map(String::as_str), expected, "{gain:?}");
        }
    }

    #[test]
    fn the_last_line_says_where_the_playlists_are() {
        let (folder, output) = (Some("/l".into()), Some("/p.json".into()));
        let lists = || vec![list("Jazz", [0, 0, 1], false, None), list("Folk", [0, 0, 1], false, None)];
        let last = |summary: ClusterSummary, formats: &[&str]| lines(&summary, formats).pop().unwrap();
        let both =
            ClusterSummary { folder: folder.clone(), output: output.clone(), ..summary(lists(), vec![]) };
        assert_eq!(last(both, &["m3u8", "xspf", "m3u8"]), "4 files in /l; all playlists in /p.json");
        let one = ClusterSummary {
            folder: folder.clone(),
            ..summary(vec![list("A", [0, 0, 1], false, None)], vec![])
        };
        assert_eq!(last(one, &["m3u8"]), "1 file in /l");
        let json = ClusterSummary { output, ..summary(lists(), vec![]) };
        assert_eq!(last(json, &["m3u8"]), "all playlists in /p.json");
        let document = ClusterSummary { document: Some(vec![]), ..summary(lists(), vec![]) };
        assert_eq!(last(document, &[]), "2 tracks in 2 playlists, 0.0 s");
        let dry = ClusterSummary { folder, is_dry_run: true, ..summary(lists(), vec![]) };
        assert_eq!(last(dry, &["m3u8"]), "dry run: nothing was written");
    }

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
