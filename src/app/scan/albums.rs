//! Albums that are one file, whose cue sheet is in their own tags: what was read of it in an earlier pass is added to what
//! the folders hold.

use std::collections::HashMap;
use std::path::PathBuf;

use super::plan::KnownFile;
use crate::{file::RenameKey, library::FoundFile};

/// Adds the songs of the albums that are known to the files that were found, which are in the order of their paths' bytes
/// before and after. Gives the albums that have changed: which songs they hold is not known until they have been opened.
pub(super) fn add_songs(found: &mut Vec<FoundFile>, known: &[KnownFile]) -> Vec<PathBuf> {
    let is_found = |old: &KnownFile| {
        found.binary_search_by(|file| file.path.as_os_str().cmp(old.path.as_os_str())).is_ok()
    };
    let albums = || known.iter().filter(|old| old.is_divided());
    let by_path: HashMap<_, _> = albums().map(|old| (old.path.as_path(), old)).collect();
    let renamed = albums().filter(|old| !is_found(old));
    let by_key: HashMap<RenameKey, _> =
        renamed.filter_map(|old| Some((old.stamp.rename_key(old.device)?, old))).collect();
    let (mut songs, mut changed) = (Vec::new(), Vec::new());
    for file in found.iter().filter(|file| file.section.is_none()) {
        let key = || file.stamp.rename_key(file.device);
        match by_path.get(file.path.as_path()) {
            Some(old) if old.stamp != file.stamp => changed.push(file.path.clone()),
            here => {
                let old = here.copied().or_else(|| by_key.get(&key()?).copied());
                songs.extend(old.into_iter().flat_map(|old| file.songs(&old.songs)));
            }
        }
    }
    found.extend(songs);
    found.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
    changed
}
