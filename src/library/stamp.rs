//! Stamps: how an unchanged file is known without being opened.

use std::{fs::Metadata, os::unix::fs::MetadataExt};

use crate::file::FileStamp;

/// The stamp of a file; `weak` where inode and ctime do not last.
pub fn stamp(metadata: &Metadata, weak: bool) -> FileStamp {
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    FileStamp {
        size: metadata.size(),
        mtime: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        ctime: (!weak).then(|| nanoseconds(metadata.ctime(), metadata.ctime_nsec())),
        inode: (!weak).then(|| metadata.ino()),
    }
}
