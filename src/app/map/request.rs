//! What one call of `map` asks for, what it answers, and why it may be refused.

use std::path::PathBuf;

use crate::app::cluster::combination::MethodChoice;
use crate::app::cluster::request::ClusterRunError;
use crate::app::history::error::HistoryError;
use crate::fs::output::OutputRefusal;
use crate::layout::MapLayout;
use crate::{space::PointsError, store::StoreError};

/// Up to so many songs have their true nearest on the page: those of more would be most of it, and take an hour to find.
pub(super) const MOST_WITH_NEAREST: usize = 100_000;

/// What one call of `map` asks for.
#[derive(Clone, Debug)]
pub struct MapRequest {
    /// What songs are compared by.
    pub method: MethodChoice,
    /// How they are laid out.
    pub layout: &'static MapLayout,
    /// The set whose playlists give the colours; none: the only one, else that of the configuration.
    pub set: Option<String>,
    /// The set that the configuration names; empty: the library's own.
    pub default_set: String,
    /// The folders of the configuration: only songs under these, if there are any.
    pub configured: Vec<PathBuf>,
    /// Equal seeds give equal maps.
    pub seed: u64,
    /// Do not start from the last map.
    pub fresh: bool,
    /// The page.
    pub page: Option<PathBuf>,
    /// The picture.
    pub picture: Option<PathBuf>,
    /// Replace files that are somebody else's.
    pub force: bool,
}

impl MapRequest {
    pub(super) fn targets(&self) -> impl Iterator<Item = &PathBuf> {
        self.page.iter().chain(&self.picture)
    }
}

/// Where a map started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapStart {
    /// There was none, or too little of it is still there.
    Anew,
    /// It goes on from the last one, which had so many of the songs.
    From(usize),
    /// The last one is of the very same songs.
    Unchanged,
}

/// A map that was written.
#[derive(Debug)]
pub struct MapSummary {
    /// How many songs are on it.
    pub songs: usize,
    /// How many of them are in a playlist.
    pub listed: usize,
    /// How many playlists have songs on it.
    pub playlists: usize,
    /// What songs were compared by.
    pub method: String,
    /// The word that `--layout` takes.
    pub layout: &'static str,
    /// The set of the playlists, if there are any.
    pub set: Option<String>,
    /// The id of its run.
    pub run: Option<String>,
    /// Where it started.
    pub start: MapStart,
    /// The page shows the songs that sound most alike; else those that lie nearest.
    pub has_true_nearest: bool,
    /// The page.
    pub page: Option<PathBuf>,
    /// The picture.
    pub picture: Option<PathBuf>,
    /// How long each step took.
    pub seconds: Vec<(&'static str, f64)>,
}

/// Why there is no map.
#[expect(missing_docs, reason = "the messages say it")]
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    #[error(transparent)]
    Cluster(#[from] ClusterRunError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Points(#[from] PointsError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("--layout {layout} is for at most {most} songs, and there are {songs}: use --layout umap")]
    TooMany { layout: &'static str, most: usize, songs: usize },
    #[error("{} is there already and is no map of this program: name another file, or --force", path.display())]
    NotOurs { path: PathBuf },
    #[error("{} is a folder or a device: name a file", path.display())]
    NoFile { path: PathBuf },
    #[error("cannot write {}: name a file in a folder that exists and is writable", path.display())]
    Write { path: PathBuf, source: std::io::Error },
}

impl From<OutputRefusal> for MapError {
    fn from(refusal: OutputRefusal) -> Self {
        match refusal {
            OutputRefusal::NotOurs(path) => Self::NotOurs { path },
            OutputRefusal::NoFile(path) => Self::NoFile { path },
            OutputRefusal::Write(path, source) => Self::Write { path, source },
        }
    }
}
