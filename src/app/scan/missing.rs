//! Whether files that are not there are believed to be gone: too many at once are a disk that is not mounted.

use std::path::{Path, PathBuf};

use super::plan::Unavailable;

/// Files that come and go together: a folder that was walked, or a mount inside it.
#[derive(Debug)]
pub(crate) struct FileGroup {
    pub path: PathBuf,
    pub is_mount: bool,
    /// How many of its files were there before.
    pub present: usize,
}

/// Groups that have lost too much at once to be believed: a mount all of its files, a folder more
/// than half of them.
pub(crate) fn doubtful<'a>(
    vanished: impl Iterator<Item = &'a Path> + Clone,
    groups: &[FileGroup],
) -> Vec<Unavailable> {
    let judge = |group: &FileGroup| {
        let lost = vanished.clone().filter(|path| path.starts_with(&group.path)).count();
        let all = group.present;
        let is_unavailable = if group.is_mount { lost > 0 && lost == all } else { lost * 2 > all };
        is_unavailable.then(|| Unavailable {
            path: group.path.clone(),
            reason: format!("{lost} of its {all} files are not there"),
        })
    };
    groups.iter().filter_map(judge).collect()
}

/// Whether a path is in one of the unavailable folders.
pub(crate) fn lies_under(unavailable: &[Unavailable], path: &Path) -> bool {
    unavailable.iter().any(|folder| path.starts_with(&folder.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_most_of_its_files_and_a_mount_without_all_are_unavailable() {
        let group = |path: &str, is_mount, present| FileGroup { path: path.into(), is_mount, present };
        for (vanished, group, is_unavailable) in [
            (vec!["m/1"], group("m", false, 2), false),
            (vec!["m/1", "m/2"], group("m", false, 3), true),
            (vec!["n/1", "n/2"], group("m", false, 3), false),
            (vec!["m/1", "m/2"], group("m", true, 3), false),
            (vec!["m/1", "m/2"], group("m", true, 2), true),
            (vec![], group("m", true, 0), false),
            (vec![], group("m", false, 0), false),
        ] {
            let unavailable = doubtful(vanished.iter().map(Path::new), &[group]);
            assert_eq!(!unavailable.is_empty(), is_unavailable, "{vanished:?}");
        }
    }
}
