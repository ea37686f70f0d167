//! Why a list was not analysed.

use std::io;
use std::path::PathBuf;

use crate::app::scan::request::ScanError;
use crate::exchange::ExchangeError;
use crate::fs::output::OutputRefusal;
use crate::library::RulesError;
use crate::model::EngineError;
use crate::store::StoreError;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum EmbedError {
    #[error("cannot read the list {}", path.display())]
    List { path: PathBuf, source: io::Error },
    #[error("the list {} names no file: a path stands on each line", .0.display())]
    EmptyList(PathBuf),
    #[error("{} holds no music: name a folder that does", .0.display())]
    NoMusic(PathBuf),
    #[error("{} is not empty: name a folder that is, or that is not there", .0.display())]
    ListsThere(PathBuf),
    #[error("{} is a file of somebody else: choose another one, or --force", .0.display())]
    NotOurs(PathBuf),
    #[error("{} is a folder or a device: name a file", .0.display())]
    NoFile(PathBuf),
    #[error("cannot write {}: choose a place in a folder that exists and is writable", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{name} cannot be used, and without it the shard would be another one: {reason}")]
    Unusable { name: String, reason: String },
    #[error("interrupted: nothing was written")]
    Interrupted,
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Rules(#[from] RulesError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<OutputRefusal> for EmbedError {
    fn from(refusal: OutputRefusal) -> Self {
        match refusal {
            OutputRefusal::NotOurs(path) => Self::NotOurs(path),
            OutputRefusal::NoFile(path) => Self::NoFile(path),
            OutputRefusal::Write(path, source) => Self::Write { path, source },
        }
    }
}
