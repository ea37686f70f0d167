//! Writes playlists where they were asked for, and remembers which files are ours.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use super::{
    places::Places,
    progress::{Event, Progress},
};
use crate::{
    playlist::{
        Playlist,
        files::{FilesError, Ledger, Plan, Step, Wanted, Warning, look},
        format::{About, Format, document, format},
        output::{self, OutputError},
        path_map::PathMap,
    },
    store::{OwnedFile, Playlists, StoreError},
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
        let mut places = Places::new(&folder, &targets.path_map);
        for format in targets.formats.iter().filter_map(|name| format(name)) {
            let paths = write_folder(playlists, about, &mut places, format, database, progress)?;
            for (file, path) in files.iter_mut().zip(paths) {
                *file = file.take().or(path);
            }
        }
        let songs = playlists.iter().flat_map(|playlist| &playlist.songs);
        for idle in targets.path_map.idle(songs.map(|song| song.path.as_path())) {
            progress.event(Event::Warning(format!("--path-map {idle} changes nothing: no song is there")));
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
    places: &mut Places,
    format: &dyn Format,
    database: &Playlists,
    progress: &dyn Progress,
) -> Result<Vec<Option<PathBuf>>, PublishError> {
    let mut left_out = 0;
    let wanted = playlists.iter().map(|playlist| {
        let text = format.write(&places.of(playlist, format.is_relative()), about);
        left_out += text.left_out;
        Wanted { name: playlist.name.clone(), bytes: text.bytes }
    });
    let wanted = wanted.collect();
    let owned = database.owned(&about.set)?;
    let ledger: Ledger = owned.iter().map(|file| (file.path.clone(), file.digest)).collect();
    let mut plan = Plan::between(places.folder, format.name(), wanted, &ledger, look);
    if !database.remembers() {
        plan = plan.forgetful(look);
    }
    let mut holds: HashMap<_, _> = owned.into_iter().map(|file| (file.path, file.playlist)).collect();
    holds.extend(plan.files.iter().zip(playlists).map(|(file, playlist)| (file.path.clone(), playlist.id)));
    database.claim(&about.set, &entries(&plan.claims(), &holds))?;
    plan.perform()?;
    database.claim(&about.set, &entries(plan.ledger(), &holds))?;
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

/// A ledger's files with the playlists that they hold.
fn entries(ledger: &Ledger, holds: &HashMap<PathBuf, u32>) -> Vec<OwnedFile> {
    let entry = |(path, digest): (&Path, _)| {
        Some(OwnedFile { path: path.to_owned(), digest, playlist: *holds.get(path)? })
    };
    ledger.iter().filter_map(entry).collect()
}
