//! What a store's databases do not use any more, given back to the disk.

use std::path::{Path, PathBuf};

use super::guard::guarded;
use super::tables::{LIBRARY, PLAYLISTS};
use super::{StoreError, open};

/// What became of the size of one database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompactedDatabase {
    /// Its file.
    pub path: PathBuf,
    /// Its size before and after that, in bytes.
    pub before: u64,
    /// The same.
    pub after: u64,
}

/// Compacts the databases of the store in `folder`, as far as they are there. A call that is killed leaves them whole.
/// Errors: another process uses one, and goes on doing so for half a minute; a disk fails.
pub(crate) fn compact(folder: &Path) -> Result<Vec<CompactedDatabase>, StoreError> {
    let mut compacted = Vec::new();
    for path in [LIBRARY, PLAYLISTS].map(|name| folder.join(name)) {
        if path.symlink_metadata().is_err() {
            continue;
        }
        let size = || path.metadata().map(|found| found.len()).unwrap_or_default();
        let before = size();
        let mut database = open::writer(&path, open::PATIENCE)?;
        open::patiently(open::PATIENCE, || guarded(&path, || Ok(database.compact()?)))?;
        guarded(&path, || Ok(database.into_inner().close()?))?;
        compacted.push(CompactedDatabase { before, after: size(), path });
    }
    if compacted.is_empty() { Err(StoreError::Missing(folder.to_owned())) } else { Ok(compacted) }
}
