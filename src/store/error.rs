//! What can go wrong with a store, each in one line that says what to do.

use std::path::{Path, PathBuf};

use crate::fs::trust::Untrusted;

/// A store that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no store in {}: index some music first with `indexer scan FOLDER`", .0.display())]
    Missing(PathBuf),
    #[error("{} was written by a newer indexer (schema {found}; this one knows {known}): update indexer", path.display())]
    Newer { path: PathBuf, found: u32, known: u32 },
    #[error("the store folder {} is on {filesystem}, whose locks cannot guard a database: use --store with a folder on a local disk", path.display())]
    Network { path: PathBuf, filesystem: &'static str },
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    #[error("another indexer is writing {}: wait until it has finished, or stop it", .0.display())]
    Busy(PathBuf),
    #[error("another indexer is reading {}: wait until it has finished, or stop it", .0.display())]
    BeingRead(PathBuf),
    #[error("{} needs a repair after a crash, and may not be written here: run any indexer command once as its owner", .0.display())]
    NeedsRepair(PathBuf),
    #[error("{} was written by an earlier indexer and may not be updated here: run any indexer command once as its owner", .0.display())]
    NeedsMigration(PathBuf),
    #[error("cannot keep a copy of {} while it is updated for this indexer: make room beside it", path.display())]
    Migration { path: PathBuf, source: std::io::Error },
    #[error("cannot write {} (make it writable, or choose another --store)", path.display())]
    NotWritable { path: PathBuf, source: std::io::Error },
    #[error("cannot read {}", path.display())]
    NotReadable { path: PathBuf, source: std::io::Error },
    #[error("{} is empty, as a failing or full disk may leave it: put a backup in its place, or `indexer store check --repair` begins it anew", .0.display())]
    Emptied(PathBuf),
    #[error("{} is damaged ({detail}): `indexer store check --repair` saves what can be read of it", path.display())]
    Damaged { path: PathBuf, detail: String },
    #[error(
        "{0} of the store cannot be read, and what they keep is not known: `indexer store check --repair` first"
    )]
    DamagedRows(String),
    #[error("cannot use {} (check the disk and its free space)", path.display())]
    Io { path: PathBuf, source: std::io::Error },
}

impl StoreError {
    /// Puts redb's error in the program's words.
    pub(super) fn of(path: &Path, error: redb::Error) -> Self {
        let path = path.to_owned();
        match error {
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Self::Busy(path),
            redb::Error::TransactionInProgress => Self::BeingRead(path),
            redb::Error::RepairAborted => Self::NeedsRepair(path),
            redb::Error::Io(source) => Self::of_io(path, source),
            other => Self::Damaged { path, detail: other.to_string() },
        }
    }

    pub(super) fn of_io(path: PathBuf, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotWritable { path, source }
            }
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof => {
                Self::Damaged { path, detail: source.to_string() }
            }
            _ => Self::Io { path, source },
        }
    }
}
