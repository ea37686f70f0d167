//! Where something has changed, by folder, until it has been quiet there for a while.

use std::{
    collections::{BTreeSet, HashMap},
    ffi::OsString,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::library::{discarded::is_marker, rules::Rules};

/// A folder is looked at when nothing has changed in it for so long,
const QUIET_TIME: Duration = Duration::from_secs(1);
/// or when it has been changing for so long.
const MAX_DELAY: Duration = Duration::from_secs(30);
/// A folder that has appeared, or gone, is looked at once more after so long: what was put into it before it was watched
/// gave no event.
const SECOND_LOOK_DELAY: Duration = Duration::from_secs(4);
/// More marks than this in one folder mark all of it,
const MAX_NAMES: usize = 32;
/// and more folders than this everything.
const MAX_FOLDERS: usize = 1024;

/// Marked paths.
#[derive(Debug)]
pub(crate) struct Marks {
    rules: Rules,
    /// What is discarded below these marks nothing.
    roots: Vec<PathBuf>,
    folders: HashMap<PathBuf, Marked>,
    second_looks: HashMap<PathBuf, Instant>,
    /// Files whose writers have closed them.
    closed: HashMap<PathBuf, Instant>,
    /// Events were lost: when first, and when something last changed.
    lost: Option<(Instant, Instant)>,
    /// Why events do not come any more.
    pub watch_error: Option<String>,
}

#[derive(Debug)]
struct Marked {
    first: Instant,
    last: Instant,
    /// Marked in the folder, and whether that may be a folder; none: all of it.
    names: Option<BTreeSet<(OsString, bool)>>,
}

/// When what changed at first and last is looked at.
fn due(first: Instant, last: Instant) -> Instant {
    (last + QUIET_TIME).min(first + MAX_DELAY)
}

/// What is due.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Due {
    /// Events were lost: everything is to be looked at, and watched anew.
    pub everything: bool,
    pub paths: Vec<PathBuf>,
}

impl Marks {
    pub(crate) fn new(rules: Rules) -> Self {
        let (folders, second_looks, closed) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { rules, roots: Vec::new(), folders, second_looks, closed, lost: None, watch_error: None }
    }

    /// From now on, changes come from below these folders.
    pub(crate) fn watch(&mut self, roots: &[PathBuf]) {
        self.roots = roots.to_vec();
    }

    /// Whether a path below a root lies in a folder that is not entered, or may be one.
    fn is_discarded(&self, path: &Path, is_file: bool) -> bool {
        let inside = self.roots.iter().find_map(|root| path.strip_prefix(root).ok());
        let discarded = &self.rules.discarded;
        let is_one =
            |inside: &Path| !is_file && inside.file_name().is_some_and(|name| discarded.contain(name));
        inside.is_some_and(|inside| discarded.hold(inside) || is_one(inside))
    }

    /// Marks a change of `path`; `is_folder` is none where it may have been either. Whether the change matters.
    pub(crate) fn mark(
        &mut self,
        path: &Path,
        is_folder: Option<bool>,
        is_closed: bool,
        now: Instant,
    ) -> bool {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return false };
        if self.lost.is_some() {
            return self.lose(now);
        }
        let is_rules = is_marker(name);
        // A link is no folder to the kernel, and may lead to one.
        let is_folder = is_folder.filter(|is_folder| *is_folder || is_closed || !self.rules.follow_links);
        let is_wanted = self.rules.wants(path) || self.rules.is_sheet(path);
        let is_file = is_folder == Some(false) || is_folder.is_none() && is_wanted;
        if self.is_discarded(path, is_file || is_rules) {
            return false;
        }
        if !is_rules && (is_file && !is_wanted || self.rules.hides(name)) {
            return false;
        }
        if self.folders.len() >= MAX_FOLDERS && !self.folders.contains_key(folder) {
            return self.lose(now);
        }
        if is_closed && self.closed.len() < MAX_FOLDERS * MAX_NAMES {
            self.closed.insert(path.to_owned(), now);
        }
        let new = || Marked { first: now, last: now, names: Some(BTreeSet::new()) };
        let marked = self.folders.entry(folder.to_owned()).or_insert_with(new);
        marked.last = now;
        if let Some(names) = &mut marked.names {
            names.insert((name.to_owned(), !is_file));
            if is_rules || names.len() > MAX_NAMES {
                marked.names = None;
            }
        }
        true
    }

    /// Notes that events have been lost, which always matters.
    pub(crate) fn lose(&mut self, now: Instant) -> bool {
        self.folders.clear();
        self.second_looks.clear();
        let first = self.lost.map_or(now, |(first, _)| first);
        self.lost = Some((first, now));
        true
    }

    /// Whether a file's writer has closed it; asking forgets it.
    pub(crate) fn was_closed(&mut self, path: &Path) -> bool {
        self.closed.remove(path).is_some()
    }

    /// When something is due next.
    pub(crate) fn next(&self) -> Option<Instant> {
        let folders = self.folders.values().map(|marked| due(marked.first, marked.last));
        let lost = self.lost.map(|(first, last)| due(first, last));
        folders.chain(self.second_looks.values().copied()).chain(lost).min()
    }

    /// Takes what is due.
    pub(crate) fn take(&mut self, now: Instant) -> Due {
        if self.lost.is_some() {
            let everything = self.next().is_some_and(|due| due <= now);
            if everything {
                self.lost = None;
            }
            return Due { everything, paths: vec![] };
        }
        let mut paths = BTreeSet::new();
        for (folder, marked) in self.folders.extract_if(|_, marked| due(marked.first, marked.last) <= now) {
            let marked = match marked.names {
                None => vec![(folder, true)],
                Some(names) => names
                    .into_iter()
                    .map(|(name, may_be_folder)| (folder.join(name), may_be_folder))
                    .collect(),
            };
            for (path, may_be_folder) in marked {
                if may_be_folder {
                    self.second_looks.insert(path.clone(), now + SECOND_LOOK_DELAY);
                }
                paths.insert(path);
            }
        }
        paths.extend(self.second_looks.extract_if(|_, due| *due <= now).map(|(path, _)| path));
        // A file that is never looked at, for it was hidden or has gone, is not kept for ever.
        self.closed.retain(|_, closed| now.duration_since(*closed) < 4 * MAX_DELAY);
        Due { everything: false, paths: paths.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::FolderNames;

    fn marks() -> Marks {
        Marks::new(Rules {
            extensions: vec!["mp3".into()],
            ignore: vec![],
            discarded: FolderNames::new(&["#recycle"]),
            hidden: false,
            follow_links: false,
            cue: true,
        })
    }

    fn at(begin: Instant, milliseconds: u64) -> Instant {
        begin + Duration::from_millis(milliseconds)
    }

    fn paths(due: &Due) -> Vec<&str> {
        due.paths.iter().map(|path| path.to_str().unwrap()).collect()
    }

    #[test]
    fn a_folder_is_due_when_it_has_been_quiet_for_a_second_and_another_one_does_not_hold_it_up() {
        let (mut marks, begin) = (marks(), Instant::now());
        marks.mark(Path::new("/a/1.mp3"), Some(false), true, begin);
        marks.mark(Path::new("/b/1.mp3"), Some(false), true, at(begin, 900));
        assert_eq!(marks.next(), Some(at(begin, 1000)));
        assert_eq!(paths(&marks.take(at(begin, 999))), [""; 0]);
        assert_eq!(paths(&marks.take(at(begin, 1000))), ["/a/1.mp3"]);
        assert_eq!(paths(&marks.take(at(begin, 1900))), ["/b/1.mp3"]);
        assert_eq!(marks.next(), None);
    }

    #[test]
    fn a_folder_that_is_never_quiet_is_due_after_half_a_minute() {
        let (mut marks, begin) = (marks(), Instant::now());
        for tick in 0..60 {
            marks.mark(Path::new("/a/1.mp3"), Some(false), false, at(begin, 500 * tick));
            assert!(marks.take(at(begin, 500 * tick)).paths.is_empty(), "{tick}");
        }
        assert_eq!(paths(&marks.take(at(begin, 30_000))), ["/a/1.mp3"]);
    }

    #[test]
    fn a_folder_that_came_is_looked_at_twice_and_a_file_once() {
        let (mut marks, begin) = (marks(), Instant::now());
        marks.mark(Path::new("/a/new"), Some(true), false, begin);
        marks.mark(Path::new("/a/moved"), None, false, begin);
        marks.mark(Path::new("/a/1.mp3"), None, false, begin);
        assert_eq!(paths(&marks.take(at(begin, 1000))), ["/a/1.mp3", "/a/moved", "/a/new"]);
        assert_eq!(paths(&marks.take(at(begin, 5000))), ["/a/moved", "/a/new"]);
        assert_eq!(marks.next(), None);
    }

    #[test]
    fn what_is_no_music_marks_nothing() {
        let (mut marks, begin) = (marks(), Instant::now());
        for name in ["cover.jpg", ".1.mp3.x9Ab3q", "1.mp3.part", "1.mp3~", ".#1.mp3"] {
            marks.mark(&Path::new("/a").join(name), Some(false), true, begin);
        }
        marks.mark(Path::new("/a/.stversions"), Some(true), false, begin);
        assert_eq!(marks.next(), None);
    }

    #[test]
    fn many_names_mark_their_folder_and_many_folders_everything() {
        let (mut marks, begin) = (marks(), Instant::now());
        for n in 0..=MAX_NAMES {
            marks.mark(Path::new(&format!("/a/{n}.mp3")), Some(false), false, begin);
        }
        assert_eq!(paths(&marks.take(at(begin, 1000))), ["/a"]);
        for n in 0..=MAX_FOLDERS {
            marks.mark(Path::new(&format!("/{n}/1.mp3")), Some(false), false, begin);
        }
        marks.mark(Path::new("/a/1.mp3"), Some(false), false, at(begin, 2000));
        assert_eq!(marks.take(at(begin, 2999)), Due::default());
        assert_eq!(marks.take(at(begin, 3000)), Due { everything: true, paths: vec![] });
        assert_eq!((marks.take(at(begin, 9000)), marks.next()), (Due::default(), None));
    }

    #[test]
    fn a_storm_without_end_is_looked_at_every_half_minute() {
        let (mut marks, begin) = (marks(), Instant::now());
        marks.lose(begin);
        for tick in 0..60 {
            marks.mark(Path::new("/a/1.mp3"), Some(false), false, at(begin, 500 * tick));
            assert!(!marks.take(at(begin, 500 * tick)).everything, "{tick}");
        }
        assert_eq!(marks.next(), Some(at(begin, 30_000)));
        assert!(marks.take(at(begin, 30_000)).everything);
    }

    #[test]
    fn changed_rules_mark_their_whole_folder() {
        let (mut marks, begin) = (marks(), Instant::now());
        for (n, name) in [".indexerignore", ".nomedia", ".ndignore"].into_iter().enumerate() {
            let at = |milliseconds| at(begin, 10_000 * n as u64 + milliseconds);
            marks.mark(&Path::new("/a").join(name), Some(false), n > 0, at(0));
            assert_eq!(paths(&marks.take(at(1000))), ["/a"], "{name}");
            assert_eq!(paths(&marks.take(at(5000))), ["/a"], "what lies in it may be opened now: {name}");
        }
    }

    #[test]
    fn what_happens_in_a_bin_marks_nothing_unless_the_bin_is_the_root() {
        let (mut marks, begin) = (marks(), Instant::now());
        marks.watch(&["/a".into(), "/nas/#recycle".into()]);
        marks.mark(Path::new("/a/#recycle"), Some(true), false, begin);
        marks.mark(Path::new("/a/x/#Recycle/1.mp3"), Some(false), true, begin);
        marks.mark(Path::new("/a/#recycle/.nomedia"), Some(false), true, begin);
        assert_eq!(marks.next(), None);
        marks.mark(Path::new("/nas/#recycle/1.mp3"), Some(false), true, begin);
        assert_eq!(paths(&marks.take(at(begin, 1000))), ["/nas/#recycle/1.mp3"]);
    }
}
