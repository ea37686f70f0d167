//! Silent changes: a disk, or a program that sets times back, may change a file without changing its stamp.

use std::{collections::HashSet, os::unix::ffi::OsStrExt, path::PathBuf};

use crate::{
    moment::Moment,
    store::{StoreError, View},
};

/// Seconds between two audits.
const DAY: f64 = 24.0 * 3600.0;

/// Whether a day has passed since the last one. The first one comes a day after the store was made.
pub fn is_due(view: &View) -> Result<bool, StoreError> {
    Ok(view.audited()?.is_some_and(|last| Moment::now().seconds_since(last) >= DAY))
}

/// `percent` of the files whose tracks are known: those whose contents were checked longest ago.
pub fn choose(view: &View, percent: f64) -> Result<HashSet<PathBuf>, StoreError> {
    let mut files = Vec::new();
    view.files(|path, record| {
        if record.missing.is_none() && record.track.is_some() {
            files.push((record.checked, path.as_os_str().as_bytes().to_vec(), path.to_owned()));
        }
    })?;
    files.sort();
    let share = (files.len() as f64 * percent / 100.0).ceil() as usize;
    Ok(files.into_iter().take(share).map(|(.., path)| path).collect())
}
