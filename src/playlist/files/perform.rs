//! Carries plans out.

use std::io;
use std::path::{Path, PathBuf};

use super::{FilePlan, Step};
use crate::fs::atomic::{self, Staged};
use crate::fs::placed::{Placed, take_back};

/// Why playlists were not written.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("cannot write in {}, so no playlist was changed: choose a --playlists folder that exists, is writable and has room", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error("cannot put {} in place, so no playlist was changed: run the command again when its folder is in order", path.display())]
    Place { path: PathBuf, source: io::Error },
}

/// The files of some plans on the disk, before they have their names. They are removed if they get none.
pub(crate) struct StagedFiles {
    plans: Vec<FilePlan>,
    staged: Vec<StagedPlan>,
}

/// What one plan needs in its folder: the changed files, and a place for each removed one until all is done.
struct StagedPlan {
    changed: Vec<Staged>,
    removed: Vec<Staged>,
}

impl StagedFiles {
    /// Writes the files of all plans, so that folders that are missing, read-only or full stay as they are. Staged files
    /// that a killed call left behind are removed.
    /// Errors: [`FilesError::Folder`] leaves everything as it was.
    pub(crate) fn write(plans: Vec<FilePlan>) -> Result<Self, FilesError> {
        let staged = plans.iter().map(stage).collect::<Result<_, _>>()?;
        Ok(Self { plans, staged })
    }

    /// Gives all files their names, and removes what the plans remove. What this gives keeps the files of before until it is
    /// dropped.
    /// Errors: a disk fails, or somebody else has put a file there. Everything is then as it was.
    pub(crate) fn place(self) -> Result<Vec<Placed>, FilesError> {
        let mut placed = Vec::new();
        let result = self
            .plans
            .iter()
            .zip(self.staged)
            .try_for_each(|(plan, staged)| place(plan, staged, &mut placed));
        match result {
            Ok(()) => Ok(placed),
            Err(error) => {
                take_back(placed);
                Err(error)
            }
        }
    }
}

fn stage(plan: &FilePlan) -> Result<StagedPlan, FilesError> {
    atomic::sweep(&plan.folder);
    let file = |bytes: &[u8]| in_folder(plan, Staged::new(&plan.folder, bytes));
    let changed = plan.changed().map(|changed| file(&changed.bytes)).collect::<Result<_, _>>()?;
    let removed = plan.removed.iter().map(|_| file(&[])).collect::<Result<_, _>>()?;
    Ok(StagedPlan { changed, removed })
}

fn place(plan: &FilePlan, staged: StagedPlan, placed: &mut Vec<Placed>) -> Result<(), FilesError> {
    if plan.is_done() {
        return Ok(());
    }
    let failed = |path: &Path, source| FilesError::Place { path: path.to_owned(), source };
    for (file, staged) in plan.changed().zip(staged.changed) {
        let step = match file.step {
            Step::Create => Placed::create(staged, &file.path),
            _ => Placed::replace(staged, &file.path),
        };
        placed.push(step.map_err(|source| failed(&file.path, source))?);
    }
    for (path, hidden) in plan.removed.iter().zip(staged.removed) {
        placed.push(Placed::remove(hidden, path).map_err(|source| failed(path, source))?);
    }
    in_folder(plan, atomic::sync(&plan.folder))
}

fn in_folder<T>(plan: &FilePlan, done: io::Result<T>) -> Result<T, FilesError> {
    done.map_err(|source| FilesError::Folder { folder: plan.folder.clone(), source })
}
