//! Why something could not be done with an index, and what kind of failure that is.

use std::path::PathBuf;

use crate::{
    app::{
        backup::BackupError,
        cluster::combination::CombinationError,
        cluster::request::ClusterRunError,
        compare::CompareError,
        eval::request::EvalError,
        exchange::TransferError,
        history::error::HistoryError,
        map::request::MapError,
        scan::request::ScanError,
        similar::error::SimilarError,
        watch::{HandOverError, HoursError, WatchError},
    },
    clustering::SettingsError,
    library::{NotARoot, RootError, RulesError},
    model::{EngineError, FetchError, ImportError, InstalledError, SpecError},
    playlist::path_map::PathMapError,
    store::StoreError,
};

/// Why something could not be done: the error of the operation that failed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Error {
    #[error(transparent)]
    Option(#[from] OptionError),
    #[error(transparent)]
    Rules(#[from] RulesError),
    #[error(transparent)]
    Root(#[from] RootError),
    #[error(transparent)]
    NotARoot(#[from] NotARoot),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    HandOver(#[from] HandOverError),
    #[error(transparent)]
    Watch(#[from] WatchError),
    #[error(transparent)]
    Cluster(#[from] ClusterRunError),
    #[cfg(feature = "parquet")]
    #[error(transparent)]
    Embed(#[from] crate::app::embed::EmbedError),
    #[error(transparent)]
    Eval(#[from] EvalError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Similar(#[from] SimilarError),
    #[error(transparent)]
    Map(#[from] MapError),
    #[error(transparent)]
    Transfer(#[from] TransferError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Compare(#[from] CompareError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Installed(#[from] InstalledError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(
        "the daemon (process {0}) is writing to the store: end it, repeat this command, and start it again"
    )]
    DaemonWrites(u32),
    #[error("a path cannot be made absolute")]
    Path(#[from] std::io::Error),
}

/// A flag or setting that is understood, but makes no sense.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum OptionError {
    #[error(
        "unknown method `{name}`: choose from {names}, or a model of your own (`indexer model new NAME`)"
    )]
    UnknownMethod { name: String, names: String },
    #[error("--method: {0}")]
    Combination(#[from] CombinationError),
    #[error("--method {0}: one method is needed here")]
    SeveralMethods(String),
    #[error("--preset report needs a model that sees the whole track, not {0}: use --method cnn14-whole")]
    NotOfTheReport(String),
    #[error("unknown {what} `{name}`: choose from {names}")]
    Unknown { what: &'static str, name: String, names: String },
    #[error(transparent)]
    Algorithm(#[from] SettingsError),
    #[error("--{flag} {text} is no length: give seconds, or as in 2m30s")]
    Length { flag: &'static str, text: String },
    #[error("--min-duration {min} is more than --max-duration {max}")]
    Lengths { min: String, max: String },
    #[error("--tempo {0} is no range of beats per minute: give one such as 90..120, ..100 or 120..")]
    Tempo(String),
    #[error("--year {0} is no year or range of years: give one such as 1994, 1990..1999, ..1979 or 2000..")]
    Year(String),
    #[error("--genre {0} names no genre")]
    Genre(String),
    #[error("--exclude {pattern}: {reason}")]
    Exclude { pattern: String, reason: String },
    #[error("--since {0} is no time: give a date as in 2026-01-31, or 30d for days ago")]
    Since(String),
    #[error("--regroup {0} is no gain: give a number of percent from 0 on, or `never`")]
    Regroup(String),
    #[error("{0:?} is no name for a set: give one on one line that can be seen")]
    SetName(String),
    #[error(transparent)]
    PathMap(#[from] PathMapError),
    #[error("hours: {0}")]
    Hours(#[from] HoursError),
    #[error("watch.audit = {0}: it must be from 0 to 100")]
    Audit(f64),
    #[error("decoder.ffmpeg = {program:?}: {source}; name a program, or set \"auto\" or \"off\"")]
    Ffmpeg { program: PathBuf, source: std::io::Error },
    #[error("watch.poll_minutes = 0: it must be at least 1")]
    Poll,
}

/// What kind of failure an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The work was stopped from outside.
    Interrupted,
    /// What was asked for makes no sense.
    Usage,
    /// A setting of the configuration cannot be used.
    Config,
    /// A model is not here, damaged or not to be had.
    Model,
    /// A folder of the library cannot be used.
    Folder,
    /// The store cannot be read or written.
    Store,
    /// Anything else.
    Failed,
}

impl Error {
    /// By which a program tells failures apart.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::HandOver(HandOverError::Interrupted(_) | HandOverError::Withdrawn(_)) => {
                ErrorKind::Interrupted
            }
            Self::Option(_)
            | Self::Cluster(ClusterRunError::FolderOfAnotherSet { .. } | ClusterRunError::NoneUnder { .. })
            | Self::Installed(InstalledError::Spec(SpecError::Unknown { .. }))
            | Self::Import(ImportError::Name(_))
            | Self::Compare(CompareError::NoModel(_)) => ErrorKind::Usage,
            Self::Rules(_) => ErrorKind::Config,
            Self::Root(_) | Self::NotARoot(_) | Self::Cluster(ClusterRunError::Root(_)) => ErrorKind::Folder,
            Self::Scan(error)
            | Self::Watch(WatchError::Scan(error))
            | Self::Compare(CompareError::Scan(error)) => of_scan(error),
            Self::Similar(error) => of_similar(error),
            #[cfg(feature = "parquet")]
            Self::Embed(error) => of_embed(error),
            Self::Backup(BackupError::Within(_) | BackupError::NotOurs(_)) => ErrorKind::Usage,
            Self::Eval(EvalError::Cluster(error)) | Self::Map(MapError::Cluster(error)) => of_cluster(error),
            Self::Eval(EvalError::TakesNoNumber { .. })
            | Self::Transfer(
                TransferError::NotOurs(_)
                | TransferError::NoFile(_)
                | TransferError::NoFolder(_)
                | TransferError::NoVectors { .. },
            )
            | Self::Map(MapError::TooMany { .. } | MapError::NotOurs { .. } | MapError::NoFile { .. }) => {
                ErrorKind::Usage
            }
            Self::History(error)
            | Self::Map(MapError::History(error))
            | Self::Cluster(ClusterRunError::History(error)) => error.into(),
            Self::Installed(_)
            | Self::Import(_)
            | Self::Fetch(_)
            | Self::Compare(CompareError::Broken { .. }) => ErrorKind::Model,
            Self::Store(_)
            | Self::Backup(BackupError::Store(_))
            | Self::Watch(WatchError::Store(_))
            | Self::Map(MapError::Store(_))
            | Self::Transfer(TransferError::Store(_))
            | Self::Cluster(ClusterRunError::Store(_)) => ErrorKind::Store,
            Self::HandOver(_)
            | Self::Eval(_)
            | Self::Map(_)
            | Self::Transfer(_)
            | Self::Watch(_)
            | Self::Cluster(_)
            | Self::Compare(_)
            | Self::Backup(_)
            | Self::Engine(_)
            | Self::DaemonWrites(_)
            | Self::Path(_) => ErrorKind::Failed,
        }
    }
}

#[cfg(feature = "parquet")]
fn of_embed(error: &crate::app::embed::EmbedError) -> ErrorKind {
    use crate::app::embed::EmbedError;
    match error {
        EmbedError::Interrupted => ErrorKind::Interrupted,
        EmbedError::NotOurs(_) | EmbedError::NoFile(_) | EmbedError::ListsThere(_) => ErrorKind::Usage,
        EmbedError::Unusable { .. } => ErrorKind::Model,
        EmbedError::Scan(error) => of_scan(error),
        EmbedError::Rules(_) => ErrorKind::Config,
        EmbedError::Store(_) => ErrorKind::Store,
        _ => ErrorKind::Failed,
    }
}

fn of_cluster(error: &ClusterRunError) -> ErrorKind {
    match error {
        ClusterRunError::Root(_) => ErrorKind::Folder,
        ClusterRunError::Store(_) => ErrorKind::Store,
        _ => ErrorKind::Failed,
    }
}

fn of_similar(error: &SimilarError) -> ErrorKind {
    match error {
        SimilarError::Interrupted => ErrorKind::Interrupted,
        SimilarError::BothWays { .. } | SimilarError::CancelledOut | SimilarError::SameEnds { .. } => {
            ErrorKind::Usage
        }
        SimilarError::Store(_) => ErrorKind::Store,
        SimilarError::Cluster(error) => of_cluster(error),
        SimilarError::Scan(error) => of_scan(error),
        SimilarError::Installed(_) => ErrorKind::Model,
        _ => ErrorKind::Failed,
    }
}

fn of_scan(error: &ScanError) -> ErrorKind {
    match error {
        ScanError::NoRoots => ErrorKind::Usage,
        ScanError::Rules(_) => ErrorKind::Config,
        ScanError::Root(_) => ErrorKind::Folder,
        ScanError::Store(_) => ErrorKind::Store,
        _ => ErrorKind::Failed,
    }
}

impl From<&HistoryError> for ErrorKind {
    fn from(error: &HistoryError) -> Self {
        match error {
            HistoryError::Store(_) => Self::Store,
            HistoryError::NoPlaylists
            | HistoryError::NoRun(_)
            | HistoryError::UnknownSong { .. }
            | HistoryError::Remove { .. } => Self::Failed,
            _ => Self::Usage,
        }
    }
}
