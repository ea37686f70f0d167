//! Which files of other machines are here, too: at the same path, with the same size and time.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::exchange::tracks::FileRow;
use crate::file::{FileRecord, RootRecord};
use crate::fs::filesystem::Filesystem;
use crate::library::{Roots, stamp};
use crate::store::{Change, StoreError, View};
use crate::track::{ContentId, TrackNumber};

/// The folders of the library, with those of theirs that came into it.
pub(super) struct PresentFiles {
    roots: Roots,
    pub new_roots: Vec<PathBuf>,
}

impl PresentFiles {
    pub(super) fn new(view: &View) -> Result<Self, StoreError> {
        let roots = Roots::around(view.roots()?.into_keys().collect(), vec![]);
        Ok(Self { roots, new_roots: vec![] })
    }

    /// The record of a file of theirs that is here and that the store does not know; its root is among the changes if it is
    /// new. Any other one is left to the next scan.
    pub(super) fn record(
        &mut self,
        file: FileRow,
        content: Option<ContentId>,
        track: Option<TrackNumber>,
        changes: &mut Vec<Change>,
    ) -> bool {
        // A song of an album in one file has a path below that of the file.
        let is_part = file.details.division.section().is_some();
        let audio = if is_part { file.path.parent().unwrap_or(&file.path) } else { &file.path };
        let Some(found) = fs::symlink_metadata(audio).ok().filter(Metadata::is_file) else { return false };
        let weak = Filesystem::of(audio).is_ok_and(|found| found.has_weak_stamps());
        let stamp = stamp(&found, weak);
        let is_same = (stamp.size, stamp.mtime) == (file.size, file.modified);
        if file.missing.is_some() || !is_same || !self.is_in_library(&file, changes) {
            return false;
        }
        let details = file.details;
        for (space, failure) in details.failures {
            changes.push(Change::Failure(file.path.clone(), space, failure));
        }
        let record = FileRecord {
            stamp,
            device: found.dev(),
            content,
            track,
            tags: details.tags,
            division: details.division,
            missing: None,
            checked: file.checked,
        };
        changes.push(Change::File(file.path, record));
        true
    }

    /// Whether a folder of the library holds it, or one of theirs that can join it.
    fn is_in_library(&mut self, file: &FileRow, changes: &mut Vec<Change>) -> bool {
        if self.roots.holding(&file.path).is_some() {
            return true;
        }
        let Some(root) = file.root.as_deref().filter(|root| self.can_join(root)) else { return false };
        let filesystem = Filesystem::of(root).map_or(0, |found| found.id);
        changes.push(Change::Root(root.to_owned(), RootRecord { filesystem, ..RootRecord::default() }));
        self.roots.all.push(root.to_owned());
        self.new_roots.push(root.to_owned());
        true
    }

    /// It is a folder, and neither around nor really inside one that is there: the next scan would have to join them.
    fn can_join(&self, root: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let joining = real(root);
        let overlaps = |known: &PathBuf| {
            let known = real(known);
            known.starts_with(&joining) || joining.starts_with(&known)
        };
        root.is_dir() && !self.roots.all.iter().any(overlaps)
    }
}
