//! The files of a set in one folder: planned, shown, performed.
//!
//! A file is ours as long as the set's [`Ledger`] has its path with the digest of the bytes that lie there. Whatever
//! else lies at a path that we want is somebody else's and stays; the playlist goes to `Name (2).m3u8` and keeps it.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::atomic::{self, Staged};
use super::filename;
use crate::digest::Digest;

pub use super::atomic::{Found, look};

/// Numbers up to which a playlist is looked for under `Name (2)`, `Name (3)`, …
const NUMBERS: u32 = 99;

/// The files a set has written: paths with the digest of the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger(BTreeSet<(PathBuf, Digest)>);

impl Ledger {
    /// Every path with its digest, in the order of the paths. A path that was [claimed](Plan::claims) when the
    /// program was killed has two.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, Digest)> {
        self.0.iter().map(|(path, digest)| (path.as_path(), *digest))
    }

    fn has(&self, path: &Path) -> bool {
        self.0.range((path.to_owned(), Digest([0; 32]))..).next().is_some_and(|(next, _)| next == path)
    }

    fn has_exactly(&self, path: &Path, digest: Digest) -> bool {
        self.0.contains(&(path.to_owned(), digest))
    }
}

impl FromIterator<(PathBuf, Digest)> for Ledger {
    fn from_iter<I: IntoIterator<Item = (PathBuf, Digest)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

/// A playlist to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The playlist's name, of which the file's name is made.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What happens to one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It has these bytes already and is not touched.
    Keep,
    Create,
    Replace,
}

/// One wanted playlist with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    pub path: PathBuf,
    pub step: Step,
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

/// Why playlists were not written.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("cannot write in {}, so no playlist was changed: choose a --playlists folder that exists, is writable and has room", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error("cannot put {} in place: run the command again when its folder is in order", path.display())]
    Place { path: PathBuf, source: io::Error },
}

/// What has to be done in a folder so that it holds the wanted playlists of one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    folder: PathBuf,
    /// One per wanted playlist, in their order.
    pub files: Vec<PlannedFile>,
    /// Files of ours whose playlists are gone.
    pub removed: Vec<PathBuf>,
    pub warnings: Vec<Warning>,
    before: Ledger,
    after: Ledger,
}

impl Plan {
    /// Plans the files `folder/NAME.extension`; no other folder or extension is touched. `ledger` is the set's, and
    /// `found` tells what lies at a path: [`look`], but in tests.
    pub fn between(
        folder: &Path,
        extension: &str,
        wanted: Vec<Wanted>,
        ledger: &Ledger,
        found: impl Fn(&Path) -> Found,
    ) -> Self {
        let (mut files, mut removed, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
        let (mut taken, mut theirs) = (HashSet::new(), HashSet::new());
        for Wanted { name, bytes } in wanted {
            let stem = filename::stem(&name);
            let path = |number: u32| match number {
                1 => folder.join(format!("{stem}.{extension}")),
                _ => folder.join(format!("{stem} ({number}).{extension}")),
            };
            let digest = Digest::of(&bytes);
            let mut displaced_by = None;
            let had_before = (1..=NUMBERS).map(path).filter(|path| ledger.has(path));
            let (path, step) = had_before
                .chain((1..).map(path))
                .filter(|path| !taken.contains(&folded(path)))
                .find_map(|path| {
                    let step = step(&path, digest, found(&path), ledger);
                    if step.is_none() {
                        displaced_by.get_or_insert(path.clone());
                    }
                    Some((path, step?))
                })
                .expect("the numbers do not end before the files do");
            taken.insert(folded(&path));
            if let Some(other) = displaced_by {
                theirs.insert(other.clone());
                warnings.push(Warning::Displaced { theirs: other, ours: path.clone() });
            }
            files.push(PlannedFile { path, step, bytes });
        }

        let is_here =
            |path: &Path| path.parent() == Some(folder) && path.extension() == Some(extension.as_ref());
        let (here, elsewhere): (Vec<_>, Vec<_>) = ledger.iter().partition(|(path, _)| is_here(path));
        let gone: BTreeSet<&Path> = here.into_iter().map(|(path, _)| path).collect();
        for path in gone.into_iter().filter(|path| !taken.contains(&folded(path)) && !theirs.contains(*path))
        {
            match found(path) {
                Found::Nothing => {}
                Found::File(present) if ledger.has_exactly(path, present) => removed.push(path.to_owned()),
                _ => warnings.push(Warning::Left { path: path.to_owned() }),
            }
        }
        let written = files.iter().map(|file| (file.path.clone(), Digest::of(&file.bytes)));
        let after =
            elsewhere.into_iter().map(|(path, digest)| (path.to_owned(), digest)).chain(written).collect();
        Self { folder: folder.to_owned(), files, removed, warnings, before: ledger.clone(), after }
    }

    /// The ledger to store before [`perform`](Self::perform): what was ours and what will be. A program that is
    /// killed in between still knows its files.
    pub fn claims(&self) -> Ledger {
        Ledger(self.before.0.union(&self.after.0).cloned().collect())
    }

    /// The ledger to store when everything was performed.
    pub fn ledger(&self) -> &Ledger {
        &self.after
    }

    /// Nothing is left to be done.
    pub fn is_done(&self) -> bool {
        self.removed.is_empty() && self.files.iter().all(|file| file.step == Step::Keep)
    }

    /// Writes, then removes. Every file is on the disk before the first one gets its name, so a folder that is missing,
    /// read-only or full stays as it is.
    ///
    /// # Errors
    /// [`FilesError::Folder`] leaves everything as it was. [`FilesError::Place`] may leave some files new and others
    /// old, each of them whole.
    pub fn perform(&self) -> Result<(), FilesError> {
        if self.is_done() {
            return Ok(());
        }
        let in_folder = |source| FilesError::Folder { folder: self.folder.clone(), source };
        let changed = || self.files.iter().filter(|file| file.step != Step::Keep);
        let staged: io::Result<Vec<_>> =
            changed().map(|file| Staged::new(&self.folder, &file.bytes)).collect();
        for (file, staged) in changed().zip(staged.map_err(in_folder)?) {
            let placed = match file.step {
                Step::Create => staged.create(&file.path),
                _ => staged.replace(&file.path),
            };
            placed.map_err(|source| FilesError::Place { path: file.path.clone(), source })?;
        }
        for path in &self.removed {
            fs::remove_file(path).map_err(|source| FilesError::Place { path: path.clone(), source })?;
        }
        atomic::sync(&self.folder).map_err(in_folder)
    }
}

/// What to do at a path; nothing, if it is somebody else's.
fn step(path: &Path, wanted: Digest, found: Found, ledger: &Ledger) -> Option<Step> {
    match found {
        Found::Nothing => Some(Step::Create),
        Found::File(present) if present == wanted => Some(Step::Keep),
        Found::File(present) if ledger.has_exactly(path, present) => Some(Step::Replace),
        _ => None,
    }
}

/// Paths that are one on a disk that does not tell `a` from `A`.
fn folded(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}

#[cfg(test)]
mod tests;
