//! The files of a set in one folder: planned, shown, performed.
//!
//! A file is ours as long as the set's [`OwnedFiles`] has its path with the digest of the bytes that lie
//! there. Anything else at a path that we want is somebody else's and stays; the playlist then goes to
//! `Name (2).m3u8` and keeps that name.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::filename;
use crate::digest::Digest;

pub(crate) use self::perform::{FilesError, StagedFiles};
pub(crate) use crate::fs::atomic::{PathState, look};

mod perform;

/// A playlist's own file is looked for under `Name (2)`, `Name (3)` and so on up to this number.
const MOST_NUMBER: u32 = 99;

/// The files that a set has written: paths with the digests of the bytes. A path that was
/// [claimed](FilePlan::claims) when the program was killed has two.
pub(crate) type OwnedFiles = BTreeSet<(PathBuf, Digest)>;

/// A playlist to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantedFile {
    /// The playlist's name, of which the file's name is made.
    pub name: String,
    /// The whole file.
    pub bytes: Vec<u8>,
}

/// What happens to one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It has these bytes already and is not touched.
    Keep,
    /// Nothing lies there.
    Create,
    /// It is ours and has other bytes.
    Replace,
    /// It is not written at all.
    Omit,
}

/// One wanted playlist with its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlannedFile {
    /// In the plan's folder.
    pub path: PathBuf,
    pub step: Step,
    /// Its content afterwards.
    pub bytes: Vec<u8>,
}

/// A file of somebody else at a path that we want, or had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Warning {
    #[error("{} was changed or made by somebody else and stays; the playlist is in {}", theirs.display(), ours.display())]
    Displaced { theirs: PathBuf, ours: PathBuf },
    #[error("{} belongs to no playlist any more, but was changed by somebody else and stays", path.display())]
    Left { path: PathBuf },
}

/// What has to be done in a folder so that it holds the wanted playlists of one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FilePlan {
    folder: PathBuf,
    /// One per wanted playlist, in their order.
    pub files: Vec<PlannedFile>,
    /// Files of ours whose playlists are gone.
    pub removed: Vec<PathBuf>,
    /// To be reported once: the next plan accepts what this one does.
    pub warnings: Vec<Warning>,
    before: OwnedFiles,
    after: OwnedFiles,
}

impl FilePlan {
    /// Plans the files `folder/NAME.extension`; no other folder or extension is touched. `folder` is a real
    /// path (absolute, without links), as are the paths of the set's files in `owned`. Earlier playlists of
    /// `wanted` choose first. `found` says what lies at a path: [`look`], except in tests.
    pub(crate) fn between(
        folder: &Path,
        extension: &str,
        wanted: Vec<WantedFile>,
        owned: &OwnedFiles,
        found: impl Fn(&Path) -> PathState,
    ) -> Self {
        let mut names = FolderNames::new(folder, extension, owned, found);
        let (mut files, mut removed, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
        for WantedFile { name, bytes } in wanted {
            let (path, step, theirs) = names.take(&filename::stem(&name), Digest::of(&bytes));
            if let Some(theirs) = theirs {
                warnings.push(Warning::Displaced { theirs, ours: path.clone() });
            }
            files.push(PlannedFile { path, step, bytes });
        }
        for path in names.gone() {
            match (names.found)(path) {
                PathState::Nothing => {}
                PathState::File(present) if owned.contains(&(path.to_owned(), present)) => {
                    removed.push(path.to_owned())
                }
                _ => warnings.push(Warning::Left { path: path.to_owned() }),
            }
        }
        let elsewhere = owned.iter().filter(|(path, _)| !is_in(path, folder, extension)).cloned();
        let written = files.iter().map(|file| (file.path.clone(), Digest::of(&file.bytes)));
        let after = elsewhere.chain(written).collect();
        Self { folder: folder.to_owned(), files, removed, warnings, before: owned.clone(), after }
    }

    /// Omits playlists that would go next to somebody else's file: for a caller that cannot store which files are ours,
    /// and would write another copy each time. A file with exactly these bytes, as the last call left it, is kept.
    pub(crate) fn without_displaced(mut self, found: impl Fn(&Path) -> PathState) -> Self {
        self.warnings.retain(|warning| {
            let Warning::Displaced { theirs, ours } = warning else { return true };
            let Some(file) = self.files.iter_mut().find(|file| file.path == *ours) else { return true };
            let is_there = found(theirs) == PathState::File(Digest::of(&file.bytes));
            if is_there {
                (file.path, file.step) = (theirs.clone(), Step::Keep);
            } else {
                file.step = Step::Omit;
            }
            !is_there
        });
        self
    }

    /// The files to store as ours before [`StagedFiles::place`]: those that were and those that will be. A program that
    /// is killed in between still knows its files.
    pub(crate) fn claims(&self) -> OwnedFiles {
        &self.before | &self.after
    }

    /// The files to store as ours when everything was performed.
    pub(crate) fn owned_after(&self) -> &OwnedFiles {
        &self.after
    }

    fn changed(&self) -> impl Iterator<Item = &PlannedFile> {
        self.files.iter().filter(|file| matches!(file.step, Step::Create | Step::Replace))
    }

    /// Nothing has to be done.
    pub(crate) fn is_done(&self) -> bool {
        self.removed.is_empty() && self.changed().next().is_none()
    }
}

/// The names of files in a folder, while they are given to playlists. Keys are [`folded`] paths.
struct FolderNames<'a, F> {
    folder: &'a Path,
    extension: &'a str,
    owned: &'a OwnedFiles,
    found: F,
    /// The owned paths in this folder.
    ours: BTreeMap<String, &'a Path>,
    /// Paths that are given to a playlist, and those where somebody else's file is in the way.
    taken: HashSet<String>,
}

impl<'a, F: Fn(&Path) -> PathState> FolderNames<'a, F> {
    fn new(folder: &'a Path, extension: &'a str, owned: &'a OwnedFiles, found: F) -> Self {
        let ours = owned.iter().map(|(path, _)| path.as_path()).filter(|path| is_in(path, folder, extension));
        let ours = ours.map(|path| (folded(path), path)).collect();
        Self { folder, extension, owned, found, ours, taken: HashSet::new() }
    }

    /// Gives a playlist its file: path, step, and the first file of somebody else in its way.
    fn take(&mut self, stem: &str, digest: Digest) -> (PathBuf, Step, Option<PathBuf>) {
        let mut theirs = None;
        let mut free = self.candidates(stem, digest).filter(|path| !self.taken.contains(&folded(path)));
        let chosen = free.find_map(|path| match self.step(&path, digest) {
            Some(step) => Some((path, step)),
            None => {
                theirs.get_or_insert(path);
                None
            }
        });
        let (path, step) = chosen.expect("there are more numbers than files");
        drop(free);
        self.taken.extend(theirs.iter().chain([&path]).map(|path| folded(path)));
        (path, step, theirs)
    }

    /// The paths that a playlist may have: the one with these bytes, other owned ones, then its own name and
    /// all numbers.
    fn candidates(&self, stem: &str, digest: Digest) -> impl Iterator<Item = PathBuf> {
        let path = move |number: u32| match number {
            1 => self.folder.join(format!("{stem}.{}", self.extension)),
            _ => self.folder.join(format!("{stem} ({number}).{}", self.extension)),
        };
        let had = (1..=MOST_NUMBER).filter_map(|number| self.ours.get(&folded(&path(number))));
        let mut had: Vec<PathBuf> = had.map(|path| path.to_path_buf()).collect();
        had.sort_by_key(|path| self.step(path, digest) != Some(Step::Keep));
        had.into_iter().chain((1..).map(path))
    }

    /// What to do at a path; none if somebody else's file lies there.
    fn step(&self, path: &Path, wanted: Digest) -> Option<Step> {
        match (self.found)(path) {
            PathState::Nothing => Some(Step::Create),
            PathState::File(present) if !self.owned.contains(&(path.to_owned(), present)) => None,
            PathState::File(present) if present == wanted => Some(Step::Keep),
            PathState::File(_) => Some(Step::Replace),
            PathState::Other => None,
        }
    }

    /// Owned paths that no playlist took.
    fn gone(&self) -> impl Iterator<Item = &'a Path> {
        self.ours.iter().filter(|(key, _)| !self.taken.contains(*key)).map(|(_, path)| *path)
    }
}

fn is_in(path: &Path, folder: &Path, extension: &str) -> bool {
    path.parent() == Some(folder) && path.extension() == Some(extension.as_ref())
}

/// Equal for paths that are the same on a disk that ignores case.
fn folded(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}

#[cfg(test)]
mod tests;
