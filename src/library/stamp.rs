//! Stamps: how an unchanged file is known without being opened.

use std::time::{Duration, SystemTime};
use std::{fs::Metadata, os::unix::fs::MetadataExt};

use crate::file::FileStamp;

/// A file that has not changed for so long is no longer being copied.
pub(crate) const COPY_TIME: Duration = Duration::from_secs(60);

/// The stamp of a file; `weak` where inode and ctime do not last.
pub(crate) fn stamp(metadata: &Metadata, weak: bool) -> FileStamp {
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    FileStamp {
        size: metadata.size(),
        mtime: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        ctime: (!weak).then(|| nanoseconds(metadata.ctime(), metadata.ctime_nsec())),
        inode: (!weak).then(|| metadata.ino()),
    }
}

/// Time since a file was last changed in any way; none where that lies in the future.
pub(crate) fn age(stamp: &FileStamp) -> Option<Duration> {
    let changed = Duration::from_nanos(stamp.ctime.unwrap_or(stamp.mtime).try_into().ok()?);
    SystemTime::UNIX_EPOCH.elapsed().ok()?.checked_sub(changed)
}

/// Whether a file of this stamp may still have been copied when it was opened just now.
pub(crate) fn is_young(stamp: &FileStamp) -> bool {
    age(stamp).is_none_or(|age| age < COPY_TIME)
}
