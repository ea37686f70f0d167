//! Why nothing was exported or imported.

use std::path::PathBuf;

use crate::exchange::ExchangeError;
use crate::fs::output::OutputRefusal;
use crate::store::StoreError;

/// Why nothing was exported, or an import ended before its end.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum TransferError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error("{} is there already and is not as `indexer export` wrote it: name another folder, or --force", .0.display())]
    NotOurs(PathBuf),
    #[error("{} is in the way of a file: name another folder", .0.display())]
    NoFile(PathBuf),
    #[error("{} is a file: name a folder, which is made if it is not there", .0.display())]
    NoFolder(PathBuf),
    #[error("the library has no vectors of {name}: it has those of {stored}")]
    NoVectors { name: String, stored: String },
    #[error(
        "{} holds no vectors that this program can compare with its own ({found}): export them with the same version and \
         models, or scan here", path.display()
    )]
    ForeignSpaces { path: PathBuf, found: String },
    #[error("{} has vectors of {space} with {found} values, and this store has them with {stored}", path.display())]
    Dimension { path: PathBuf, space: String, found: usize, stored: usize },
}

impl From<OutputRefusal> for TransferError {
    fn from(refusal: OutputRefusal) -> Self {
        match refusal {
            OutputRefusal::NotOurs(path) => Self::NotOurs(path),
            OutputRefusal::NoFile(path) => Self::NoFile(path),
            OutputRefusal::Write(path, source) => Self::Exchange(ExchangeError::Write { path, source }),
        }
    }
}
