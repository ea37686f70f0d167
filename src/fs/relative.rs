//! Paths as seen from a folder.

use std::path::{Component, Path, PathBuf};

/// `path` as seen from `folder`; as it is, unless both are absolute and without `..`. Both must come without links,
/// so that `..` leads out of them.
pub fn relative(path: &Path, folder: &Path) -> PathBuf {
    let is_plain =
        |path: &Path| path.is_absolute() && path.components().all(|part| part != Component::ParentDir);
    if !is_plain(path) || !is_plain(folder) {
        return path.to_owned();
    }
    let shared = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let climb = folder.components().skip(shared).map(|_| Component::ParentDir);
    climb.chain(path.components().skip(shared)).collect()
}
