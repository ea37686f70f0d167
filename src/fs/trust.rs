//! Whether others than the user can change a file or a folder that the program relies on.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What others could change.
#[derive(Debug, thiserror::Error)]
pub enum Untrusted {
    #[error("{} can be changed by other users: `chmod go-w {}`", path.display(), path.display())]
    Writable { path: PathBuf },
    #[error("{} belongs to another user (uid {owner}), who can change it: use a copy of your own", path.display())]
    Owned { path: PathBuf, owner: u32 },
}

/// Checks that only its owner can write to a file or folder. What is not there passes.
pub(crate) fn check_permissions(path: &Path) -> Result<(), Untrusted> {
    let Ok(found) = path.metadata() else { return Ok(()) };
    // Where each user has a group of their own, which has their number, files are writable to it by default.
    let is_own_group = found.gid() == found.uid();
    let others = if is_own_group { 0o002 } else { 0o022 };
    if found.mode() & others == 0 { Ok(()) } else { Err(Untrusted::Writable { path: path.to_owned() }) }
}

/// Checks besides that this owner is the user, or root.
pub(crate) fn check_owner(path: &Path) -> Result<(), Untrusted> {
    let Ok(found) = path.metadata() else { return Ok(()) };
    let is_trusted = [0, rustix::process::geteuid().as_raw()].contains(&found.uid());
    if is_trusted {
        check_permissions(path)
    } else {
        Err(Untrusted::Owned { path: path.to_owned(), owner: found.uid() })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_others_can_write_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let found = folder.path().metadata().unwrap();
        let own_group = found.gid() == found.uid();
        for (mode, is_trusted) in [
            (0o700, true),
            (0o755, true),
            (0o775, own_group),
            (0o777, false),
            (0o1777, false),
            (0o702, false),
        ] {
            set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
            assert_eq!(check_permissions(folder.path()).is_ok(), is_trusted, "{mode:o}");
            assert_eq!(check_owner(folder.path()).is_ok(), is_trusted, "{mode:o}");
        }
        let error = check_owner(folder.path()).unwrap_err().to_string();
        assert!(error.contains("chmod go-w"), "{error}");
        assert!(check_owner(Path::new("/no/such/file")).is_ok());
    }
}
