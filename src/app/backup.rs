//! A backup of a store: copies of its databases and models in a folder that holds nothing else.

use std::fs::{self, DirBuilder, File, FileTimes};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::fs::atomic::{Staged, hidden, sweep, sync};
use crate::store::{StoreError, copy};
use crate::time::Moment;

/// The file by which a folder is known as a backup.
const MARK: &str = "indexer-backup.txt";
/// The folder of the models, in a store as in its backup.
const MODELS: &str = "models";

/// What a backup holds.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Its folder.
    pub folder: PathBuf,
    /// The databases and models in it.
    pub files: Vec<PathBuf>,
    /// The size of all of them, in bytes.
    pub bytes: u64,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum BackupError {
    #[error("{} is a part of the store, or the store of it: name a folder elsewhere", .0.display())]
    Within(PathBuf),
    #[error("{} is no backup of this program: name a folder that is empty or not there", .0.display())]
    NotOurs(PathBuf),
    #[error("{} is not there: make it, or mount its disk", .0.display())]
    NoParent(PathBuf),
    #[error("cannot write {}: make room there, or name another folder", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Copies the store into `folder`, which is made if only its parent is there; an earlier backup is replaced. The databases are
/// as they are at one moment, whoever writes them meanwhile.
/// Errors: the folder is anything else; a disk fails, or a row of the store is damaged: then an earlier backup keeps its databases.
pub(crate) fn back_up(store: &Path, folder: &Path) -> Result<Backup, BackupError> {
    let folder = prepared(store, folder)?;
    let unwritten = |source| BackupError::Write { path: folder.clone(), source };
    let text = format!(
        "A backup of the indexer store in {}, of {}.\n\
         To restore it, end indexer and copy library.redb, playlists.redb and {MODELS} into a store's folder.\n",
        store.display(),
        Moment::now().local(),
    );
    Staged::new(&folder, text.as_bytes())
        .and_then(|mark| mark.replace(&folder.join(MARK)))
        .map_err(unwritten)?;
    let mut files = copy(store, &folder).map_err(|error| of_copy(error, &folder))?;
    let models = store.join(MODELS);
    if models.is_dir() {
        files.extend(copy_models(&models, &folder.join(MODELS))?);
    }
    sync(&folder).map_err(unwritten)?;
    files.sort();
    let bytes = files.iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
    Ok(Backup { folder, files, bytes })
}

/// The folder, which is there and is ours.
fn prepared(store: &Path, folder: &Path) -> Result<PathBuf, BackupError> {
    let unwritten = |source| BackupError::Write { path: folder.to_owned(), source };
    let absolute = std::path::absolute(folder).map_err(unwritten)?;
    let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return Err(BackupError::NotOurs(absolute));
    };
    let parent = parent.canonicalize().map_err(|_| BackupError::NoParent(parent.to_owned()))?;
    let found = parent.join(name);
    let found = found.canonicalize().unwrap_or(found);
    let store = store.canonicalize().map_err(|_| StoreError::Missing(store.to_owned()))?;
    if found.starts_with(&store) || store.starts_with(&found) {
        return Err(BackupError::Within(absolute));
    }
    match found.symlink_metadata() {
        Err(_) => DirBuilder::new().mode(0o700).create(&found).map_err(unwritten)?,
        Ok(there) if !there.is_dir() => return Err(BackupError::NotOurs(absolute)),
        Ok(_) => {
            sweep(&found);
            let is_empty = fs::read_dir(&found).map_err(unwritten)?.next().is_none();
            if !is_empty && !found.join(MARK).is_file() {
                return Err(BackupError::NotOurs(absolute));
            }
        }
    }
    Ok(found)
}

/// An error of the store, or of the folder that is no store.
fn of_copy(error: StoreError, folder: &Path) -> BackupError {
    match error {
        StoreError::Io { path, source } | StoreError::NotWritable { path, source }
            if path.starts_with(folder) =>
        {
            BackupError::Write { path, source }
        }
        other => other.into(),
    }
}

/// Copies the files of a folder that are not there yet as they are.
fn copy_models(models: &Path, target: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let unread = |source| BackupError::Read { path: models.to_owned(), source };
    let unwritten = |path: &Path| {
        let path = path.to_owned();
        move |source| BackupError::Write { path, source }
    };
    DirBuilder::new().mode(0o700).recursive(true).create(target).map_err(unwritten(target))?;
    sweep(target);
    let mut files = Vec::new();
    for entry in fs::read_dir(models).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let Some(found) = entry.path().metadata().ok().filter(|found| found.is_file()) else { continue };
        let copy = target.join(entry.file_name());
        let modified = found.modified().map_err(unread)?;
        let is_there = copy.metadata().is_ok_and(|there| {
            there.len() == found.len() && there.modified().is_ok_and(|time| time == modified)
        });
        if !is_there {
            write_copy(&entry.path(), &copy, modified)?;
        }
        files.push(copy);
    }
    sync(target).map_err(unwritten(target))?;
    Ok(files)
}

/// Copies a file with its time, by which it is known again.
fn write_copy(file: &Path, copy: &Path, modified: std::time::SystemTime) -> Result<(), BackupError> {
    let unread = |source| BackupError::Read { path: file.to_owned(), source };
    let unwritten = |source| BackupError::Write { path: copy.to_owned(), source };
    let mut source = File::open(file).map_err(unread)?;
    let folder = copy.parent().unwrap_or(copy);
    let mut staged = hidden().tempfile_in(folder).map_err(|error| unwritten(error.kind().into()))?;
    io::copy(&mut source, staged.as_file_mut()).map_err(unwritten)?;
    staged.as_file().set_times(FileTimes::new().set_modified(modified)).map_err(unwritten)?;
    staged.as_file().sync_all().map_err(unwritten)?;
    staged.persist(copy).map_err(|error| unwritten(error.error))?;
    Ok(())
}
