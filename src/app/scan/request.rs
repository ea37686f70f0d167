//! What one call of `scan` asks for, and why it may be refused.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use crate::audio::Decoding;
use crate::library::{RootError, Rules, RulesError};
use crate::{extract::Method, store::StoreError};

/// What one call of `scan` asks for.
#[derive(Clone, Debug)]
pub(crate) struct ScanRequest {
    /// Folders named by the call; none: all roots.
    pub paths: Vec<PathBuf>,
    /// Roots of the configuration, used where the call names none.
    pub configured: Vec<PathBuf>,
    /// Files and folders in which something has happened: only these are looked at. None: the whole folders.
    pub marked: Vec<PathBuf>,
    /// Files that are opened though they look unchanged.
    pub verify: HashSet<PathBuf>,
    pub rules: Rules,
    /// What makes the vectors that every track should have.
    pub methods: Vec<Method>,
    /// Models that should be among them and cannot be used, with the reason.
    pub unusable: BTreeMap<String, String>,
    pub retry_failed: bool,
    /// What decodes files.
    pub decoding: Decoding,
    /// Open every file that has not failed, though it looks unchanged.
    pub reread: bool,
    /// Decode again what other decoders than these have decoded.
    pub redecode: bool,
    /// Believe that files that are not there are gone, and that another disk is the library now.
    pub accept_missing: bool,
}

/// Why a pass failed.
#[expect(missing_docs, reason = "the messages say it")]
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error(
        "no folder is named: give one, as in `indexer scan ~/Music`, or set `roots` in the configuration"
    )]
    NoRoots,
    #[error(transparent)]
    Root(#[from] RootError),
    #[error(transparent)]
    Rules(#[from] RulesError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("worker processes do not start")]
    NoWorkers(#[source] std::io::Error),
    #[error("a thread cannot be started")]
    NoThread(#[source] std::io::Error),
    /// What makes the vectors cannot be used.
    #[error("{0}")]
    Tools(String),
}
