//! A file that the user names, which never replaces somebody else's.

use std::path::{Path, PathBuf};
use std::{fs::File, io};

use super::atomic::{self, PathState, Staged};
use super::placed::{Placed, take_back};
use crate::digest::Digest;

/// Why a file was not written.
#[derive(Debug)]
pub(crate) enum OutputRefusal {
    /// Somebody else's file is there.
    NotOurs(PathBuf),
    /// A folder or a device is there.
    NoFile(PathBuf),
    Write(PathBuf, io::Error),
}

/// Refuses a path where something lies that [`stage()`] does not replace.
/// Errors: [`OutputRefusal::NotOurs`], or, even with `force`, [`OutputRefusal::NoFile`].
pub(crate) fn check(path: &Path, force: bool, is_ours: fn(&Path) -> bool) -> Result<(), OutputRefusal> {
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    // A link counts as a file unless it leads to a device, as /dev/stdout does.
    let there = path.metadata().ok();
    if there.map_or(!found.is_symlink(), |there| !there.is_file()) {
        return Err(OutputRefusal::NoFile(path.to_owned()));
    }
    let may_be_replaced = force || found.is_file() && is_ours(path);
    may_be_replaced.then_some(()).ok_or_else(|| OutputRefusal::NotOurs(path.to_owned()))
}

/// The file on the disk, before it has its name.
pub(crate) struct StagedOutput {
    path: PathBuf,
    is_new: bool,
    staged: Staged,
}

/// Writes `bytes` next to `path`, so that hardly anything can fail when it gets its name; none if an equal file is there, which
/// is not touched. Another file is replaced only if it `is_ours`, or with `force`; a link is then replaced itself, not followed.
pub(crate) fn stage(
    path: &Path,
    bytes: &[u8],
    force: bool,
    is_ours: fn(&Path) -> bool,
) -> Result<Option<StagedOutput>, OutputRefusal> {
    let found = atomic::look(path);
    if found == PathState::File(Digest::of(bytes)) {
        return Ok(None);
    }
    check(path, force, is_ours)?;
    let folder = folder_of(path);
    atomic::sweep(folder);
    let staged =
        Staged::new(folder, bytes).map_err(|source| OutputRefusal::Write(path.to_owned(), source))?;
    Ok(Some(StagedOutput { path: path.to_owned(), is_new: found == PathState::Nothing, staged }))
}

/// A file next to `path` to write into, which is what will get that name. It is written and synced by the caller.
pub(crate) fn begin(
    path: &Path,
    force: bool,
    is_ours: fn(&Path) -> bool,
) -> Result<(StagedOutput, File), OutputRefusal> {
    check(path, force, is_ours)?;
    let folder = folder_of(path);
    atomic::sweep(folder);
    let (staged, file) =
        Staged::empty(folder).map_err(|source| OutputRefusal::Write(path.to_owned(), source))?;
    let is_new = path.symlink_metadata().is_err();
    Ok((StagedOutput { path: path.to_owned(), is_new, staged }, file))
}

impl StagedOutput {
    /// The digest of what has been written.
    pub(crate) fn digest(&self) -> io::Result<Digest> {
        atomic::digest_of_file(self.staged.path())
    }

    /// Gives the file its name.
    /// Errors: the disk fails, or somebody else has put a file there. What was there is there again.
    pub(crate) fn place(self) -> Result<Placed, OutputRefusal> {
        let Self { path, is_new, staged } = self;
        let placed = if is_new { Placed::create(staged, &path) } else { Placed::replace(staged, &path) };
        let synced = placed.and_then(|placed| match atomic::sync(folder_of(&path)) {
            Ok(()) => Ok(placed),
            Err(error) => {
                take_back(vec![placed]);
                Err(error)
            }
        });
        synced.map_err(|source| OutputRefusal::Write(path, source))
    }
}

/// The folder of a file that the user names; of a bare name it is the working folder.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}
