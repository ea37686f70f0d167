//! The files of a set in one folder: planned, shown, performed.
//!
//! A file is ours as long as the set's [`OwnedFiles`] has its path with the digest of the bytes that lie there. Whatever
//! else lies at a path that we want is somebody else's and stays; the playlist goes to `Name (2).m3u8` and keeps it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::filename;
use crate::digest::Digest;

pub use self::perform::{FilesError, perform};
pub use crate::fs::atomic::{PathState, look};

mod perform;

/// Numbers up to which a playlist is looked for under `Name (2)`, `Name (3)`, …
const NUMBERS: u32 = 99;

/// The files a set has written: paths with the digest of the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnedFiles(BTreeSet<(PathBuf, Digest)>);

impl OwnedFiles {
    /// Every path with its digest, in the order of the paths. A path that was [claimed](FilePlan::claims) when the
    /// program was killed has two.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, Digest)> {
        self.0.iter().map(|(path, digest)| (path.as_path(), *digest))
    }

    fn has(&self, path: &Path, digest: Digest) -> bool {
        self.0.contains(&(path.to_owned(), digest))
    }
}

impl FromIterator<(PathBuf, Digest)> for OwnedFiles {
    fn from_iter<I: IntoIterator<Item = (PathBuf, Digest)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

/// A playlist to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedFile {
    /// The playlist's name, of which the file's name is made.
    pub name: String,
    /// The whole file.
    pub bytes: Vec<u8>,
}

/// What happens to one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It has these bytes already and is not touched.
    Keep,
    /// Nothing lies there.
    Create,
    /// It is ours and has other bytes.
    Replace,
    /// It is not written at all.
    Omit,
}

/// One wanted playlist with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    /// In the plan's folder.
    pub path: PathBuf,
    pub step: Step,
    /// What is in it afterwards.
    pub bytes: Vec<u8>,
}

/// A file of somebody else in our way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The playlist goes to `ours` instead.
    Displaced { theirs: PathBuf, ours: PathBuf },
    /// We wrote it, its playlist is gone, but it was changed since.
    Left { path: PathBuf },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Displaced { theirs, ours } => {
                write!(
                    f,
                    "{} was changed or made by somebody else and stays; the playlist is in {}",
                    theirs.display(),
                    ours.display()
                )
            }
            Self::Left { path } => {
                write!(
                    f,
                    "{} belongs to no playlist any more, but was changed by somebody else and stays",
                    path.display()
                )
            }
        }
    }
}

/// What has to be done in a folder so that it holds the wanted playlists of one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePlan {
    folder: PathBuf,
    /// One per wanted playlist, in their order.
    pub files: Vec<PlannedFile>,
    /// Files of ours whose playlists are gone.
    pub removed: Vec<PathBuf>,
    /// To be told, once: the next plan is content with what this one does.
    pub warnings: Vec<Warning>,
    before: OwnedFiles,
    after: OwnedFiles,
}

impl FilePlan {
    /// Plans the files `folder/NAME.extension`; no other folder or extension is touched. `folder` is a real path
    /// (absolute, without links), as those of the set's `ledger` are. Earlier playlists choose first. `found` tells what
    /// lies at a path: [`look`], but in tests.
    pub fn between(
        folder: &Path,
        extension: &str,
        wanted: Vec<WantedFile>,
        ledger: &OwnedFiles,
        found: impl Fn(&Path) -> PathState,
    ) -> Self {
        let mut here = Here::new(folder, extension, ledger, found);
        let (mut files, mut removed, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
        for WantedFile { name, bytes } in wanted {
            let (path, step, theirs) = here.take(&filename::stem(&name), Digest::of(&bytes));
            if let Some(theirs) = theirs {
                warnings.push(Warning::Displaced { theirs, ours: path.clone() });
            }
            files.push(PlannedFile { path, step, bytes });
        }
        for path in here.gone() {
            match (here.found)(path) {
                PathState::Nothing => {}
                PathState::File(present) if ledger.has(path, present) => removed.push(path.to_owned()),
                _ => warnings.push(Warning::Left { path: path.to_owned() }),
            }
        }
        let elsewhere = ledger.iter().filter(|(path, _)| !is_in(path, folder, extension));
        let written = files.iter().map(|file| (file.path.as_path(), Digest::of(&file.bytes)));
        let after = elsewhere.chain(written).map(|(path, digest)| (path.to_owned(), digest)).collect();
        Self { folder: folder.to_owned(), files, removed, warnings, before: ledger.clone(), after }
    }

    /// Omits what would go beside somebody else's file: for a caller that cannot store the ledger, and would put a
    /// further copy there each time. A file with the very bytes, as the last call left it, is kept.
    pub fn forgetful(mut self, found: impl Fn(&Path) -> PathState) -> Self {
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

    /// The ledger to store before [`perform`]: what was ours and what will be. A program that is
    /// killed in between still knows its files.
    pub fn claims(&self) -> OwnedFiles {
        OwnedFiles(self.before.0.union(&self.after.0).cloned().collect())
    }

    /// The ledger to store when everything was performed.
    pub fn ledger(&self) -> &OwnedFiles {
        &self.after
    }

    fn changed(&self) -> impl Iterator<Item = &PlannedFile> {
        self.files.iter().filter(|file| matches!(file.step, Step::Create | Step::Replace))
    }

    /// Nothing is left to be done.
    pub fn is_done(&self) -> bool {
        self.removed.is_empty() && self.changed().next().is_none()
    }
}

/// A folder while places in it are given away. Keys are [`folded`] paths.
struct Here<'a, F> {
    folder: &'a Path,
    extension: &'a str,
    ledger: &'a OwnedFiles,
    found: F,
    /// The ledger's paths in this folder.
    ours: BTreeMap<String, &'a Path>,
    /// Places that are given away, and those where somebody else's file is in the way.
    settled: HashSet<String>,
}

impl<'a, F: Fn(&Path) -> PathState> Here<'a, F> {
    fn new(folder: &'a Path, extension: &'a str, ledger: &'a OwnedFiles, found: F) -> Self {
        let ours = ledger.iter().map(|(path, _)| path).filter(|path| is_in(path, folder, extension));
        let ours = ours.map(|path| (folded(path), path)).collect();
        Self { folder, extension, ledger, found, ours, settled: HashSet::new() }
    }

    /// Gives a playlist its place: path, step, and the first file of somebody else in its way.
    fn take(&mut self, stem: &str, digest: Digest) -> (PathBuf, Step, Option<PathBuf>) {
        let mut theirs = None;
        let place =
            self.places(stem, digest).filter(|path| !self.settled.contains(&folded(path))).find_map(|path| {
                match self.step(&path, digest) {
                    Some(step) => Some((path, step)),
                    None => {
                        theirs.get_or_insert(path);
                        None
                    }
                }
            });
        let (path, step) = place.expect("the numbers do not end before the files do");
        self.settled.extend(theirs.iter().chain([&path]).map(|path| folded(path)));
        (path, step, theirs)
    }

    /// Where a playlist may go: where it is already, where it was before, then its own name and all numbers.
    fn places(&self, stem: &str, digest: Digest) -> impl Iterator<Item = PathBuf> {
        let place = move |number: u32| match number {
            1 => self.folder.join(format!("{stem}.{}", self.extension)),
            _ => self.folder.join(format!("{stem} ({number}).{}", self.extension)),
        };
        let had = (1..=NUMBERS).filter_map(|number| self.ours.get(&folded(&place(number))));
        let mut had: Vec<PathBuf> = had.map(|path| path.to_path_buf()).collect();
        had.sort_by_key(|path| self.step(path, digest) != Some(Step::Keep));
        had.into_iter().chain((1..).map(place))
    }

    /// What to do at a path; nothing, if it is somebody else's.
    fn step(&self, path: &Path, wanted: Digest) -> Option<Step> {
        match (self.found)(path) {
            PathState::Nothing => Some(Step::Create),
            PathState::File(present) if !self.ledger.has(path, present) => None,
            PathState::File(present) if present == wanted => Some(Step::Keep),
            PathState::File(_) => Some(Step::Replace),
            PathState::Other => None,
        }
    }

    /// Paths of ours that no playlist took.
    fn gone(&self) -> impl Iterator<Item = &'a Path> {
        self.ours.iter().filter(|(key, _)| !self.settled.contains(*key)).map(|(_, path)| *path)
    }
}

fn is_in(path: &Path, folder: &Path, extension: &str) -> bool {
    path.parent() == Some(folder) && path.extension() == Some(extension.as_ref())
}

/// Paths that are one on a disk that does not tell `a` from `A`.
fn folded(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}

#[cfg(test)]
mod tests;
