//! Files that are not there any more: moved, missing, or unavailable with the folder that held them.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
};

use super::{
    known::Failures,
    plan::{Plan, Unavailable},
    survey::Survey,
};
use crate::{
    file::{FileRecord, RootRecord},
    library::Roots,
    store::{Change, StoreError, View},
    time::Moment,
};

/// Files that come and go together: a folder that was walked, or a mount inside it.
#[derive(Debug)]
pub struct Group {
    pub path: PathBuf,
    pub is_mount: bool,
    /// Its files that were there before.
    pub present: usize,
}

/// Groups that have lost too much at once to be believed: a mount all of its files, a folder more
/// than half of them.
pub fn doubtful<'a>(vanished: impl Iterator<Item = &'a Path> + Clone, groups: &[Group]) -> Vec<Unavailable> {
    let lost = |group: &Group| vanished.clone().filter(|path| path.starts_with(&group.path)).count();
    let judge = |group: &Group| {
        let (lost, all) = (lost(group), group.present);
        let is_unavailable = if group.is_mount { lost > 0 && lost == all } else { lost * 2 > all };
        is_unavailable.then(|| Unavailable {
            path: group.path.clone(),
            reason: format!("{lost} of its {all} files are not there"),
        })
    };
    groups.iter().filter_map(judge).collect()
}

/// What became of files that were not found.
#[derive(Debug, Default)]
pub struct Settled {
    /// Newly gone, as they would be recorded.
    pub gone: Vec<(PathBuf, FileRecord)>,
    /// Missing before, and still.
    pub still: usize,
}

/// Settles what a pass left. A file whose track lies at another path now was moved, or was a copy: its
/// row is forgotten.
///
/// # Errors
/// The store cannot be read.
pub fn settle(plan: &Plan, view: &View, changes: &mut Vec<Change>) -> Result<Settled, StoreError> {
    let mut settled = Settled::default();
    let absent: HashSet<&Path> = plan.vanished.iter().chain(&plan.missing).map(PathBuf::as_path).collect();
    if absent.is_empty() {
        return Ok(settled);
    }
    let mut at_hand = HashSet::new();
    view.files(|path, record| {
        if record.missing.is_none() && !absent.contains(path) {
            at_hand.extend(record.track);
        }
    })?;
    for path in plan.vanished.iter().chain(&plan.missing) {
        let Some(record) = view.file(path)? else { continue };
        if record.track.is_some_and(|track| at_hand.contains(&track)) {
            changes.push(Change::ForgetFile(path.clone()));
            changes.push(Change::Mended(path.clone()));
        } else if record.missing.is_some() {
            settled.still += 1;
        } else {
            let record = FileRecord { missing: Some(Moment::now()), ..record };
            settled.gone.push((path.clone(), record));
        }
    }
    Ok(settled)
}

/// Rows for files that were renamed, and for missing ones that are there again.
pub fn rename(plan: &Plan, view: &View) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    let mut failures: HashMap<PathBuf, Failures> = HashMap::new();
    if !plan.renamed.is_empty() {
        for (path, space, record) in view.failures()? {
            failures.entry(path).or_default().push((space, record));
        }
    }
    for (old, new) in &plan.renamed {
        let Some(record) = view.file(old)? else { continue };
        let record = FileRecord { stamp: new.stamp, device: new.device, missing: None, ..record };
        changes.push(Change::File(new.path.clone(), record));
        changes.push(Change::ForgetFile(old.clone()));
        for (space, record) in failures.remove(old).into_iter().flatten() {
            changes.push(Change::Failure(new.path.clone(), space, record));
        }
        changes.push(Change::Mended(old.clone()));
    }
    for path in &plan.returned {
        if let Some(record) = view.file(path)? {
            changes.push(Change::File(path.clone(), FileRecord { missing: None, ..record }));
        }
    }
    Ok(changes)
}

/// Rows for roots that the store does not know yet.
pub fn new_roots(survey: &Survey, known: &BTreeMap<PathBuf, RootRecord>) -> Vec<Change> {
    let new = survey.roots.keys().filter(|path| !known.contains_key(*path));
    new.map(|path| Change::Root(path.clone(), RootRecord::default())).collect()
}

/// Rows for roots: those of this pass as they were found, none for those that became part of another. A root
/// that was spelled through a link has its files under the other's spelling now.
pub fn note_roots(
    roots: &Roots,
    survey: &mut Survey,
    view: &View,
    changes: &mut Vec<Change>,
) -> Result<(), StoreError> {
    let known = view.roots()?;
    for (path, record) in &mut survey.roots {
        let unavailable = survey.unavailable.iter().find(|unavailable| unavailable.path.starts_with(path));
        record.unavailable =
            unavailable.map(|unavailable| format!("{} {}", unavailable.path.display(), unavailable.reason));
        if known.get(path) != Some(record) {
            changes.push(Change::Root(path.clone(), record.clone()));
        }
    }
    for joined in known.keys().filter(|path| !roots.all.contains(path)) {
        changes.push(Change::ForgetRoot(joined.clone()));
        if roots.holding(joined).is_none() {
            view.files(|path, _| {
                if path.starts_with(joined) && roots.holding(path).is_none() {
                    changes.push(Change::ForgetFile(path.to_owned()));
                    changes.push(Change::Mended(path.to_owned()));
                }
            })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_most_of_its_files_and_a_mount_without_all_are_away() {
        let group = |path: &str, is_mount, present| Group { path: path.into(), is_mount, present };
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
