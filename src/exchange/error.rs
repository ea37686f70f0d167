//! Why a table cannot be written or read.

use std::{io, path::PathBuf};

/// Why a file of a table cannot be used. Nothing of it was taken.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum ExchangeError {
    #[error("cannot read {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("cannot write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} is no whole Parquet file ({detail}): copy it again, or export again", path.display())]
    Broken { path: PathBuf, detail: String },
    #[error("{} was not written by `indexer export`: import its files as they are", .0.display())]
    Foreign(PathBuf),
    #[error(
        "{} was written by indexer {version} in format {format}, and this one knows formats up to {known}: update it",
        path.display()
    )]
    Newer { path: PathBuf, version: String, format: u32, known: u32 },
    #[error("{} holds {found}, and only tracks can be imported", path.display())]
    NotTracks { path: PathBuf, found: String },
    #[error("{}: {what}, as no export writes it: export again", path.display())]
    Row { path: PathBuf, what: String },
    #[error("{}, line {line}: {what}", path.display())]
    Assignment { path: PathBuf, line: u64, what: String },
    #[error("{} assigns no song: it is to be CSV with the columns content_id and group, and a line a song", .0.display())]
    NoAssignment(PathBuf),
    #[error("{} is a folder without part-*.csv: name a CSV file, or the folder that Spark writes, uncompressed", .0.display())]
    NoParts(PathBuf),
    #[error("{} is not finished: wait until Spark has written it, or run the job again", .0.display())]
    Unfinished(PathBuf),
    #[error("this build has no Parquet: build with the feature `parquet`, or take --format npy or csv")]
    NoParquet,
}
