//! The step that publishes: all targets are written, or none.

mod folder;
mod song_paths;
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use self::{folder::FolderPlan, song_paths::SongPaths};
use crate::app::progress::{Event, Progress};
use crate::playlist::format::{About, document};
use crate::playlist::output::{self, StagedOutput};
use crate::{playlist::Playlist, store::Playlists};

pub use self::targets::{PublishError, Targets};

/// Writes all targets; gives each playlist's first file.
/// Errors: a target cannot be written or belongs to somebody else. All targets are then as they were, except
/// for a folder whose disk fails while files get their names.
pub(crate) fn publish(
    playlists: &[Playlist],
    about: &About,
    targets: &Targets,
    database: &Playlists,
    progress: &dyn Progress,
) -> Result<Vec<Option<PathBuf>>, PublishError> {
    if let Some(path) = &targets.output {
        output::check(path, targets.force)?;
    }
    let new_folder = targets.playlists.as_deref().filter(|folder| !folder.exists());
    let written = write(playlists, about, targets, database, progress);
    if let (Err(_), Some(folder)) = (&written, new_folder) {
        // This fails, as it should, where there are files in it by now.
        let _ = fs::remove_dir(folder);
    }
    written
}

/// Stages and plans everything before anything gets its name.
fn write(
    playlists: &[Playlist],
    about: &About,
    targets: &Targets,
    database: &Playlists,
    progress: &dyn Progress,
) -> Result<Vec<Option<PathBuf>>, PublishError> {
    let folder = targets.playlists.as_deref().map(real_folder).transpose()?;
    let output = targets.output.as_ref();
    let staged = output.map(|path| output::stage(path, &document(playlists, about), targets.force));
    let staged = staged.transpose()?.flatten();
    let mut files = vec![None; playlists.len()];
    if let Some(folder) = folder {
        let mut paths = SongPaths::new(&folder, &targets.path_map);
        let formats = targets.formats();
        let plan = FolderPlan::plan(playlists, about, &mut paths, &formats, database, progress)?;
        files = plan.perform(database, progress)?;
        let songs = playlists.iter().flat_map(|playlist| &playlist.songs);
        for unused in targets.path_map.unused(songs.map(|song| song.path.as_path())) {
            progress.event(Event::Warning(format!("--path-map {unused} changes nothing: no song is there")));
        }
    }
    staged.map_or(Ok(()), StagedOutput::place)?;
    Ok(files)
}

/// The folder with links resolved; made if only its last part is missing.
fn real_folder(folder: &Path) -> Result<PathBuf, PublishError> {
    let failed = |source| PublishError::Folder { path: folder.to_owned(), source };
    if !folder.exists() {
        fs::create_dir(folder).map_err(failed)?;
    }
    folder.canonicalize().map_err(failed)
}
