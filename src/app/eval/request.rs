//! What one call of `eval` asks for, and why it may be refused.

use std::path::PathBuf;

use crate::app::cluster::combination::MethodChoice;
use crate::app::cluster::request::{ClusterRequest, ClusterRunError};

/// What one call of `eval` asks for.
#[derive(Clone, Debug)]
pub struct EvalRequest {
    /// The methods to compare.
    pub methods: Vec<MethodChoice>,
    /// Those of the methods that lack many of the songs are left out.
    pub filled_only: bool,
    /// The least and the greatest number of playlists; none: the numbers that are tried where none is given.
    pub n: Option<(usize, usize)>,
    /// A CSV file of paths and labels; none: genres of tags are the labels.
    pub labels: Option<PathBuf>,
    /// How songs would be grouped: algorithm with its settings, seed, folder, filters, and what a metric is learned from.
    pub grouping: ClusterRequest,
}

/// Why nothing was measured.
#[expect(missing_docs, reason = "the messages say it")]
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    #[error(transparent)]
    Cluster(#[from] ClusterRunError),
    #[error("no track is indexed by any method: run `indexer scan` first")]
    NoSpace,
    #[error(
        "no song has the vectors of all of {methods}: `indexer scan` fills them, or name fewer with --method"
    )]
    NothingCommon { methods: String },
    #[error(
        "--n tries numbers, but {algorithm} finds out by itself how many playlists there are: use --algorithm kmeans"
    )]
    TakesNoNumber { algorithm: &'static str },
    #[error("only {songs} songs: {least} or more are needed to compare numbers of playlists; --n tries any")]
    TooFewSongs { songs: usize, least: usize },
    #[error("cannot read the labels {}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the labels {} are not valid in line {line}: {reason}", path.display())]
    Invalid { path: PathBuf, line: u64, reason: String },
    #[error("the labels {} are empty: a line is the path of a song, a comma and its label", path.display())]
    Empty { path: PathBuf },
    #[error(
        "the labels {} name no song of the library: the first is {first}; paths are absolute, or relative to the file's \
         folder or to a folder of the library", path.display()
    )]
    NoSong { path: PathBuf, first: String },
}
