//! Why a run makes no new playlists.

use std::path::PathBuf;

use super::{pins::PinsError, publish::PublishError};
use crate::{
    app::history::error::HistoryError, clustering::ClusterError, library::RootError, space::PointsError,
    store::StoreError,
};

/// Why there are no new playlists.
#[derive(Debug, thiserror::Error)]
pub enum ClusterRunError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Root(#[from] RootError),
    #[error(transparent)]
    Points(#[from] PointsError),
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    #[error("{0}")]
    NotInstalled(String),
    #[error("no track under {} is indexed in {space}: run `indexer scan` on it first", scope.display())]
    NothingUnder { scope: PathBuf, space: String },
    #[error("{} cannot be explained: it is not in {space}, not under --path, or filtered out", path.display())]
    NoSong { path: PathBuf, space: String },
    #[error("the filters leave no track of {space}: ask for less")]
    AllFiltered { space: String },
    #[error(
        "--n {n}, but the filters leave {tracks} of {all} tracks of {space}: choose at most {tracks}, or filter less"
    )]
    TooFewLeft { n: usize, tracks: usize, all: usize, space: String },
    #[error(transparent)]
    Pins(#[from] PinsError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Publish(#[from] PublishError),
}
