//! Rows that a pass writes without opening a file: renames, returns, and the roots themselves.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
};

use super::{knowledge::Failures, plan::Plan, survey::Survey};
use crate::{
    file::{FileRecord, RootRecord},
    library::Roots,
    store::{Change, StoreError, View},
};

/// Rows for roots that the store does not know yet.
pub fn new_roots(survey: &Survey, known: &BTreeMap<PathBuf, RootRecord>) -> Vec<Change> {
    let new = survey.roots.keys().filter(|path| !known.contains_key(*path));
    new.map(|path| Change::Root(path.clone(), RootRecord::default())).collect()
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
        let away = survey.away.iter().find(|away| away.path.starts_with(path));
        record.away = away.map(|away| format!("{} {}", away.path.display(), away.reason));
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
