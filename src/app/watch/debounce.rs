//! Files that may still be written to: they are opened when they have settled, and tried again when they had not.
//!
//! What has settled stays so while its stamp is the same, until it is grown.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

use crate::{
    app::scan::plan::{Task, Why},
    file::FileStamp,
};

/// A file that is older is no longer being copied.
const GROWN: Duration = Duration::from_secs(60);
/// A younger one has settled when it is older than this,
const YOUNG: Duration = Duration::from_secs(5);
/// and was the same so long ago.
const SAME: Duration = Duration::from_secs(2);

/// Files that came together are looked at together.
const SLACK: Duration = Duration::from_millis(500);

/// A file that failed young is tried again after these, each counted from the last.
const RETRIES: [Duration; 3] =
    [Duration::from_secs(60), Duration::from_secs(5 * 60), Duration::from_secs(25 * 60)];

/// Files that are not opened yet.
#[derive(Debug, Default)]
pub struct Debounce {
    held: HashMap<PathBuf, Held>,
    retries: HashMap<PathBuf, Retry>,
}

#[derive(Debug)]
struct Held {
    stamp: FileStamp,
    since: Instant,
    /// None: it has settled, and may not have been opened yet.
    look: Option<Instant>,
}

#[derive(Debug)]
struct Retry {
    tries: usize,
    due: Instant,
}

impl Debounce {
    /// Leaves the tasks whose files have settled; the others are to be looked at again. `was_closed` tells whether a
    /// file's writer has closed it.
    pub fn sift(&mut self, tasks: &mut Vec<Task>, mut was_closed: impl FnMut(&Path) -> bool, now: Instant) {
        tasks.retain(|task| {
            if matches!(task.why, Why::Audit | Why::BackFill(_)) {
                // It is as it was when it was opened.
                return true;
            }
            let path = &task.file.path;
            let stamp = task.file.stamp;
            let age = age(&stamp);
            let closed = was_closed(path);
            let same = self.held.get(path).filter(|held| held.stamp == stamp);
            let has_settled = same.is_some_and(|held| held.look.is_none());
            let since = same.map_or(now, |held| held.since);
            let seen = now.saturating_duration_since(since);
            // A clock that is ahead, as of another machine, makes a file younger than it is.
            let is_old_enough = age.unwrap_or_default() >= YOUNG || seen >= YOUNG;
            if age.is_some_and(|age| age >= GROWN) {
                self.held.remove(path);
                return true;
            }
            // What has settled is remembered: a pass that is cut short leaves it to the next one.
            let is_ripe = has_settled || closed || seen >= SAME && is_old_enough;
            let look = now + SLACK + SAME.max(YOUNG.saturating_sub(age.unwrap_or_default().max(seen)));
            let look = Some(look).filter(|_| !is_ripe);
            self.held.insert(path.clone(), Held { stamp, since, look });
            is_ripe
        });
    }

    /// Notes what failed: young files are tried again. `again` are those that were.
    pub fn failed<'a>(
        &mut self,
        failed: impl Iterator<Item = &'a PathBuf>,
        again: &[PathBuf],
        is_young: impl Fn(&Path) -> bool,
        now: Instant,
    ) {
        let mut tries: HashMap<PathBuf, usize> = HashMap::new();
        for path in again {
            if let Some(retry) = self.retries.remove(path) {
                tries.insert(path.clone(), retry.tries + 1);
            }
        }
        for path in failed {
            let tries = match tries.get(path) {
                Some(tries) => *tries,
                None if is_young(path) => 0,
                None => continue,
            };
            if let Some(pause) = RETRIES.get(tries) {
                self.retries.insert(path.clone(), Retry { tries, due: now + *pause });
            }
        }
    }

    /// Files that are to be looked at now.
    pub fn due(&mut self, now: Instant) -> Vec<PathBuf> {
        let is_due = |held: &Held| held.look.is_some_and(|look| look <= now + SLACK);
        let due = self.held.iter_mut().filter(|(_, held)| is_due(held));
        let due = due.map(|(path, held)| {
            // Whatever becomes of this look, it is not repeated at once.
            held.look = Some(now + GROWN);
            path.clone()
        });
        due.collect()
    }

    /// Files that are to be tried again now, though they have failed.
    pub fn retries(&self, now: Instant) -> Vec<PathBuf> {
        self.retries.iter().filter(|(_, retry)| retry.due <= now).map(|(path, _)| path.clone()).collect()
    }

    /// Forgets what was held and is not there any more, or was opened by another way.
    pub fn forget(&mut self, now: Instant) {
        self.held.retain(|_, held| now.saturating_duration_since(held.since) < 4 * GROWN);
    }

    /// When a file that has not settled is to be looked at.
    pub fn next_look(&self) -> Option<Instant> {
        self.held.values().filter_map(|held| held.look).min()
    }

    /// When something is due next.
    pub fn next(&self) -> Option<Instant> {
        self.next_look().into_iter().chain(self.retries.values().map(|retry| retry.due)).min()
    }
}

/// Time since a file was last changed in any way; none for one of the future.
fn age(stamp: &FileStamp) -> Option<Duration> {
    let changed = Duration::from_nanos(stamp.ctime.unwrap_or(stamp.mtime).try_into().ok()?);
    SystemTime::UNIX_EPOCH.elapsed().ok()?.checked_sub(changed)
}

/// Whether a file of this stamp may have been opened too early.
pub fn is_young(stamp: &FileStamp) -> bool {
    age(stamp).is_none_or(|age| age < GROWN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::FoundFile;

    fn task(age: u64) -> Task {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as i64;
        let ctime = Some(now - age as i64 * 1_000_000_000);
        let stamp = FileStamp { size: age, mtime: 0, ctime, inode: Some(1) };
        let file = FoundFile { path: "a".into(), stamp, device: 1 };
        Task { file, why: Why::New, spaces: vec![] }
    }

    fn is_ripe(settling: &mut Debounce, task: &Task, closed: bool, now: Instant) -> bool {
        let mut tasks = vec![task.clone()];
        settling.sift(&mut tasks, |_| closed, now);
        !tasks.is_empty()
    }

    #[test]
    fn a_file_has_settled_when_closed_or_grown_or_twice_the_same() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let fresh = Debounce::default;
        assert!(is_ripe(&mut fresh(), &task(61), false, begin), "grown");
        assert!(is_ripe(&mut fresh(), &task(0), true, begin), "closed");
        assert!(!is_ripe(&mut fresh(), &task(6), false, begin), "seen once");
        let (mut settling, six) = (fresh(), task(6));
        assert!(!is_ripe(&mut settling, &six, false, begin));
        assert_eq!((settling.due(at(1)), settling.due(at(2))), (vec![], vec![PathBuf::from("a")]));
        assert!(!is_ripe(&mut settling, &six, false, at(1)), "seen twice within a second");
        assert!(is_ripe(&mut settling, &six, false, at(2)), "seen twice");
        assert!(is_ripe(&mut settling, &six, false, at(2)), "and stays so for the pass that opens it");
        assert_eq!(settling.next(), None);
        settling.forget(at(240));
        assert!(!is_ripe(&mut settling, &six, false, at(240)), "forgotten when it is long grown");
        let mut settling = fresh();
        assert!(is_ripe(&mut settling, &six, true, begin));
        assert!(is_ripe(&mut settling, &six, false, begin), "closed is closed");
        let (mut settling, one) = (fresh(), task(1));
        assert!(!is_ripe(&mut settling, &one, false, begin));
        assert!(!is_ripe(&mut settling, &one, false, at(2)), "twice, and too young");
        assert!(is_ripe(&mut settling, &one, false, at(5)));
        let mut settling = fresh();
        assert!(!is_ripe(&mut settling, &task(6), false, begin));
        assert!(!is_ripe(&mut settling, &task(7), false, at(3)), "it has changed");
    }

    #[test]
    fn a_file_that_failed_young_is_tried_three_times_more() {
        let (mut settling, mut now, a) = (Debounce::default(), Instant::now(), PathBuf::from("a"));
        settling.failed([&a, &PathBuf::from("b")].into_iter(), &[], |path| path == a, now);
        for pause in RETRIES {
            assert!(settling.retries(now + pause / 2).is_empty());
            now += pause;
            let again = settling.retries(now);
            assert_eq!(again, std::slice::from_ref(&a));
            settling.failed([&a].into_iter(), &again, |_| false, now);
        }
        assert_eq!(settling.next(), None);
    }

    #[test]
    fn a_file_that_was_mended_is_not_tried_again() {
        let (mut settling, now, a) = (Debounce::default(), Instant::now(), PathBuf::from("a"));
        settling.failed([&a].into_iter(), &[], |_| true, now);
        settling.failed([].into_iter(), std::slice::from_ref(&a), |_| true, now);
        assert_eq!(settling.next(), None);
    }
}
