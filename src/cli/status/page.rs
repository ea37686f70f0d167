//! The page that `indexer status` prints: rows of a heading and what is said, which fit a terminal of 80 columns.

use std::path::Path;
use std::time::Duration;

use indexer::{
    Activity, DaemonState, IndexStatus, Moment, RootStatus, SetStatus, SpaceStatus, Status, WatchMode,
};
use indicatif::HumanDuration;

use crate::cli::ui::print::{counted, home, one_line};

/// Columns of a terminal, and of the headings in it.
const WIDTH: usize = 80;
const HEADINGS: usize = 11;

/// No more sets than this are shown.
const MOST_SETS: usize = 5;

/// One row, made of units that are not broken: words, and paths.
#[derive(Default)]
struct Row {
    heading: String,
    units: Vec<String>,
}

impl Row {
    fn of(heading: &str) -> Self {
        Self { heading: heading.to_owned(), units: vec![] }
    }

    fn say(mut self, text: &str) -> Self {
        self.units.extend(text.split_whitespace().map(str::to_owned));
        self
    }

    fn path(mut self, path: &Path, end: &str) -> Self {
        self.units.push(home(path) + end);
        self
    }

    /// The lines of it; a unit that is wider than the page has a line to itself.
    fn lines(&self) -> Vec<String> {
        let (mut lines, mut line) = (Vec::new(), format!("{:HEADINGS$}", self.heading));
        let mut is_begun = false;
        for unit in &self.units {
            let space = usize::from(is_begun);
            if is_begun && line.chars().count() + space + unit.chars().count() > WIDTH {
                lines.push(std::mem::replace(&mut line, " ".repeat(HEADINGS)));
                is_begun = false;
            }
            if is_begun {
                line.push(' ');
            }
            line += &one_line(unit);
            is_begun = true;
        }
        lines.push(line);
        lines
    }
}

/// The whole page as of `now`.
pub(super) fn page(status: &IndexStatus, now: Moment) -> String {
    let IndexStatus { store, counts, playlists, engine, daemon, .. } = status;
    let mut rows = library(counts, now);
    rows.extend(counts.spaces.iter().map(|space| of_space(space, daemon.is_some())));
    match playlists {
        Ok(sets) => rows.extend(of_sets(sets, now)),
        Err(error) => rows.push(Row::of("playlists").say(&one_line(&error.to_string()))),
    }
    if let Some(Err(error)) = engine {
        rows.push(Row::of("engine").say(&format!("none: {}", one_line(&error.to_string()))));
    }
    if counts.failures > 0 {
        let files = counted(counts.failures, "file");
        rows.push(Row::of("failed").say(&format!("{files}: `indexer errors` says why and what to do")));
    }
    if counts.partial > 0 {
        let songs = counted(counts.partial, "song");
        rows.push(
            Row::of("partial").say(&format!("{songs}: `indexer errors --kind partial` says what is missing")),
        );
    }
    if counts.damaged > 0 {
        let damaged = counted(counts.damaged, "row");
        rows.push(
            Row::of("damaged").say(&format!("{damaged} of the store: `indexer store check` says what to do")),
        );
    }
    rows.extend(of_daemon(daemon.as_ref(), now));
    rows.push(Row::of("store").path(store, ""));
    rows.iter().flat_map(Row::lines).collect::<Vec<_>>().join("\n")
}

fn library(counts: &Status, now: Moment) -> Vec<Row> {
    let (songs, length) = (counted(counts.tracks, "song"), length(counts.seconds));
    let mut rows = vec![Row::of("library").say(&format!("{songs}, {length} of music"))];
    let last = counts.roots.iter().filter_map(|root| root.scanned).max();
    rows.extend(counts.roots.iter().map(|root| of_root(root, last, now)));
    let scanned = last.map_or_else(|| "never".to_owned(), |last| ago(last, now));
    rows.push(Row::of("scanned").say(&scanned));
    rows
}

/// More seconds than this, and a folder counts as scanned at another time than the rest.
const APART: f64 = 86_400.0;

fn of_root(root: &RootStatus, last: Option<Moment>, now: Moment) -> Row {
    let mut text = counted(root.files, "file");
    if root.missing > 0 {
        text += &format!(", {} missing", root.missing);
    }
    match (root.scanned, last) {
        (Some(scanned), Some(last)) if last.seconds_since(scanned) <= APART => {}
        (Some(scanned), _) => text += &format!(", scanned {}", ago(scanned, now)),
        (None, _) => text += ", never scanned",
    }
    if let Some(reason) = &root.unavailable {
        text += &format!("; unavailable: {}", one_line(reason));
    }
    Row::default().path(&root.path, ":").say(&text)
}

/// How full a space is. Its pace is told only while it is being filled.
fn of_space(space: &SpaceStatus, has_daemon: bool) -> Row {
    let SpaceStatus { stored, wanted, .. } = space;
    let row = Row::of(&space.id.name);
    if stored >= wanted {
        return row.say(&counted(*stored, "song"));
    }
    let percent = 100.0 * *stored as f64 / *wanted as f64;
    let all = counted(*wanted, "song");
    let rest = match &space.pace {
        Some(pace) if pace.is_current => {
            format!(", {:.0} a minute, {} left", pace.rate * 60.0, HumanDuration(span(pace.eta)))
        }
        // The daemon needs nobody to call it.
        _ if has_daemon => String::new(),
        _ => ": `indexer scan` makes the rest".to_owned(),
    };
    // Not rounded up to all while some are left.
    row.say(&format!("{stored} of {all} ({:.0} %){rest}", percent.floor()))
}

fn of_sets(sets: &[SetStatus], now: Moment) -> Vec<Row> {
    if sets.is_empty() {
        return vec![Row::of("playlists").say("none yet: `indexer cluster --playlists DIR` makes some")];
    }
    let mut rows: Vec<_> = sets.iter().take(MOST_SETS).flat_map(|set| of_set(set, now)).collect();
    rows[0].heading = "playlists".to_owned();
    let more = sets.len().saturating_sub(MOST_SETS);
    if more > 0 {
        let more = counted(more, "more set");
        rows.push(Row::default().say(&format!("and {more}: `indexer playlists list` shows all")));
    }
    rows
}

fn of_set(set: &SetStatus, now: Moment) -> [Row; 2] {
    let name = one_line(&set.set);
    let lists = format!("{} with {} (set {name})", set.playlists, counted(set.songs, "song"));
    let mut row = Row::default().say(&lists);
    if set.folders.is_empty() {
        row = row.say("in no files: `indexer cluster --playlists DIR` writes them");
    } else {
        row = row.say("in");
        let last = set.folders.len() - 1;
        for (number, folder) in set.folders.iter().enumerate() {
            row = row.path(folder, if number < last { "," } else { "" });
        }
    }
    let when = ago(set.changed, now);
    let change = match set.counts {
        None => format!("made {when}"),
        Some(counts) => {
            let moves = [(counts.added, "came"), (counts.moved, "moved"), (counts.removed, "left")];
            let moves = moves.into_iter().filter(|(songs, _)| *songs > 0);
            let moves: Vec<_> =
                moves.map(|(songs, what)| format!("{} {what}", counted(songs, "song"))).collect();
            let moves = if moves.is_empty() { "no song moved".to_owned() } else { moves.join(", ") };
            format!("changed {when}: {moves}")
        }
    };
    [row, Row::default().say(&change)]
}

/// Rows on the daemon; what it has not reported is left out.
fn of_daemon(daemon: Option<&Result<DaemonState, u32>>, now: Moment) -> Vec<Row> {
    let row = Row::of("daemon");
    let state = match daemon {
        None => return vec![row.say("not running")],
        Some(Err(pid)) => return vec![row.say(&format!("starting (process {pid})"))],
        Some(Ok(state)) => state,
    };
    let (word, reason) = watch_mode(state);
    let reason = reason.map(|reason| format!(": {}", one_line(reason))).unwrap_or_default();
    let doing = match state.activity {
        Activity::Starting => ", starting".to_owned(),
        Activity::Indexing if state.queue > 0 => {
            let left = state.eta.map(|eta| format!(", {} left", HumanDuration(span(eta))));
            format!(", {} to open{}", counted(state.queue as usize, "file"), left.unwrap_or_default())
        }
        Activity::Indexing => ", looking".to_owned(),
        Activity::Idle => String::new(),
        Activity::Paused => ", paused (SIGUSR2 ends that)".to_owned(),
        Activity::Resting => ", resting until its hours".to_owned(),
    };
    let walked = state.last_walk.map(|walk| format!(", walked {}", ago(walk, now))).unwrap_or_default();
    let mut rows = vec![row.say(&format!("{word}{doing} (process {}){reason}{walked}", state.pid))];
    rows.extend(state.current.as_ref().map(|path| Row::of("now").path(Path::new(path), "")));
    rows.extend(state.last_error.as_ref().map(|error| Row::of("trouble").say(&one_line(error))));
    rows
}

/// How changes are noticed in the folder where that takes longest, and why it is not at once.
pub(super) fn watch_mode(state: &DaemonState) -> (&'static str, Option<&str>) {
    match state.slowest_watch() {
        None | Some(WatchMode::Watching) => ("watching", None),
        Some(WatchMode::Polling(reason)) => ("polling", Some(reason)),
        Some(WatchMode::Degraded(reason)) => ("degraded", Some(reason)),
    }
}

/// How long ago something was, in the largest unit of which there are two; a clock that was set back makes it the future.
fn ago(moment: Moment, now: Moment) -> String {
    let minutes = (now.seconds_since(moment) / 60.0).max(0.0) as usize;
    let (count, unit) = match minutes {
        0 => return "just now".to_owned(),
        1..120 => (minutes, "minute"),
        120..2880 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{} ago", counted(count, unit))
}

fn span(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// A length of music.
fn length(seconds: f64) -> String {
    let (minutes, hours) = (seconds / 60.0, seconds / 3600.0);
    if hours < 1.0 {
        counted(minutes.round() as usize, "minute")
    } else if hours < 10.0 {
        format!("{hours:.1} hours")
    } else {
        counted(hours.round() as usize, "hour")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(second: i64) -> Moment {
        Moment::from_second(second).unwrap()
    }

    #[test]
    fn times_and_lengths_are_those_of_people() {
        let now = moment(1_000_000);
        for (seconds, text) in [
            (-5, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (150, "2 minutes ago"),
            (119 * 60, "119 minutes ago"),
            (2 * 3600, "2 hours ago"),
            (10 * 86_400, "10 days ago"),
        ] {
            assert_eq!(ago(moment(1_000_000 - seconds), now), text);
        }
        for (seconds, text) in [
            (0.0, "0 minutes"),
            (61.0, "1 minute"),
            (3600.0, "1.0 hours"),
            (5.25 * 3600.0, "5.2 hours"),
            (801.4 * 3600.0, "801 hours"),
        ] {
            assert_eq!(length(seconds), text);
        }
    }

    #[test]
    fn rows_fit_a_terminal_and_paths_stay_whole() {
        let path = format!("/{}", "long folder/".repeat(7));
        let row = Row::of("playlists").say(&"word ".repeat(20)).path(Path::new(&path), "").say("end");
        let lines = row.lines();
        assert!(lines[0].starts_with("playlists  word word"), "{lines:?}");
        assert_eq!(lines[2], format!("           {path}"), "{lines:?}");
        assert_eq!(lines[3], "           end");
        assert!(lines[..2].iter().all(|line| line.len() <= WIDTH), "{lines:?}");
    }

    #[test]
    fn folders_of_another_time_or_that_are_gone_say_so() {
        let now = moment(10_000_000);
        let root = |scanned, missing, unavailable: Option<&str>| RootStatus {
            path: "/music".into(),
            files: 1,
            missing,
            unavailable: unavailable.map(str::to_owned),
            scanned,
        };
        for (root, text) in [
            (root(Some(now), 0, None), "1 file"),
            (root(Some(moment(10_000_000 - 3 * 86_400)), 2, None), "1 file, 2 missing, scanned 3 days ago"),
            (root(None, 0, None), "1 file, never scanned"),
            (root(Some(now), 0, Some("it is gone")), "1 file; unavailable: it is gone"),
        ] {
            let lines = of_root(&root, Some(now), now).lines();
            assert_eq!(lines, [format!("           /music: {text}")]);
        }
    }
}
