//! The playlist files of a run in one folder: all formats are planned before the first file changes.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use super::{song_paths::SongPaths, targets::PublishError};
use crate::app::progress::{Event, Progress};
use crate::playlist::Playlist;
use crate::playlist::files::{FilePlan, OwnedFiles, PathState, Step, WantedFile, Warning, look, perform};
use crate::playlist::format::{About, FORMATS, Format};
use crate::store::{OwnedFile, Playlists, StoreError};

/// What has to be done in a folder, and what the set owned before.
pub(super) struct FolderPlan<'a> {
    playlists: &'a [Playlist],
    set: &'a str,
    owned: Vec<OwnedFile>,
    /// The formats that are asked for, each with one file per playlist.
    wanted: Vec<FilePlan>,
    /// The other formats, whose files are removed.
    dropped: Vec<FilePlan>,
}

impl<'a> FolderPlan<'a> {
    /// Plans every format, and warns of songs whose paths a format cannot express.
    pub(super) fn plan(
        playlists: &'a [Playlist],
        about: &'a About,
        paths: &mut SongPaths,
        formats: &[&Format],
        database: &Playlists,
        progress: &dyn Progress,
    ) -> Result<Self, StoreError> {
        let owned = database.owned(&about.set)?;
        let mut owned_files: OwnedFiles = owned.iter().map(|file| (file.path.clone(), file.digest)).collect();
        let folder = paths.folder;
        let mut plan = |format: &Format, files| {
            let mut plan = FilePlan::between(folder, format.name, files, &owned_files, look);
            if !database.remembers() {
                plan = plan.without_displaced(look);
            }
            owned_files = plan.owned_after().clone();
            plan
        };
        let is_wanted = |name| formats.iter().any(|format| format.name == name);
        let (mut wanted, mut dropped) = (Vec::new(), Vec::new());
        for &format in formats {
            wanted.push(plan(format, files(playlists, about, paths, format, progress)));
        }
        for format in FORMATS.iter().filter(|format| !is_wanted(format.name)) {
            dropped.push(plan(format, vec![]));
        }
        Ok(Self { playlists, set: &about.set, owned, wanted, dropped })
    }

    /// Writes and removes; gives each playlist's first file.
    /// Errors: the folder does not take the files: then it is as it was.
    pub(super) fn perform(
        mut self,
        database: &Playlists,
        progress: &dyn Progress,
    ) -> Result<Vec<Option<PathBuf>>, PublishError> {
        let owned = self.owned.iter().map(|file| (file.path.clone(), file.playlist));
        let mut playlist_of: HashMap<_, _> = owned.collect();
        let mut first = vec![None; self.playlists.len()];
        for plan in &self.wanted {
            for ((file, playlist), first) in plan.files.iter().zip(self.playlists).zip(&mut first) {
                playlist_of.insert(file.path.clone(), playlist.id);
                if first.is_none() && file.step != Step::Omit {
                    *first = Some(file.path.clone());
                }
            }
        }
        let mut plans = self.wanted;
        plans.append(&mut self.dropped);
        let claims: Vec<_> = plans.iter().map(FilePlan::claims).collect();
        let claims = claims.into_iter().flatten().collect();
        database.claim(self.set, &entries(&claims, &playlist_of))?;
        perform(&plans)?;
        if let Some(last) = plans.last() {
            database.claim(self.set, &entries(last.owned_after(), &playlist_of))?;
        }
        for warning in plans.iter().flat_map(|plan| &plan.warnings) {
            progress.event(Event::Warning(text_of(warning, database)?));
        }
        Ok(first)
    }
}

/// A warning as text. It names the set whose file is in the way, if it is one of ours.
fn text_of(warning: &Warning, database: &Playlists) -> Result<String, StoreError> {
    let Warning::Displaced { theirs, ours } = warning else { return Ok(warning.to_string()) };
    if !database.remembers() {
        let theirs = theirs.display();
        return Ok(format!("{theirs} may be somebody else's and stays; its playlist is not written"));
    }
    Ok(match owner(theirs, database)? {
        Some(set) => format!(
            "{} is a playlist of the set {set} and stays; the playlist is in {}",
            theirs.display(),
            ours.display()
        ),
        None => warning.to_string(),
    })
}

/// The playlists as files of one format.
fn files(
    playlists: &[Playlist],
    about: &About,
    paths: &mut SongPaths,
    format: &Format,
    progress: &dyn Progress,
) -> Vec<WantedFile> {
    let mut left_out = 0;
    let wanted = playlists.iter().map(|playlist| {
        let text = (format.write)(&paths.written(playlist, format.is_relative), about);
        left_out += text.left_out;
        WantedFile { name: playlist.name.clone(), bytes: text.bytes }
    });
    let wanted = wanted.collect();
    if left_out > 0 {
        let name = format.name;
        progress.event(Event::Warning(format!("{left_out} songs have paths that {name} cannot express")));
    }
    wanted
}

/// The set that wrote what lies at a path.
fn owner(path: &Path, database: &Playlists) -> Result<Option<String>, StoreError> {
    let PathState::File(present) = look(path) else { return Ok(None) };
    for set in database.sets()? {
        if database.owned(&set)?.iter().any(|file| file.path == path && file.digest == present) {
            return Ok(Some(set));
        }
    }
    Ok(None)
}

/// Owned files with the playlists that they hold.
fn entries(files: &OwnedFiles, playlist_of: &HashMap<PathBuf, u32>) -> Vec<OwnedFile> {
    let entry = |(path, digest): &(PathBuf, _)| {
        Some(OwnedFile { path: path.to_owned(), digest: *digest, playlist: *playlist_of.get(path)? })
    };
    files.iter().filter_map(entry).collect()
}
