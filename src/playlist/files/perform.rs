//! Carries plans out.

use std::{fs, io, path::PathBuf};

use super::{FilePlan, Step};
use crate::fs::atomic::{self, Staged};

/// Why playlists were not written.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("cannot write in {}, so no playlist was changed: choose a --playlists folder that exists, is writable and has room", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error("cannot put {} in place: run the command again when its folder is in order", path.display())]
    Place { path: PathBuf, source: io::Error },
}

/// The files of some plans on the disk, before they have their names. They are removed if they get none.
pub(crate) struct StagedFiles {
    plans: Vec<FilePlan>,
    staged: Vec<Vec<Staged>>,
}

impl StagedFiles {
    /// Writes the files of all plans, so that folders that are missing, read-only or full stay as they are. Staged files
    /// that a killed call left behind are removed.
    /// Errors: [`FilesError::Folder`] leaves everything as it was.
    pub(crate) fn write(plans: Vec<FilePlan>) -> Result<Self, FilesError> {
        let staged = plans.iter().map(stage).collect::<Result<_, _>>()?;
        Ok(Self { plans, staged })
    }

    /// Gives all files their names, then removes what the plans remove.
    /// Errors: [`FilesError::Place`] may leave some files new and others old, each of them whole.
    pub(crate) fn place(self) -> Result<(), FilesError> {
        self.plans.iter().zip(self.staged).try_for_each(|(plan, staged)| place(plan, staged))
    }
}

fn stage(plan: &FilePlan) -> Result<Vec<Staged>, FilesError> {
    atomic::sweep(&plan.folder);
    let staged = plan.changed().map(|file| Staged::new(&plan.folder, &file.bytes)).collect();
    in_folder(plan, staged)
}

fn place(plan: &FilePlan, staged: Vec<Staged>) -> Result<(), FilesError> {
    if plan.is_done() {
        return Ok(());
    }
    for (file, staged) in plan.changed().zip(staged) {
        let placed = match file.step {
            Step::Create => staged.create(&file.path),
            _ => staged.replace(&file.path),
        };
        placed.map_err(|source| FilesError::Place { path: file.path.clone(), source })?;
    }
    for path in &plan.removed {
        fs::remove_file(path).map_err(|source| FilesError::Place { path: path.clone(), source })?;
    }
    in_folder(plan, atomic::sync(&plan.folder))
}

fn in_folder<T>(plan: &FilePlan, done: io::Result<T>) -> Result<T, FilesError> {
    done.map_err(|source| FilesError::Folder { folder: plan.folder.clone(), source })
}
