//! A folder of exported files, in which nothing of anybody else's is replaced.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::TransferError;
use super::report::ExportedFile;
use crate::exchange::ExchangeError;
use crate::exchange::table::FORMAT;
use crate::fs::atomic::{PathState, look};
use crate::fs::output::{self, StagedOutput};
use crate::fs::{placed::take_back, read_small};

/// Says of the files beside it that they are ours, by their digests.
const MANIFEST: &str = "export.json";
const MANIFEST_LIMIT: u64 = 1 << 20;

/// Files that are being written. None has its name before [`Self::place`].
pub(super) struct ExportFolder {
    path: PathBuf,
    force: bool,
    staged: Vec<(PathBuf, StagedOutput, File)>,
    /// It was made for this.
    is_new: bool,
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    program: String,
    version: String,
    format: u32,
    /// Names with the digests of what we wrote there: two where one may be replaced by the other just now.
    files: BTreeMap<String, Vec<String>>,
}

impl ExportFolder {
    /// Errors: it is no folder, or cannot be made.
    pub(super) fn open(path: &Path, force: bool) -> Result<Self, TransferError> {
        let write = |source| ExchangeError::Write { path: path.to_owned(), source };
        let is_new = match path.metadata() {
            Ok(found) if found.is_dir() => false,
            Ok(_) => return Err(TransferError::NoFolder(path.to_owned())),
            Err(_) => fs::create_dir(path).map(|()| true).map_err(write)?,
        };
        let folder = Self { path: path.to_owned(), force, staged: vec![], is_new };
        output::check(&path.join(MANIFEST), force, is_manifest)?;
        Ok(folder)
    }

    /// A new file of this name.
    pub(super) fn file(&mut self, name: &str) -> Result<(PathBuf, File), ExchangeError> {
        let path = self.path.join(name);
        let refused = |refusal| match TransferError::from(refusal) {
            TransferError::Exchange(error) => error,
            other => ExchangeError::Write { path: path.clone(), source: io::Error::other(other.to_string()) },
        };
        let (staged, file) = output::begin(&path, self.force, is_ours).map_err(refused)?;
        let again = file.try_clone().map_err(|source| ExchangeError::Write { path: path.clone(), source })?;
        self.staged.push((path.clone(), staged, file));
        Ok((path, again))
    }

    /// Refuses what [`Self::file`] would, before anything is written.
    pub(super) fn check(&self, name: &str) -> Result<(), TransferError> {
        Ok(output::check(&self.path.join(name), self.force, is_ours)?)
    }

    /// Gives all files their names, or none.
    pub(super) fn place(mut self) -> Result<Vec<ExportedFile>, TransferError> {
        let mut manifest = read_manifest(&self.path.join(MANIFEST)).unwrap_or_default();
        let mut written = Vec::new();
        for (path, staged, file) in &self.staged {
            let sized = file
                .sync_all()
                .and_then(|()| file.metadata())
                .and_then(|found| Ok((found.len(), staged.digest()?)));
            let (size, digest) =
                sized.map_err(|source| ExchangeError::Write { path: path.clone(), source })?;
            let before = match look(path) {
                PathState::File(digest) => Some(digest.to_string()),
                _ => None,
            };
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            manifest.files.insert(name, [digest.to_string()].into_iter().chain(before).collect());
            written.push(ExportedFile { path: path.clone(), size });
        }
        let text = serde_json::to_vec_pretty(&manifest).expect("text and numbers");
        let said = output::stage(&self.path.join(MANIFEST), &text, self.force, is_manifest)?;
        let mut placed = Vec::new();
        // The manifest first: whatever ends this in between, all of it is known to be ours.
        for staged in said.into_iter().chain(self.staged.drain(..).map(|(_, staged, _)| staged)) {
            match staged.place() {
                Ok(file) => placed.push(file),
                Err(refusal) => {
                    take_back(placed);
                    return Err(refusal.into());
                }
            }
        }
        self.is_new = false;
        written.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(written)
    }
}

impl Drop for ExportFolder {
    fn drop(&mut self) {
        self.staged.clear();
        if self.is_new {
            // Nothing was written; if somebody else has put a file there, it stays.
            let _ = fs::remove_dir(&self.path);
        }
    }
}

impl Default for Manifest {
    fn default() -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { program: "indexer".to_owned(), version, format: FORMAT, files: BTreeMap::new() }
    }
}

fn read_manifest(path: &Path) -> Option<Manifest> {
    let manifest: Manifest = serde_json::from_slice(&read_small(path, MANIFEST_LIMIT).ok()?).ok()?;
    Some(manifest).filter(|manifest| manifest.program == "indexer")
}

fn is_manifest(path: &Path) -> bool {
    read_manifest(path).is_some()
}

/// Whether the manifest beside a file says that we wrote it as it is.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let manifest = path.parent().and_then(|folder| read_manifest(&folder.join(MANIFEST)));
    let Some(digests) = manifest.and_then(|mut manifest| manifest.files.remove(&*name)) else { return false };
    matches!(look(path), PathState::File(digest) if digests.contains(&digest.to_string()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn export(path: &Path, text: &str, force: bool) -> Result<(), TransferError> {
        let mut folder = ExportFolder::open(path, force)?;
        folder.check("tracks.csv")?;
        let (_, mut file) = folder.file("tracks.csv")?;
        file.write_all(text.as_bytes()).unwrap();
        folder.place().map(drop)
    }

    #[test]
    fn an_export_replaces_an_export_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export");
        let file = path.join("tracks.csv");
        for text in ["one", "two", "two"] {
            export(&path, text, false).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        fs::write(&file, "mine").unwrap();
        assert!(matches!(export(&path, "three", false), Err(TransferError::NotOurs(path)) if path == file));
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        export(&path, "four", true).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "four");
        assert_eq!(fs::read_dir(&path).unwrap().count(), 2);
        fs::write(path.join(MANIFEST), "mine").unwrap();
        assert!(matches!(export(&path, "five", false), Err(TransferError::NotOurs(_))));
    }

    #[test]
    fn where_nothing_is_written_no_folder_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export");
        let mut begun = ExportFolder::open(&path, false).unwrap();
        begun.file("tracks.csv").unwrap();
        drop(begun);
        assert!(!path.exists());
        fs::write(&path, "").unwrap();
        assert!(matches!(ExportFolder::open(&path, false), Err(TransferError::NoFolder(_))));
    }
}
