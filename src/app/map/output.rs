//! The files of a map, which never replace somebody else's.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::request::MapError;
use crate::digest::Digest;
use crate::fs::atomic::{self, PathState, Staged};

/// By which a page and a picture of ours are known: each has it near its beginning.
pub(super) const MARK: &str = "indexer map";
/// How far it may be from there.
const BEGINNING: u64 = 1024;

/// Refuses a path where something lies that is not to be replaced, or that cannot be: before anything is laid out.
pub(super) fn check(path: &Path, force: bool) -> Result<(), MapError> {
    let folder = folder_of(path);
    if let Err(source) = folder.metadata() {
        return Err(MapError::Write { path: path.to_owned(), source });
    }
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    // A link counts as a file unless it leads to a device.
    let there = path.metadata().ok();
    if there.map_or(!found.is_symlink(), |there| !there.is_file()) {
        return Err(MapError::NoFile { path: path.to_owned() });
    }
    let may_be_replaced = force || found.is_file() && is_ours(path);
    may_be_replaced.then_some(()).ok_or_else(|| MapError::NotOurs { path: path.to_owned() })
}

/// Writes a file, whole or not at all. An equal one is not touched.
pub(super) fn write(path: &Path, bytes: &[u8], force: bool) -> Result<(), MapError> {
    let found = atomic::look(path);
    if found == PathState::File(Digest::of(bytes)) {
        return Ok(());
    }
    check(path, force)?;
    let folder = folder_of(path);
    atomic::sweep(folder);
    let written = Staged::new(folder, bytes).and_then(|staged| match found {
        PathState::Nothing => staged.create(path),
        _ => staged.replace(path),
    });
    let synced = written.and_then(|()| atomic::sync(folder));
    synced.map_err(|source| MapError::Write { path: path.to_owned(), source })
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

fn is_ours(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BEGINNING).read_to_end(&mut beginning));
    read.is_ok() && beginning.windows(MARK.len()).any(|window| window == MARK.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_map_of_ours_is_replaced_and_anything_else_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.html");
        write(&path, b"<meta name=generator content=\"indexer map\"> 1", false).unwrap();
        write(&path, b"<meta name=generator content=\"indexer map\"> 2", false).unwrap();
        assert!(fs::read_to_string(&path).unwrap().ends_with('2'));
        fs::write(&path, "mine").unwrap();
        assert!(write(&path, b"ours", false).unwrap_err().to_string().contains("--force"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        write(&path, b"ours", true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours");
        assert!(matches!(check(folder.path(), true), Err(MapError::NoFile { .. })));
        let nowhere = folder.path().join("none/map.html");
        assert!(matches!(check(&nowhere, true), Err(MapError::Write { .. })));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }
}
