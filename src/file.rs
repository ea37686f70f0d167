//! Files as the library knows them: their stamps, what they hold, and what went wrong with them.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::time::Moment;
use crate::track::{ContentId, Division, Failure, Tags, TrackNumber};

/// What `stat` says of a file. Equal stamps at one path: the file is not even opened.
///
/// Inode and ctime are left out on filesystems where they do not last. The device is never part
/// of it: a remount may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileStamp {
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970.
    pub mtime: i64,
    pub ctime: Option<i64>,
    pub inode: Option<u64>,
}

/// What a rename keeps. A vanished and an appeared path that share it are one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RenameKey {
    device: u64,
    inode: u64,
    size: u64,
    mtime: i64,
}

impl FileStamp {
    /// When the file was last written.
    pub(crate) fn changed(&self) -> Option<Moment> {
        Moment::from_second(self.mtime.div_euclid(1_000_000_000))
    }

    /// The key by which a rename is recognised; none where inodes do not last.
    pub(crate) fn rename_key(&self, device: u64) -> Option<RenameKey> {
        Some(RenameKey { device, inode: self.inode?, size: self.size, mtime: self.mtime })
    }
}

/// One path of the library. A song of an album in one file has a path below that of the file: `album.flac/track0003`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    pub stamp: FileStamp,
    pub device: u64,
    /// None while the file could never be read.
    pub content: Option<ContentId>,
    /// None where nothing could be demuxed, and for an album in one file.
    pub track: Option<TrackNumber>,
    pub tags: Tags,
    pub(crate) division: Division,
    /// When a walk first did not find it.
    pub missing: Option<Moment>,
    /// When its content was last read and named.
    pub checked: Moment,
}

impl FileRecord {
    /// It is an album in one file: its songs are files of their own.
    pub(crate) fn is_divided(&self) -> bool {
        self.track.is_none() && self.division.songs().is_some()
    }
}

/// A failure with its history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailureRecord {
    /// That of the last try.
    pub failure: Failure,
    /// The decoder that failed: another one may do better.
    pub decoder: String,
    /// Of the first try.
    pub first: Moment,
    /// Of the last try.
    pub last: Moment,
    /// So often it was read and failed.
    pub tries: u32,
}

/// One folder of the library.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct RootRecord {
    /// The id of the filesystem it was on; 0 where ids do not last.
    pub filesystem: u64,
    /// Mount points inside it, as bytes of the path, with the ids of their filesystems.
    pub mounts: Vec<(Vec<u8>, u64)>,
    /// The last walk that could be believed.
    pub walked: Option<Moment>,
    /// Why the last walk could not be believed: the root, or a mount in it, was unavailable.
    pub unavailable: Option<String>,
}

impl RootRecord {
    /// Whether the last walk could not believe what it saw of this folder, or of one around it.
    pub(crate) fn was_unavailable(&self, path: &Path) -> bool {
        let Some(reason) = &self.unavailable else { return false };
        // It begins with the folder that it is about.
        let is_about = |folder: &Path| reason.strip_prefix(&*folder.to_string_lossy());
        path.ancestors().filter_map(is_about).any(|rest| rest.starts_with(' '))
    }
}
