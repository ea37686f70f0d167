//! Forgets a set: its runs, names and pins, and the files that were written for it.

use std::{collections::BTreeSet, fs, path::Path, path::PathBuf};

use super::error::HistoryError;
use super::sets::{SetSelector, find_set, open_to_change, open_to_read};
use crate::fs::atomic::{PathState, look};

/// What became of a forgotten set's files.
#[derive(Debug)]
pub struct ForgottenSet {
    /// The set's name.
    pub set: String,
    /// Files that were as this program wrote them.
    pub removed: Vec<PathBuf>,
    /// Files that somebody else has changed since.
    pub left: Vec<PathBuf>,
}

/// Removes the files of a set that are as they were written, then all that is known of the set.
/// Errors: no such set, or a file cannot be removed: then the set is still known.
pub(crate) fn forget(store: &Path, set: &str) -> Result<ForgottenSet, HistoryError> {
    find_set(&open_to_read(store)?, SetSelector { given: Some(set), default: "" })?;
    let database = open_to_change(store)?;
    let mut forgotten = ForgottenSet { set: set.to_owned(), removed: vec![], left: vec![] };
    let owned = database.owned(set)?;
    let paths: BTreeSet<_> = owned.iter().map(|file| &file.path).collect();
    for path in paths {
        match look(path) {
            PathState::Nothing => {}
            PathState::File(digest)
                if owned.iter().any(|file| file.path == *path && file.digest == digest) =>
            {
                fs::remove_file(path)
                    .map_err(|source| HistoryError::Remove { path: path.display().to_string(), source })?;
                forgotten.removed.push(path.clone());
            }
            _ => forgotten.left.push(path.clone()),
        }
    }
    database.forget(set)?;
    Ok(forgotten)
}
