//! The step that publishes: all targets are written under hidden names, and then get their own.

use std::path::{self, Path, PathBuf};
use std::{collections::HashMap, fs};

use super::request::{ClusterRunError, Targets};
use super::song_paths::SongPaths;
use crate::app::progress::{Event, Progress};
use crate::fs::{output::StagedOutput, placed::take_back};
use crate::playlist::files::{FilePlan, OwnedFiles, PathState, StagedFiles, Step, WantedFile, Warning, look};
use crate::playlist::format::{About, FORMATS, Format, document};
use crate::playlist::{Playlist, output};
use crate::store::{OwnedFile, Playlists, StoreError};
use crate::text::counted;

/// Playlists and where they go.
pub(crate) struct Publication<'a> {
    pub playlists: &'a [Playlist],
    pub about: &'a About,
    pub targets: &'a Targets,
    pub database: &'a Playlists,
    pub progress: &'a dyn Progress,
}

/// All targets on the disk, before they have their names. They are removed if they get none.
pub(crate) struct StagedPublication<'a> {
    database: &'a Playlists,
    set: &'a str,
    /// Each playlist's first file.
    first: Vec<Option<PathBuf>>,
    /// None in a dry run, and where there is no folder.
    lists: Option<StagedLists>,
    output: Option<StagedOutput>,
    /// A folder that is removed again if it stays empty.
    new_folder: Option<PathBuf>,
}

/// Each playlist's first file, and all of them on the disk.
type PlannedLists = (Vec<Option<PathBuf>>, Option<StagedLists>);

/// The files of a folder, with what the set owns until all have their names, and then.
struct StagedLists {
    files: StagedFiles,
    claims: Vec<OwnedFile>,
    owned: Vec<OwnedFile>,
}

impl StagedPublication<'_> {
    /// Keeps which files are the set's while they get their names.
    pub(crate) fn claim(&self) -> Result<(), StoreError> {
        self.lists.as_ref().map_or(Ok(()), |lists| self.database.claim(self.set, &lists.claims))
    }

    /// Gives all files their names; gives each playlist's first one.
    /// Errors: a disk fails, or somebody else has put a file there. All targets are then as they were.
    pub(crate) fn place(mut self) -> Result<Vec<Option<PathBuf>>, ClusterRunError> {
        let (files, owned) = self.lists.take().map(|lists| (lists.files, lists.owned)).unzip();
        let placed = files.map_or(Ok(vec![]), StagedFiles::place)?;
        if let Err(error) = output::place(self.output.take()) {
            take_back(placed);
            return Err(error.into());
        }
        drop(placed);
        self.new_folder = None;
        if let Some(owned) = owned {
            // Where this fails, what files were before counts as the set's, too, until its next run.
            drop(self.database.claim(self.set, &owned));
        }
        Ok(std::mem::take(&mut self.first))
    }
}

impl Drop for StagedPublication<'_> {
    fn drop(&mut self) {
        drop(self.lists.take());
        // This fails, as it should, where there are files in it by now.
        self.new_folder.take().map(fs::remove_dir);
    }
}

impl<'a> Publication<'a> {
    /// Writes all targets to the disk, under names that nobody sees.
    /// Errors: a target cannot be written or belongs to somebody else. All targets are then as they were.
    pub(crate) fn stage(&self) -> Result<StagedPublication<'a>, ClusterRunError> {
        let Self { targets, playlists, .. } = *self;
        if let Some(path) = &targets.output {
            output::check(path, targets.force)?;
        }
        let given = targets.playlists.as_deref();
        let paths =
            given.map(|folder| SongPaths::new(folder, &targets.path_map, targets.relative_to.as_deref()));
        let paths = paths.map(|mut paths| Ok::<_, ClusterRunError>((paths.outside(playlists)?, paths)));
        let paths = paths.transpose()?;
        if let Some(folder) = given {
            self.check_owner(folder)?;
        }
        let is_dry = targets.is_dry_run;
        let mut staged = StagedPublication {
            database: self.database,
            set: &self.about.set,
            first: vec![None; playlists.len()],
            lists: None,
            output: None,
            new_folder: given.filter(|folder| !is_dry && !folder.exists()).map(Path::to_owned),
        };
        let folder = given.map(|folder| real_folder(folder, !is_dry)).transpose()?;
        if let Some(path) = targets.output.as_ref().filter(|_| !is_dry) {
            staged.output = output::stage(path, &document(playlists, self.about), targets.force)?;
        }
        if let Some((folder, (outside, paths))) = folder.zip(paths) {
            (staged.first, staged.lists) = self.stage_lists(&folder, paths)?;
            self.warn_of_paths(outside);
        }
        Ok(staged)
    }

    /// Warns of songs that the paths of playlist files leave out, and of settings that change none.
    fn warn_of_paths(&self, outside: usize) {
        let Self { targets, playlists, .. } = *self;
        if let (1.., Some(base)) = (outside, &targets.relative_to) {
            let (songs, are) = (counted(outside, "song"), if outside == 1 { "is" } else { "are" });
            let base = base.display();
            self.warn(format!(
                "{songs} {are} not under --relative-to {base}: left out of the playlist files"
            ));
        }
        let songs = playlists.iter().flat_map(|playlist| &playlist.songs);
        for unused in targets.path_map.unused(songs.map(|song| song.path())) {
            self.warn(format!("--path-map {unused} changes nothing: no song is there"));
        }
    }

    /// A folder belongs to one set.
    /// Errors: a playlist of another set is in it, as that has written it.
    fn check_owner(&self, folder: &Path) -> Result<(), ClusterRunError> {
        // Where it is not there yet, nothing is in it.
        let Ok(real) = folder.canonicalize() else { return Ok(()) };
        let others = self.database.files_of_others(&real, &self.about.set)?;
        match others.into_iter().find(|(_, file)| look(&file.path) == PathState::File(file.digest)) {
            Some((set, _)) => Err(ClusterRunError::FolderOfAnotherSet { folder: folder.to_owned(), set }),
            None => Ok(()),
        }
    }

    /// Which files are ours cannot be kept for the next call.
    fn is_forgetful(&self) -> bool {
        !self.targets.is_dry_run && !self.database.remembers()
    }

    /// Writes the playlist files of a folder, in all formats, under hidden names; gives each playlist's first one.
    /// Errors: the folder does not take the files.
    fn stage_lists(&self, folder: &Path, mut paths: SongPaths) -> Result<PlannedLists, ClusterRunError> {
        let Self { playlists, about, targets, database, .. } = *self;
        let formats = targets.formats();
        let is_wanted = |name| formats.iter().any(|format| format.name == name);
        // Files of the other formats are removed.
        let dropped = FORMATS.iter().filter(|format| !is_wanted(format.name));
        let owned = database.owned(&about.set)?;
        let mut playlist_of: HashMap<_, _> =
            owned.iter().map(|file| (file.path.clone(), file.playlist)).collect();
        let mut owned: OwnedFiles = owned.into_iter().map(|file| (file.path, file.digest)).collect();
        let (mut plans, mut first) = (Vec::new(), vec![None; playlists.len()]);
        for format in formats.iter().copied().chain(dropped) {
            let files = if is_wanted(format.name) { self.files(&mut paths, format) } else { vec![] };
            let mut plan = FilePlan::between(folder, format.name, files, &owned, look);
            if self.is_forgetful() {
                plan = plan.without_displaced(look);
            }
            owned = plan.owned_after().clone();
            for ((file, playlist), first) in plan.files.iter().zip(playlists).zip(&mut first) {
                playlist_of.insert(file.path.clone(), playlist.id);
                if first.is_none() && file.step != Step::Omit {
                    *first = Some(file.path.clone());
                }
            }
            plans.push(plan);
        }
        for warning in plans.iter().flat_map(|plan| &plan.warnings) {
            self.warn(text_of(warning, self.is_forgetful()));
        }
        if targets.is_dry_run {
            return Ok((first, None));
        }
        let claims = entries(&plans.iter().flat_map(FilePlan::claims).collect(), &playlist_of);
        let owned = entries(&owned, &playlist_of);
        Ok((first, Some(StagedLists { files: StagedFiles::write(plans)?, claims, owned })))
    }

    /// The playlists as files of one format.
    fn files(&self, paths: &mut SongPaths, format: &Format) -> Vec<WantedFile> {
        let mut left_out = 0;
        let wanted = self.playlists.iter().map(|playlist| {
            let text = (format.write)(&paths.written(playlist, format.is_relative), self.about);
            left_out += text.left_out;
            WantedFile { name: playlist.name.clone(), bytes: text.bytes }
        });
        let wanted = wanted.collect();
        if left_out > 0 {
            let paths = if left_out == 1 { "song has a path" } else { "songs have paths" };
            self.warn(format!("{left_out} {paths} that {} cannot express", format.name));
        }
        wanted
    }

    fn warn(&self, text: String) {
        self.progress.event(Event::Warning(text));
    }
}

/// The folder with links resolved; made, if that `may_be_made`, where only its last part is missing.
fn real_folder(folder: &Path, may_be_made: bool) -> Result<PathBuf, ClusterRunError> {
    let failed = |source| ClusterRunError::Folder { path: folder.to_owned(), source };
    if !folder.exists() {
        if !may_be_made {
            return path::absolute(folder).map_err(failed);
        }
        fs::create_dir(folder).map_err(failed)?;
    }
    folder.canonicalize().map_err(failed)
}

/// A warning as text. Where it cannot be known what is ours, nothing is said of who changed it.
fn text_of(warning: &Warning, is_forgetful: bool) -> String {
    match warning {
        Warning::Displaced { theirs, .. } if is_forgetful => {
            let theirs = theirs.display();
            format!("{theirs} may be somebody else's and stays; its playlist is not written")
        }
        _ => warning.to_string(),
    }
}

/// Owned files with the playlists that they hold.
fn entries(files: &OwnedFiles, playlist_of: &HashMap<PathBuf, u32>) -> Vec<OwnedFile> {
    let entry = |(path, digest): &(PathBuf, _)| {
        Some(OwnedFile { path: path.to_owned(), digest: *digest, playlist: *playlist_of.get(path)? })
    };
    files.iter().filter_map(entry).collect()
}
