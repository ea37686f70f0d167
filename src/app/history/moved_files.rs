//! A renamed playlist takes its files along: those that this program wrote and nobody has changed since.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, mem::take};

use crate::app::progress::{Event, Progress};
use crate::playlist::files::{
    FilePlan, FilesError, OwnedFiles, PathState, StagedFiles, WantedFile, Warning, look,
};
use crate::playlist::format::{Format, format, renamed};
use crate::store::{OwnedFile, Playlists, RunPlaylist, StoreError};

/// Moves the files of a playlist that was called `before` to its new name, which also replaces the old one in them; gives
/// how many have it now. What cannot be moved stays for the next `cluster`, with a warning.
/// Errors: the store cannot be read or written.
pub(super) fn move_files(
    database: &Playlists,
    set: &str,
    list: &RunPlaylist,
    before: &str,
    progress: &dyn Progress,
) -> Result<usize, StoreError> {
    let mut moved = 0;
    for (folder, format, files) in places(&database.owned(set)?, list.id) {
        let wanted = match wanted(&folder, format, &files, list, before) {
            Ok(wanted) => wanted,
            Err(reason) => {
                warn(progress, &reason);
                continue;
            }
        };
        // Other playlists' files are in its way like anybody's.
        let mut plan = FilePlan::between(&folder, format.name, vec![wanted], &files, look);
        let warnings = take(&mut plan.warnings);
        match publish(database, set, list.id, plan)? {
            Ok(()) => moved += 1,
            Err(FilesError::Folder { folder: path, source } | FilesError::Place { path, source }) => {
                warn(progress, &format!("{} cannot be written: {source}", path.display()));
            }
        }
        for warning in &warnings {
            let text = match warning {
                Warning::Displaced { theirs, ours } => {
                    format!("{} is taken: the playlist is in {}", theirs.display(), ours.display())
                }
                Warning::Left { .. } => warning.to_string(),
            };
            progress.event(Event::Warning(text));
        }
    }
    Ok(moved)
}

fn warn(progress: &dyn Progress, reason: &str) {
    progress
        .event(Event::Warning(format!("{reason}: the next `indexer cluster` writes the renamed playlist")));
}

/// The files of a playlist, by folder and format.
fn places(owned: &[OwnedFile], playlist: u32) -> Vec<(PathBuf, &'static Format, OwnedFiles)> {
    let mut places: BTreeMap<(&Path, &str), OwnedFiles> = BTreeMap::new();
    for file in owned.iter().filter(|file| file.playlist == playlist) {
        let extension = file.path.extension().and_then(|extension| extension.to_str());
        if let (Some(folder), Some(extension)) = (file.path.parent(), extension) {
            places.entry((folder, extension)).or_default().insert((file.path.clone(), file.digest));
        }
    }
    let known = |((folder, name), files): ((&Path, &str), _)| Some((folder.to_owned(), format(name)?, files));
    places.into_iter().filter_map(known).collect()
}

/// The file under its new name.
/// Errors: why it cannot be moved.
fn wanted(
    folder: &Path,
    format: &Format,
    files: &OwnedFiles,
    list: &RunPlaylist,
    before: &str,
) -> Result<WantedFile, String> {
    if !folder.is_dir() {
        return Err(format!("{} is not there", folder.display()));
    }
    let paths: BTreeSet<_> = files.iter().map(|(path, _)| path).collect();
    let mut found = None;
    for path in paths {
        match look(path) {
            PathState::File(digest) if files.contains(&(path.clone(), digest)) => found = Some(path),
            PathState::Nothing => {}
            _ => return Err(format!("{} was changed by somebody else and stays", path.display())),
        }
    }
    let Some(path) = found else {
        let path = files.iter().next().map_or(folder, |(path, _)| path);
        return Err(format!("{} is not there", path.display()));
    };
    let bytes = fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    Ok(WantedFile { name: list.name.clone(), bytes: renamed(format, &bytes, list.id, before, &list.name) })
}

/// Performs a plan over the files of one playlist. They are claimed first, so that a program that is killed in between
/// still knows its files.
fn publish(
    database: &Playlists,
    set: &str,
    playlist: u32,
    plan: FilePlan,
) -> Result<Result<(), FilesError>, StoreError> {
    let (owned, claims) = (database.owned(set)?, plan.claims());
    let is_planned = |file: &OwnedFile| claims.contains(&(file.path.clone(), file.digest));
    let others: Vec<_> = owned.into_iter().filter(|file| !is_planned(file)).collect();
    let claim = |files: &OwnedFiles| {
        let own = files.iter().cloned().map(|(path, digest)| OwnedFile { path, digest, playlist });
        database.claim(set, &others.iter().cloned().chain(own).collect::<Vec<_>>())
    };
    claim(&claims)?;
    let after = plan.owned_after().clone();
    if let Err(error) = StagedFiles::write(vec![plan]).and_then(StagedFiles::place) {
        return Ok(Err(error));
    }
    claim(&after).map(Ok)
}
