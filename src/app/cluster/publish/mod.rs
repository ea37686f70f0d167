//! Writes playlists where they were asked for: all targets, or none.

mod folder;
mod places;

use std::{
    fs,
    path::{Path, PathBuf},
};

use self::{folder::FolderPlan, places::Places};
use crate::{
    app::progress::{Event, Progress},
    playlist::{
        Playlist,
        files::FilesError,
        format::{About, Format, document, format},
        output::{self, OutputError, StagedOutput},
        path_map::PathMap,
    },
    store::{Playlists, StoreError},
};

/// Where the playlists go.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// One JSON file.
    pub output: Option<PathBuf>,
    /// Replace an `output` that is somebody else's.
    pub force: bool,
    /// A folder of playlist files.
    pub playlists: Option<PathBuf>,
    /// Their formats, by name.
    pub formats: Vec<String>,
    /// Where those files say that songs are; `output` is read on this machine and says where they are here.
    pub path_map: PathMap,
}

impl Targets {
    /// Each format once, in the order in which they are given.
    fn formats(&self) -> Vec<&'static dyn Format> {
        let mut formats: Vec<&dyn Format> = Vec::new();
        for format in self.formats.iter().filter_map(|name| format(name)) {
            if formats.iter().all(|other| other.name() != format.name()) {
                formats.push(format);
            }
        }
        formats
    }
}

/// Why files were not written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error(transparent)]
    StagedOutput(#[from] OutputError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot write playlists into {}", path.display())]
    FolderPlan { path: PathBuf, source: std::io::Error },
}

/// Writes all targets; gives each playlist's first file.
///
/// # Errors
/// A target that cannot be written or is somebody else's. All are then as they were, but for a folder whose disk fails
/// while files get their names.
pub fn publish(
    playlists: &[Playlist],
    about: &About,
    targets: &Targets,
    database: &Playlists,
    progress: &dyn Progress,
) -> Result<Vec<Option<PathBuf>>, PublishError> {
    if let Some(path) = &targets.output {
        output::check(path, targets.force)?;
    }
    let made = targets.playlists.as_deref().filter(|folder| !folder.exists());
    let written = write(playlists, about, targets, database, progress);
    if let (Err(_), Some(folder)) = (&written, made) {
        // A folder with somebody's files in it stays.
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
        let mut places = Places::new(&folder, &targets.path_map);
        let formats = targets.formats();
        let folder = FolderPlan::plan(playlists, about, &mut places, &formats, database, progress)?;
        files = folder.perform(database, progress)?;
        let songs = playlists.iter().flat_map(|playlist| &playlist.songs);
        for idle in targets.path_map.idle(songs.map(|song| song.path.as_path())) {
            progress.event(Event::Warning(format!("--path-map {idle} changes nothing: no song is there")));
        }
    }
    staged.map_or(Ok(()), StagedOutput::place)?;
    Ok(files)
}

/// The folder without links; made if only its last part is missing.
fn real_folder(folder: &Path) -> Result<PathBuf, PublishError> {
    let failed = |source| PublishError::FolderPlan { path: folder.to_owned(), source };
    if !folder.exists() {
        fs::create_dir(folder).map_err(failed)?;
    }
    folder.canonicalize().map_err(failed)
}
