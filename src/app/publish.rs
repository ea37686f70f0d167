//! Writes playlists where they were asked for, and remembers which files are ours.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use super::progress::{Event, Progress};
use crate::{
    playlist::{
        Playlist,
        files::{FilesError, Ledger, Plan, Step, Wanted, Warning, look},
        format::{About, Format, document, format},
        output::{self, OutputError},
    },
    store::{OwnedFiles, Playlists, StoreError},
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
}

/// Why files were not written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot write playlists into {}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
}

/// Writes all targets; gives each playlist's first file.
///
/// # Errors
/// A target that cannot be written or is somebody else's.
pub fn publish(
    playlists: &[Playlist],
    about: &About,
    targets: &Targets,
    database: &Playlists,
    progress: &dyn Progress,
) -> Result<Vec<Option<PathBuf>>, PublishError> {
    // First what can be refused, so that a refusal leaves everything as it was.
    if let Some(path) = &targets.output {
        output::check(path, targets.force)?;
    }
    let folder = targets.playlists.as_deref().map(real_folder).transpose()?;
    let mut files = vec![None; playlists.len()];
    if let Some(folder) = folder {
        let formats = targets.formats.iter().filter_map(|name| format(name));
        for format in formats {
            let paths = write_folder(playlists, about, &folder, format, database, progress)?;
            for (file, path) in files.iter_mut().zip(paths) {
                *file = file.take().or(path);
            }
        }
    }
    if let Some(path) = &targets.output {
        output::write(path, &document(playlists, about), targets.force)?;
    }
    Ok(files)
}

/// The folder without links; made if only its last part is missing.
fn real_folder(folder: &Path) -> Result<PathBuf, PublishError> {
    let failed = |source| PublishError::Folder { path: folder.to_owned(), source };
    if !folder.exists() {
        fs::create_dir(folder).map_err(failed)?;
    }
    folder.canonicalize().map_err(failed)
}

fn write_folder(
    playlists: &[Playlist],
    about: &About,
    folder: &Path,
    format: &dyn Format,
    database: &Playlists,
    progress: &dyn Progress,
) -> Result<Vec<Option<PathBuf>>, PublishError> {
    let mut left_out = 0;
    let mut real = RealPaths::default();
    let wanted = playlists.iter().map(|playlist| {
        let text = if format.is_relative() {
            format.write(&real.of(playlist), about, folder)
        } else {
            format.write(playlist, about, folder)
        };
        left_out += text.left_out;
        Wanted { name: playlist.name.clone(), bytes: text.bytes }
    });
    let wanted = wanted.collect();
    let ledger: Ledger = database.owned(&about.set)?.into_iter().collect();
    let mut plan = Plan::between(folder, format.name(), wanted, &ledger, look);
    if !database.remembers() {
        plan = plan.forgetful(look);
    }
    database.claim(&about.set, &entries(&plan.claims()))?;
    plan.perform()?;
    database.claim(&about.set, &entries(plan.ledger()))?;
    for warning in &plan.warnings {
        progress.event(Event::Warning(match warning {
            Warning::Displaced { theirs, .. } if !database.remembers() => {
                format!("{} may be somebody else's and stays; its playlist is not written", theirs.display())
            }
            other => other.to_string(),
        }));
    }
    if left_out > 0 {
        let name = format.name();
        progress.event(Event::Warning(format!("{left_out} songs have paths that {name} cannot say")));
    }
    Ok(plan.files.into_iter().map(|file| (file.step != Step::Omit).then_some(file.path)).collect())
}

/// Paths without links, by the folder of a song: a relative path must not cross a link.
#[derive(Default)]
struct RealPaths(HashMap<PathBuf, PathBuf>);

impl RealPaths {
    fn of(&mut self, playlist: &Playlist) -> Playlist {
        let mut playlist = playlist.clone();
        for song in &mut playlist.songs {
            if let (Some(folder), Some(name)) = (song.path.parent(), song.path.file_name()) {
                let real = self.0.entry(folder.to_owned()).or_insert_with(|| real_path(folder));
                song.path = real.join(name);
            }
        }
        playlist
    }
}

/// A folder without links; what of it is not there now is taken as it is spelled.
fn real_path(folder: &Path) -> PathBuf {
    let there = folder.ancestors().find_map(|path| Some((path, path.canonicalize().ok()?)));
    let real = there.and_then(|(path, real)| Some(real.join(folder.strip_prefix(path).ok()?)));
    real.map_or_else(|| folder.to_owned(), |path| path.components().collect())
}

fn entries(ledger: &Ledger) -> OwnedFiles {
    ledger.iter().map(|(path, digest)| (path.to_owned(), digest)).collect()
}
