//! Folders in which systems keep what was thrown away, or as it was once.

use std::path::Path;

/// Their names in lower case: bins of Samba, QNAP, Synology, Windows, macOS and file managers; what a check of a disk
/// saved; snapshots of NetApp, Synology, QNAP, Btrfs (snapper) and ZFS; versions of Syncthing; Synology's own files.
const NAMES: &[&str] = &[
    "#recycle",
    ".recycle",
    "@recycle",
    "$recycle.bin",
    "recycler",
    ".trash",
    ".trashes",
    "lost+found",
    "#snapshot",
    ".snapshot",
    "~snapshot",
    ".snapshots",
    "@recently-snapshot",
    ".zfs",
    ".stversions",
    "@eadir",
];

/// Bins of file managers, one for each user.
const BEGINNING: &str = ".trash-";

/// Whether the file lies in a recycle bin or a snapshot.
pub(crate) fn is_discarded(path: &Path) -> bool {
    let folders = path.parent().into_iter().flat_map(Path::components);
    folders
        .map(|part| part.as_os_str().to_string_lossy().to_lowercase())
        .any(|name| NAMES.contains(&name.as_str()) || name.starts_with(BEGINNING))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_and_snapshots_are_known_in_any_case_and_depth() {
        for (path, expected) in [
            ("/music/#recycle/a/x.mp3", true),
            ("/music/a/@Recycle/x.mp3", true),
            ("/mnt/$RECYCLE.BIN/S-1-5/x.mp3", true),
            ("/mnt/.Trash-1000/files/x.mp3", true),
            ("/mnt/lost+found/#1234/x.mp3", true),
            ("/.snapshots/7/snapshot/music/x.mp3", true),
            ("/music/@eaDir/x.mp3/SYNOAUDIO.mp3", true),
            ("/music/Trash/x.mp3", false),
            ("/music/Snapshots/x.mp3", false),
            ("/music/#recycle", false),
            ("/music/.trash.mp3", false),
        ] {
            assert_eq!(is_discarded(Path::new(path)), expected, "{path}");
        }
    }
}
