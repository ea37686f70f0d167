//! Audits: a disk, or a program that sets times back, may change a file without changing its stamp, so some files are
//! opened each day though they look unchanged.

use std::{
    collections::HashSet,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use crate::store::{StoreError, View};
use crate::time::Moment;

/// Seconds between two audits.
const DAY: f64 = 24.0 * 3600.0;

/// Whether a day has passed since the last audit. The first one comes a day after the store was made.
pub(super) fn is_due(view: &View) -> Result<bool, StoreError> {
    Ok(view.audited()?.is_some_and(|last| Moment::now().seconds_since(last) >= DAY))
}

/// `percent` of the files under `scope` whose tracks are known and that can be opened now: those whose contents were
/// checked longest ago.
pub(super) fn choose(view: &View, scope: &[PathBuf], percent: f64) -> Result<HashSet<PathBuf>, StoreError> {
    let mut files = Vec::new();
    let failed: HashSet<_> = view.failures()?.into_iter().map(|(path, ..)| path).collect();
    let roots = view.roots()?;
    let is_unavailable = |path: &Path| {
        roots.iter().any(|(root, record)| record.unavailable.is_some() && path.starts_with(root))
    };
    let is_in_scope =
        |path: &Path| scope.iter().any(|scope| path.starts_with(scope)) && !is_unavailable(path);
    view.files(|path, record| {
        let is_known = record.missing.is_none() && record.track.is_some() && !failed.contains(path);
        if is_known && is_in_scope(path) {
            files.push((record.checked, path.as_os_str().as_bytes().to_vec(), path.to_owned()));
        }
    })?;
    files.sort();
    let share = (files.len() as f64 * percent / 100.0).ceil() as usize;
    Ok(files.into_iter().take(share).map(|(.., path)| path).collect())
}
