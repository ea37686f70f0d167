//! The files of a map, which never replace somebody else's.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::request::MapError;
use crate::fs::output::{self, OutputRefusal, folder_of};
use crate::fs::placed::take_back;

/// By which a page and a picture of ours are known: each has it near its beginning.
pub(super) const MARK: &str = "indexer map";
/// How far it may be from there.
const BEGINNING: u64 = 1024;

/// Refuses a path where something lies that is not to be replaced, or that cannot be: before anything is laid out.
pub(super) fn check(path: &Path, force: bool) -> Result<(), MapError> {
    if let Err(source) = folder_of(path).metadata() {
        return Err(MapError::Write { path: path.to_owned(), source });
    }
    Ok(output::check(path, force, is_ours)?)
}

/// Writes files, all or none. An equal one is not touched.
pub(super) fn write(files: &[(&Path, Vec<u8>)], force: bool) -> Result<(), MapError> {
    let staged = files.iter().map(|(path, bytes)| output::stage(path, bytes, force, is_ours));
    let staged: Vec<_> = staged.collect::<Result<_, OutputRefusal>>()?;
    let mut placed = Vec::new();
    for file in staged.into_iter().flatten() {
        match file.place() {
            Ok(file) => placed.push(file),
            Err(refusal) => {
                take_back(placed);
                return Err(refusal.into());
            }
        }
    }
    Ok(())
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
        let write = |text: &str, force| super::write(&[(&path, text.into())], force);
        write("<meta name=generator content=\"indexer map\"> 1", false).unwrap();
        write("<meta name=generator content=\"indexer map\"> 2", false).unwrap();
        assert!(fs::read_to_string(&path).unwrap().ends_with('2'));
        fs::write(&path, "mine").unwrap();
        assert!(write("ours", false).unwrap_err().to_string().contains("--force"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        write("ours", true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours");
        assert!(matches!(check(folder.path(), true), Err(MapError::NoFile { .. })));
        let nowhere = folder.path().join("none/map.html");
        assert!(matches!(check(&nowhere, true), Err(MapError::Write { .. })));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn where_one_file_is_refused_none_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (page, picture) = (folder.path().join("map.html"), folder.path().join("map.png"));
        fs::write(&page, "indexer map, the last one").unwrap();
        fs::create_dir(&picture).unwrap();
        let files = [(page.as_path(), b"new".to_vec()), (picture.as_path(), b"new".to_vec())];
        assert!(matches!(write(&files, true), Err(MapError::NoFile { .. })));
        assert_eq!(fs::read_to_string(&page).unwrap(), "indexer map, the last one");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    }
}
