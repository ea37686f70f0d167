//! Looks at the folders: walks them, and decides which are unavailable now: a root that is gone or lies on another disk,
//! a mount that is not mounted, a folder that has lost too many files at once. Nothing below those changes.

use std::path::{Path, PathBuf};
use std::{
    collections::BTreeMap, collections::HashSet, ffi::OsStr, fs, os::unix::ffi::OsStrExt,
    os::unix::fs::MetadataExt,
};

use super::plan::Unavailable;
use crate::library::{FoundFile, Roots, Rules, RulesError, Walk, WalkError, divide};
use crate::{file::RootRecord, fs::filesystem::Filesystem, time::Moment};

/// What lies on the disk, within the scope of the call.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// In the order of the paths' bytes.
    pub found: Vec<FoundFile>,
    /// Audio files that cue sheets beside them divide: their songs were found instead.
    pub divided: HashSet<PathBuf>,
    /// Roots and mounts that were there before and are not now.
    pub unavailable: Vec<Unavailable>,
    /// Folders and files that could not be read.
    pub errors: Vec<WalkError>,
    /// Folders that were to be walked and are not entered, with the reason.
    pub closed: Vec<WalkError>,
    /// Links that were not followed.
    pub links: u64,
    /// The roots as they are now.
    pub roots: BTreeMap<PathBuf, RootRecord>,
}

impl Survey {
    /// Walks the scope of `roots`. With `accept`, folders that are gone or lie on another disk than before are taken as they are.
    pub(crate) fn take(
        roots: &Roots,
        known: &BTreeMap<PathBuf, RootRecord>,
        rules: &Rules,
        accept: bool,
    ) -> Result<Self, RulesError> {
        let (mut survey, mut sheets) = (Self::default(), Vec::new());
        for scope in &roots.scope {
            let Some(root) = roots.holding(scope) else { continue };
            let before = survey.roots.get(root).or(known.get(root));
            let mut record = before.cloned().unwrap_or_default();
            if accept && !scope.exists() {
                // The user says that it is gone for good: nothing is found there.
                survey.roots.insert(root.to_owned(), record);
                continue;
            }
            match absence(root, before.filter(|_| !accept)) {
                Some(reason) => survey.unavailable.push(Unavailable { path: root.to_owned(), reason }),
                None => sheets.append(&mut survey.walk(root, scope, rules, &mut record, accept)?),
            }
            survey.roots.insert(root.to_owned(), record);
        }
        // Two parts of one root report the same absence.
        survey.unavailable.dedup();
        let divided = divide(&mut survey.found, &sheets);
        survey.divided = divided.files;
        survey.errors.extend(divided.unread);
        survey.found.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
        Ok(survey)
    }

    /// Gives the cue sheets that it finds.
    fn walk(
        &mut self,
        root: &Path,
        scope: &Path,
        rules: &Rules,
        record: &mut RootRecord,
        accept: bool,
    ) -> Result<Vec<PathBuf>, RulesError> {
        let walk = Walk::of(root, scope, rules)?;
        record.filesystem = Filesystem::of(root).map_or(0, |found| found.id);
        // What lies on the root's own disk is no mount: stores say so of folders in a root that is a link.
        record.mounts.retain(|(_, id)| *id == 0 || *id != record.filesystem);
        for (mount, id) in &record.mounts {
            let mount = Path::new(OsStr::from_bytes(mount));
            // One in a folder that is not entered is not met.
            let is_mounted = walk.mounts.iter().any(|(path, now)| path == mount && now == id)
                || is_still_mounted(mount, *id);
            if (mount.starts_with(scope) || scope.starts_with(mount)) && !is_mounted && !accept {
                let reason = "is not mounted, or another disk is mounted there".to_owned();
                self.unavailable.push(Unavailable { path: mount.to_owned(), reason });
            }
        }
        let unavailable = |path: &Path| self.unavailable.iter().any(|unavailable| unavailable.path == path);
        record.mounts.retain(|(path, _)| {
            let path = Path::new(OsStr::from_bytes(path));
            unavailable(path) || !path.starts_with(scope)
        });
        for (path, id) in walk.mounts {
            let path = path.into_os_string().into_encoded_bytes();
            if !record.mounts.iter().any(|(known, _)| *known == path) {
                record.mounts.push((path, id));
            }
        }
        record.walked = Some(Moment::now());
        self.found.extend(walk.files);
        self.errors.extend(walk.errors);
        self.closed.extend(walk.closed);
        self.links += walk.links;
        Ok(walk.sheets)
    }

    /// Folders whose files are not seen: unavailable, or not readable.
    pub(crate) fn unseen(&self) -> Vec<PathBuf> {
        let unavailable = self.unavailable.iter().map(|unavailable| unavailable.path.clone());
        unavailable.chain(self.errors.iter().map(|error| error.path.clone())).collect()
    }
}

/// Whether the filesystem of this id is mounted there.
fn is_still_mounted(mount: &Path, id: u64) -> bool {
    let device = |path: &Path| Some(path.metadata().ok()?.dev());
    let is_mount = mount.parent().is_some_and(|parent| device(parent) != device(mount));
    is_mount && Filesystem::of(mount).is_ok_and(|found| found.id == id)
}

/// Why a root cannot be looked at, if so.
fn absence(root: &Path, before: Option<&RootRecord>) -> Option<String> {
    match fs::metadata(root) {
        Err(error) => Some(error.to_string()),
        Ok(found) if !found.is_dir() => Some("is not a folder any more".to_owned()),
        Ok(_) => {
            let id = Filesystem::of(root).map_or(0, |found| found.id);
            let was = before.map_or(0, |record| record.filesystem);
            (was != 0 && id != 0 && was != id).then(|| "lies on another disk than before".to_owned())
        }
    }
}

/// Files that come and go together: a folder that was walked, or a mount inside it.
#[derive(Debug)]
pub(crate) struct FileGroup {
    pub path: PathBuf,
    pub is_mount: bool,
    /// How many of its files were there before.
    pub present: usize,
}

/// Groups that have lost too much at once to be believed: a mount all of its files, a folder more than half of them.
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
            reason: match all {
                1 => "its only file is not there".to_owned(),
                _ => format!("{lost} of its {all} files are not there"),
            },
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
    use crate::library::FolderNames;

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

    #[test]
    fn what_an_older_store_takes_for_a_mount_on_the_disk_of_its_root_is_none() {
        let music = tempfile::tempdir().unwrap();
        let (root, folder) = (music.path().to_owned(), music.path().join("gone"));
        let id = Filesystem::of(&root).unwrap().id;
        let record = RootRecord {
            filesystem: id,
            mounts: vec![(folder.into_os_string().into_encoded_bytes(), id)],
            ..RootRecord::default()
        };
        let roots = Roots { all: vec![root.clone()], scope: vec![root.clone()] };
        let known = BTreeMap::from([(root.clone(), record)]);
        let rules = Rules {
            extensions: vec![],
            ignore: vec![],
            discarded: FolderNames::default(),
            hidden: false,
            follow_links: false,
            cue: true,
        };
        let survey = Survey::take(&roots, &known, &rules, false).unwrap();
        assert_eq!((survey.unavailable, survey.roots[&root].mounts.len()), (vec![], 0));
    }
}
