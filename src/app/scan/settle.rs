//! The last step of a pass: files that were not found are moved, missing, or unavailable with the folder that held
//! them; roots are recorded as they were found.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::survey::lies_under;
use super::{plan::Plan, prepare::Prepared, survey::Survey};
use crate::store::{Change, Library, StoreError, View};
use crate::{file::FileRecord, time::Moment};

/// Records what became of the files that were not found, and how many of them are missing now. `has_opened` says
/// whether the pass opened any file, `interrupted` whether it left some unopened. Folders that have lost too much to
/// be believed join the unavailable ones.
pub(crate) fn settle(
    prepared: &mut Prepared,
    has_opened: bool,
    interrupted: bool,
    library: &Library,
) -> Result<u64, StoreError> {
    let view = library.view()?;
    if prepared.is_narrow && has_opened {
        // What has appeared at marked paths may be missing elsewhere.
        let Prepared { plan, roots, .. } = &mut *prepared;
        view.files(|path, record| {
            if record.missing.is_some() && !roots.scope.iter().any(|scope| path.starts_with(scope)) {
                plan.missing.push(path.to_owned());
            }
        })?;
    }
    let mut changes = Vec::new();
    let (gone, mut missing) = absent_files(&prepared.plan, &prepared.survey, &view, &mut changes)?;
    // What an interrupted pass did not find may be among what it did not open.
    if !interrupted {
        let doubtful = prepared.doubtful(gone.iter().map(|(path, _)| path.as_path()));
        let unavailable = &mut prepared.survey.unavailable;
        unavailable.retain(|folder| doubtful.iter().all(|doubted| doubted.path != folder.path));
        unavailable.extend(doubtful);
        for (path, record) in gone {
            if !lies_under(&prepared.survey.unavailable, &path) {
                changes.push(Change::File(path, record));
                missing += 1;
            }
        }
    }
    if !prepared.is_narrow {
        record_roots(prepared, &view, &mut changes)?;
    }
    drop(view);
    library.commit(&changes)?;
    Ok(missing)
}

/// Sorts the files that were not found: those that are newly gone, as they would be recorded, and how many were missing
/// before. One whose track lies at another path now was moved, or was a copy: its row is forgotten. So is that of a
/// file that is divided into songs otherwise than before.
fn absent_files(
    plan: &Plan,
    survey: &Survey,
    view: &View,
    changes: &mut Vec<Change>,
) -> Result<(Vec<(PathBuf, FileRecord)>, u64), StoreError> {
    let (mut gone, mut missing) = (Vec::new(), 0);
    let paths: HashSet<&Path> = plan.vanished.iter().chain(&plan.missing).map(PathBuf::as_path).collect();
    if paths.is_empty() {
        return Ok((gone, missing));
    }
    let mut present = HashSet::new();
    view.files(|path, record| {
        if record.missing.is_none() && !paths.contains(path) {
            present.extend(record.track);
        }
    })?;
    for path in plan.vanished.iter().chain(&plan.missing) {
        let Some(record) = view.file(path)? else { continue };
        // An audio file that is divided into songs now, and a song of one that is divided otherwise, or not at all.
        let is_divided_anew = survey.divided.contains(path)
            || record.division.section().is_some() && path.parent().is_some_and(Path::is_file);
        if is_divided_anew || record.track.is_some_and(|track| present.contains(&track)) {
            changes.push(Change::ForgetFile(path.clone()));
            changes.push(Change::Mended(path.clone()));
        } else if record.missing.is_some() {
            missing += 1;
        } else {
            let record = FileRecord { missing: Some(Moment::now()), ..record };
            gone.push((path.clone(), record));
        }
    }
    Ok((gone, missing))
}

/// Rows for roots: those of this pass as they were found, none for those that became part of another. A root
/// that was spelled through a link has its files under the other's spelling now.
fn record_roots(prepared: &mut Prepared, view: &View, changes: &mut Vec<Change>) -> Result<(), StoreError> {
    let Prepared { roots, survey, .. } = prepared;
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
