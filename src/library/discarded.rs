//! Folders in which systems keep what was thrown away, or as it was once, and folders that their owners have closed.

use std::{ffi::OsStr, fs, path::Path, sync::LazyLock};

/// Their names, which the configuration can change: bins of Samba, QNAP, Synology, Windows, macOS and file managers; what a
/// check of a disk saved; snapshots of NetApp, Synology, QNAP, Btrfs (snapper) and ZFS; versions of Syncthing; Synology's and
/// Windows' own files.
pub(crate) const DISCARDED: &[&str] = &[
    "#recycle",
    ".recycle",
    "@Recycle",
    "$RECYCLE.BIN",
    "RECYCLER",
    ".Trash",
    ".Trash-*",
    ".Trashes",
    "lost+found",
    "#snapshot",
    ".snapshot",
    "~snapshot",
    ".snapshots",
    "@Recently-Snapshot",
    ".zfs",
    ".stversions",
    "@eaDir",
    "System Volume Information",
];

/// Closes the folder in which it lies to Android's players, whatever is in it.
const MARKER: &str = ".nomedia";

/// Hold patterns of what is no music; an empty one closes its folder. Navidrome's and this program's own, which overrules it.
pub(super) const IGNORE_FILES: [&str; 2] = [".ndignore", ".indexerignore"];

/// An ignore file of more bytes than this is not looked through for anything to ignore.
const MAX_BLANK: u64 = 64;
/// Rules of more bytes are none.
const LARGEST_RULES: u64 = 1 << 20;

/// Names of folders that are not entered, in upper or lower case; a `*` at the end stands for anything.
#[derive(Clone, Debug, Default)]
pub(crate) struct FolderNames(Vec<String>);

impl FolderNames {
    pub(crate) fn new<S: AsRef<str>>(names: &[S]) -> Self {
        let names = names.iter().map(|name| name.as_ref().trim_end_matches('/').to_lowercase());
        Self(names.filter(|name| !name.is_empty()).collect())
    }

    /// The first that is a path and no name.
    pub(super) fn misplaced(&self) -> Option<&str> {
        self.0.iter().map(String::as_str).find(|name| name.contains('/'))
    }

    /// Whether a folder has one of the names.
    pub(super) fn contain(&self, name: &OsStr) -> bool {
        let name = name.to_string_lossy().to_lowercase();
        self.0.iter().any(|known| match known.strip_suffix('*') {
            Some(begin) => name.starts_with(begin),
            None => name == *known,
        })
    }

    /// Whether a folder above `path` has one of the names.
    pub(super) fn hold(&self, path: &Path) -> bool {
        let folders = path.parent().into_iter().flat_map(Path::components);
        folders.into_iter().any(|part| self.contain(part.as_os_str()))
    }
}

/// Whether the file lies in what is usually a recycle bin or a snapshot.
pub(crate) fn is_discarded(path: &Path) -> bool {
    static USUAL: LazyLock<FolderNames> = LazyLock::new(|| FolderNames::new(DISCARDED));
    USUAL.hold(path)
}

/// Whether a file of this name says what its folder holds.
pub(super) fn is_marker(name: &OsStr) -> bool {
    name == MARKER || IGNORE_FILES.iter().any(|file| name == *file)
}

/// The file that closes a folder to walks, if one does.
pub(super) fn closed_by(folder: &Path) -> Option<&'static str> {
    let is_marked = folder.join(MARKER).metadata().is_ok_and(|found| found.is_file());
    let blank = || IGNORE_FILES.into_iter().find(|name| is_blank(&folder.join(name)));
    is_marked.then_some(MARKER).or_else(blank)
}

/// Why the ignore files of a folder cannot be read, if so. A pipe would be waited for for ever, and a device has no end.
pub(super) fn unreadable_rules(folder: &Path) -> Option<String> {
    IGNORE_FILES.into_iter().find_map(|name| {
        let found = folder.join(name).metadata().ok()?;
        let is_other = !found.is_file() && !found.is_dir();
        let is_large = found.is_file() && found.len() > LARGEST_RULES;
        match (is_other, is_large) {
            (true, _) => Some(format!("its {name} is not a regular file: remove it")),
            (_, true) => Some(format!("its {name} has more than {} KiB: shorten it", LARGEST_RULES >> 10)),
            _ => None,
        }
    })
}

/// Whether a file is there and has nothing in it but blanks.
fn is_blank(file: &Path) -> bool {
    let Some(found) = file.metadata().ok().filter(fs::Metadata::is_file) else { return false };
    found.len() == 0
        || found.len() <= MAX_BLANK
            && fs::read(file).is_ok_and(|text| text.iter().all(u8::is_ascii_whitespace))
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
            ("/mnt/SYSTEM Volume information/x.mp3", true),
            ("/music/Trash/x.mp3", false),
            ("/music/Snapshots/x.mp3", false),
            ("/music/#recycle", false),
            ("/music/.trash.mp3", false),
        ] {
            assert_eq!(is_discarded(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn a_name_is_whole_but_for_a_star_at_its_end() {
        let names = FolderNames::new(&["Old*", "bin/", ""]);
        for (name, expected) in
            [("old", true), ("OLD mixes", true), ("my old", false), ("bin", true), ("", false)]
        {
            assert_eq!(names.contain(OsStr::new(name)), expected, "{name}");
        }
        assert_eq!(names.misplaced(), None);
        assert_eq!(FolderNames::new(&["a/b"]).misplaced(), Some("a/b"));
    }

    #[test]
    fn a_folder_is_closed_by_a_marker_and_by_an_ignore_file_without_patterns() {
        for (name, text, expected) in [
            (".nomedia", "", true),
            (".nomedia", "whatever", true),
            (".ndignore", "", true),
            (".ndignore", "Live/\n", false),
            (".indexerignore", "", true),
            (".indexerignore", " \n\n", true),
            (".indexerignore", "*.wav\n", false),
            ("nomedia", "", false),
        ] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(name), text).unwrap();
            assert_eq!(closed_by(folder.path()), Some(name).filter(|_| expected), "{name} {text:?}");
        }
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".nomedia")).unwrap();
        assert_eq!(closed_by(folder.path()), None, "a folder of that name is no marker");
    }
}
