//! Files that may still be written to are opened when they have settled. What has settled stays so while its stamp is
//! the same.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::app::scan::plan::{Task, Why};
use crate::file::FileStamp;
use crate::library::{COPY_TIME, age};

/// A file that may still be copied has settled when it is older than this,
const MIN_AGE: Duration = Duration::from_secs(5);
/// and its stamp was the same so long ago.
const UNCHANGED_TIME: Duration = Duration::from_secs(2);

/// Files that are due within this time of each other are looked at together.
const GROUPING_TIME: Duration = Duration::from_millis(500);

/// Files that are not opened yet.
#[derive(Debug, Default)]
pub(crate) struct Debounce {
    held: HashMap<PathBuf, Held>,
}

#[derive(Debug)]
struct Held {
    stamp: FileStamp,
    since: Instant,
    /// When to look again; none: it has settled, and may not have been opened yet.
    look: Option<Instant>,
}

impl Debounce {
    /// Retains the tasks whose files have settled; the others are to be looked at again. `was_closed` says whether a
    /// file's writer has closed it.
    pub(crate) fn retain_settled(
        &mut self,
        tasks: &mut Vec<Task>,
        mut was_closed: impl FnMut(&Path) -> bool,
        now: Instant,
    ) {
        tasks.retain(|task| {
            if matches!(task.why, Why::Audit | Why::BackFill(_) | Why::Measure(_) | Why::Redecode(_)) {
                // It is as it was when it was opened.
                return true;
            }
            // All songs of an album in one file settle with it.
            let path = task.file.audio();
            let stamp = task.file.stamp;
            let age = age(&stamp);
            let closed = was_closed(path);
            let same = self.held.get(path).filter(|held| held.stamp == stamp);
            let has_settled = same.is_some_and(|held| held.look.is_none());
            let since = same.map_or(now, |held| held.since);
            let seen = now.saturating_duration_since(since);
            // A clock that is ahead, as of another machine, makes a file younger than it is.
            let is_old_enough = age.unwrap_or_default() >= MIN_AGE || seen >= MIN_AGE;
            if age.is_some_and(|age| age >= COPY_TIME) {
                self.held.remove(path);
                return true;
            }
            // What has settled is remembered: a pass that is cut short leaves it to the next one.
            let is_settled = has_settled || closed || seen >= UNCHANGED_TIME && is_old_enough;
            let look = now
                + GROUPING_TIME
                + UNCHANGED_TIME.max(MIN_AGE.saturating_sub(age.unwrap_or_default().max(seen)));
            let look = Some(look).filter(|_| !is_settled);
            self.held.insert(path.to_owned(), Held { stamp, since, look });
            is_settled
        });
    }

    /// Files that are to be looked at now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<PathBuf> {
        let is_due = |held: &Held| held.look.is_some_and(|look| look <= now + GROUPING_TIME);
        let due = self.held.iter_mut().filter(|(_, held)| is_due(held));
        let due = due.map(|(path, held)| {
            // Whatever becomes of this look, it is not repeated at once.
            held.look = Some(now + COPY_TIME);
            path.clone()
        });
        due.collect()
    }

    /// Forgets what has been held for long: it is gone, or was opened in another way.
    pub(super) fn forget(&mut self, now: Instant) {
        self.held.retain(|_, held| now.saturating_duration_since(held.since) < 4 * COPY_TIME);
    }

    /// When the next file that has not settled is to be looked at.
    pub(super) fn next(&self) -> Option<Instant> {
        self.held.values().filter_map(|held| held.look).min()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::library::FoundFile;

    fn task(age: u64) -> Task {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as i64;
        let ctime = Some(now - age as i64 * 1_000_000_000);
        let stamp = FileStamp { size: age, mtime: 0, ctime, inode: Some(1) };
        let file = FoundFile { path: "a".into(), stamp, device: 1, section: None };
        Task { file, why: Why::New, spaces: vec![] }
    }

    fn is_settled(debounce: &mut Debounce, task: &Task, closed: bool, now: Instant) -> bool {
        let mut tasks = vec![task.clone()];
        debounce.retain_settled(&mut tasks, |_| closed, now);
        !tasks.is_empty()
    }

    #[test]
    fn a_file_has_settled_when_closed_or_grown_or_twice_the_same() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let fresh = Debounce::default;
        assert!(is_settled(&mut fresh(), &task(61), false, begin), "grown");
        assert!(is_settled(&mut fresh(), &task(0), true, begin), "closed");
        assert!(!is_settled(&mut fresh(), &task(6), false, begin), "seen once");
        let (mut debounce, six) = (fresh(), task(6));
        assert!(!is_settled(&mut debounce, &six, false, begin));
        assert_eq!((debounce.due(at(1)), debounce.due(at(2))), (vec![], vec![PathBuf::from("a")]));
        assert!(!is_settled(&mut debounce, &six, false, at(1)), "seen twice within a second");
        assert!(is_settled(&mut debounce, &six, false, at(2)), "seen twice");
        assert!(is_settled(&mut debounce, &six, false, at(2)), "and stays so for the pass that opens it");
        assert_eq!(debounce.next(), None);
        debounce.forget(at(240));
        assert!(!is_settled(&mut debounce, &six, false, at(240)), "forgotten when it is long grown");
        let mut debounce = fresh();
        assert!(is_settled(&mut debounce, &six, true, begin));
        assert!(is_settled(&mut debounce, &six, false, begin), "closed is closed");
        let (mut debounce, one) = (fresh(), task(1));
        assert!(!is_settled(&mut debounce, &one, false, begin));
        assert!(!is_settled(&mut debounce, &one, false, at(2)), "twice, and too young");
        assert!(is_settled(&mut debounce, &one, false, at(5)));
        let mut debounce = fresh();
        assert!(!is_settled(&mut debounce, &task(6), false, begin));
        assert!(!is_settled(&mut debounce, &task(7), false, at(3)), "it has changed");
    }
}
