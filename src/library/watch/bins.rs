//! Folders that are not watched: each of them, and each folder in it, would take one of the watches that the system grants.

use std::{fs, path::Path, path::PathBuf};

use crate::library::discarded::FolderNames;

/// The folders below `root` with one of the names; nothing in them is looked at. What cannot be read has none.
pub(super) fn bins(root: &Path, names: &FolderNames) -> Vec<PathBuf> {
    let (mut bins, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
            let is_bin = names.contain(&entry.file_name());
            (if is_bin { &mut bins } else { &mut folders }).push(entry.path());
        }
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_found_at_any_depth_and_not_looked_into() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a/b/@eaDir/x/@eaDir", "#Recycle/y", "c"] {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        let mut found = bins(folder.path(), &FolderNames::new(&["#recycle", "@eaDir"]));
        found.sort();
        assert_eq!(found, ["#Recycle", "a/b/@eaDir"].map(|path| folder.path().join(path)));
        assert_eq!(
            bins(&folder.path().join("nowhere"), &FolderNames::new(&["x"])),
            [""; 0].map(PathBuf::from)
        );
    }
}
