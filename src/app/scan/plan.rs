//! The plan of one pass: what was found against what is known. Pure, printable, and empty when
//! there is nothing to do; performing it twice does nothing the second time.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::retry::Verdict;
use crate::file::{FileStamp, RenameKey};
use crate::track::{Extent, Section, TrackNumber};
use crate::{library::FoundFile, space::SpaceId};

/// What the store knows of one path.
#[derive(Clone, Debug)]
pub(crate) struct KnownFile {
    pub path: PathBuf,
    pub stamp: FileStamp,
    pub device: u64,
    pub track: Option<TrackNumber>,
    /// The part of the file above it that it is.
    pub section: Option<Box<Section>>,
    /// The songs into which its own cue sheet divides it, if that counts.
    pub songs: Vec<Section>,
    pub missing: bool,
    /// It is to be opened though it looks unchanged.
    pub verify: bool,
    /// How long its track is was never found out.
    pub unmeasured: bool,
    /// Its track is to be decoded again.
    pub outdated: bool,
    /// The whole file has failed.
    pub failed: Option<Verdict>,
    /// Names of the spaces that refused it for good.
    pub refused_by: Vec<String>,
}

impl KnownFile {
    /// It is no song itself: its songs are.
    pub(crate) fn is_divided(&self) -> bool {
        !self.songs.is_empty() && self.track.is_none()
    }

    /// Whether it is opened even if it looks unchanged. A failure stands until it is to be tried again.
    fn is_verified(&self) -> bool {
        self.verify && self.failed.is_none()
    }
}

/// A space that every track should have a vector in.
#[derive(Debug)]
pub(crate) struct WantedSpace {
    pub space: SpaceId,
    pub covered: HashSet<TrackNumber>,
}

/// Why a file must be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was not known.
    New,
    /// Its size or a time of it changed.
    Changed,
    /// It may have changed without a trace.
    Audit,
    /// It has failed, and is tried again.
    Retry,
    /// Its track lacks vectors.
    BackFill(TrackNumber),
    /// Its track has vectors, and no length.
    Measure(TrackNumber),
    /// Another decoder has decoded its track.
    Redecode(TrackNumber),
}

/// One file to be opened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Task {
    pub file: FoundFile,
    pub why: Why,
    /// The spaces to be filled, as far as is known before its content is identified.
    pub spaces: Vec<SpaceId>,
}

/// A folder whose files cannot be judged now, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// A root, a mount in one, or a folder that was scanned.
    pub path: PathBuf,
    /// As it follows the path in a sentence.
    pub reason: String,
}

/// What one pass will do.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Plan {
    pub found: usize,
    pub unchanged: usize,
    /// Known paths that are files under new names: old path, new file.
    pub renamed: Vec<(PathBuf, FoundFile)>,
    /// Missing files that are there again, unchanged.
    pub returned: Vec<PathBuf>,
    /// Newest files first.
    pub tasks: Vec<Task>,
    pub vanished: Vec<PathBuf>,
    /// Files that were missing before and still are.
    pub missing: Vec<PathBuf>,
    /// Failures that stand from earlier passes.
    pub failed_known: usize,
}

impl Plan {
    /// Compares what was found with what is known; both in the order of the paths' bytes.
    ///
    /// Files under `unseen` folders (unavailable, or not readable) are neither found nor vanished.
    pub(crate) fn between(
        found: Vec<FoundFile>,
        known: impl IntoIterator<Item = KnownFile>,
        unseen: &[PathBuf],
        wanted: &[WantedSpace],
    ) -> Self {
        let mut planner = Planner { wanted, plan: Self::default(), filled: HashSet::new() };
        planner.plan.found = found.len();
        let (mut appeared, mut vanished) = (Vec::new(), Vec::new());
        let mut found = found.into_iter().peekable();
        for old in known {
            while let Some(new) = found.next_if(|new| new.path.as_os_str() < old.path.as_os_str()) {
                appeared.push(new);
            }
            match found.next_if(|new| new.path == old.path) {
                Some(new) => planner.compare(new, &old),
                None if unseen.iter().any(|folder| old.path.starts_with(folder)) => {}
                None if old.missing => planner.plan.missing.push(old.path),
                None => vanished.push(old),
            }
        }
        appeared.extend(found);
        planner.match_renames(appeared, vanished);
        let mut plan = planner.plan;
        plan.tasks.sort_by(|a, b| {
            let newest = b.file.stamp.mtime.cmp(&a.file.stamp.mtime);
            newest.then_with(|| a.file.path.as_os_str().cmp(b.file.path.as_os_str()))
        });
        plan
    }
}

struct Planner<'a> {
    wanted: &'a [WantedSpace],
    plan: Plan,
    /// Tracks that a task of this plan fills: their other paths need not.
    filled: HashSet<TrackNumber>,
}

impl Planner<'_> {
    fn compare(&mut self, new: FoundFile, old: &KnownFile) {
        if new.stamp != old.stamp || new.section != old.section {
            return self.open(new, Why::Changed);
        }
        if old.missing && !old.is_verified() {
            self.plan.returned.push(new.path.clone());
        }
        self.keep(new, old);
    }

    /// A file whose content is known: it is opened only for what is lacking, or to see whether that is still so.
    fn keep(&mut self, file: FoundFile, old: &KnownFile) {
        if old.is_verified() {
            let lacks =
                |wanted: &&WantedSpace| old.track.is_none_or(|track| !wanted.covered.contains(&track));
            let spaces = self.wanted.iter().filter(lacks).map(|wanted| wanted.space.clone()).collect();
            return self.plan.tasks.push(Task { file, why: Why::Audit, spaces });
        }
        if old.is_divided() && old.failed.is_none() {
            // Its songs are counted.
            self.plan.found -= 1;
            return;
        }
        match (old.failed, old.track) {
            (None, Some(_)) if !old.songs.is_empty() => return self.open(file, Why::Changed),
            (Some(Verdict::Final), _) => self.plan.failed_known += 1,
            (Some(Verdict::TryAgain), _) | (None, None) => return self.open(file, Why::Retry),
            (None, Some(track)) => {
                let lacking = |wanted: &&WantedSpace| old.outdated || !wanted.covered.contains(&track);
                let (refused, spaces): (Vec<_>, Vec<_>) = (self.wanted.iter().filter(lacking))
                    .map(|wanted| wanted.space.clone())
                    .partition(|space| old.refused_by.contains(&space.name));
                self.plan.failed_known += usize::from(!refused.is_empty());
                let has_vectors = self.wanted.iter().any(|wanted| wanted.covered.contains(&track));
                let why = match spaces.is_empty() {
                    false if old.outdated => Some(Why::Redecode(track)),
                    false => Some(Why::BackFill(track)),
                    true => (old.unmeasured && has_vectors).then_some(Why::Measure(track)),
                };
                if let Some(why) = why.filter(|_| self.filled.insert(track)) {
                    self.plan.tasks.push(Task { file, why, spaces });
                    return;
                }
            }
        }
        self.plan.unchanged += 1;
    }

    fn open(&mut self, file: FoundFile, why: Why) {
        let spaces = self.wanted.iter().map(|wanted| wanted.space.clone()).collect();
        self.plan.tasks.push(Task { file, why, spaces });
    }

    /// A vanished and an appeared path with equal device, inode, size and mtime are one file.
    fn match_renames(&mut self, appeared: Vec<FoundFile>, vanished: Vec<KnownFile>) {
        // The songs of an album in one file have its stamp.
        let mut by_key: HashMap<(RenameKey, Option<Extent>), Vec<usize>> = HashMap::new();
        for (index, old) in vanished.iter().enumerate().rev() {
            if let Some(key) = old.stamp.rename_key(old.device) {
                let extent = old.section.as_ref().map(|section| section.extent);
                by_key.entry((key, extent)).or_default().push(index);
            }
        }
        let mut renamed = HashSet::new();
        for new in appeared {
            let extent = new.section.as_ref().map(|section| section.extent);
            let key = new.stamp.rename_key(new.device).map(|key| (key, extent));
            let Some(index) = key.and_then(|key| by_key.get_mut(&key)?.pop()) else {
                self.open(new, Why::New);
                continue;
            };
            renamed.insert(index);
            self.plan.renamed.push((vanished[index].path.clone(), new.clone()));
            self.keep(new, &vanished[index]);
        }
        let left = vanished.into_iter().enumerate().filter(|(index, _)| !renamed.contains(index));
        self.plan.vanished = left.map(|(_, old)| old.path).collect();
    }
}

#[cfg(test)]
mod tests;
