//! Why models cannot be compared.

use std::path::PathBuf;

use crate::{app::scan::request::ScanError, model::EngineError, store::StoreError};

/// Why models cannot be compared.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum CompareError {
    #[error("{} is run by the description of an installed model: give that model's name beside it", .0.display())]
    NoModel(PathBuf),
    #[error("no music lies in {}: name a folder of songs", .0.display())]
    NoMusic(PathBuf),
    #[error("no song in {} could be analysed by both models{reason}", folder.display())]
    NoSong { folder: PathBuf, reason: String },
    #[error("{model} cannot be run: {reason}")]
    Broken { model: String, reason: String },
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Store(#[from] StoreError),
}
