//! What a pass records before it opens the first file: files under new names, missing files that are back, new roots.

use std::{collections::HashMap, path::PathBuf};

use super::{known::Failures, plan::Plan, survey::Survey};
use crate::file::{FileRecord, RootRecord};
use crate::store::{Change, Library, StoreError, View};

/// Records them: whatever happens to this pass, the next one knows its folders and finds nothing to decode here.
pub(crate) fn record_renames(plan: &Plan, survey: &Survey, library: &Library) -> Result<(), StoreError> {
    let view = library.view()?;
    let mut changes = renamed(plan, &view)?;
    for path in &plan.returned {
        if let Some(record) = view.file(path)? {
            changes.push(Change::File(path.clone(), FileRecord { missing: None, ..record }));
        }
    }
    let known = view.roots()?;
    let new = survey.roots.keys().filter(|path| !known.contains_key(*path));
    changes.extend(new.map(|path| Change::Root(path.clone(), RootRecord::default())));
    drop(view);
    library.commit(&changes)
}

/// A file under a new name keeps its record and its failures.
fn renamed(plan: &Plan, view: &View) -> Result<Vec<Change>, StoreError> {
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
    Ok(changes)
}
