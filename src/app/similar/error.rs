//! Why there is no answer.

use std::path::PathBuf;

use crate::app::cluster::request::{ClusterRunError, what_to_do};
use crate::app::scan::request::ScanError;
use crate::model::{EngineError, InstalledError};
use crate::store::StoreError;
use crate::track::Failure;

/// Why no similar songs can be named, or no way from one song to another.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum SimilarError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Cluster(#[from] ClusterRunError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Installed(#[from] InstalledError),
    #[error("{0}")]
    Decoder(String),
    #[error("interrupted: nothing was written")]
    Interrupted,
    #[error("no song is in {space} yet: `indexer scan --method {space}` adds them")]
    NoSongs { space: String },
    #[error("`{text}` is no file, and no song is called so{}", proposed(nearest))]
    NotFound { text: String, nearest: Vec<String> },
    #[error(
        "`{text}` may be any of {count} songs: give more of the name, or the path of one, such as {}",
        songs.join("; ")
    )]
    Ambiguous { text: String, count: usize, songs: Vec<String> },
    #[error("{} is a folder: name one of its songs", .0.display())]
    Folder(PathBuf),
    #[error("{} is an album in one file: name one of its songs, such as {}", path.display(), song.display())]
    Album { path: PathBuf, song: PathBuf },
    #[error("{} failed ({failure}): {}", path.display(), what_to_do(failure))]
    Failed { path: PathBuf, failure: Failure },
    #[error("{} is not in {space} yet: `indexer scan --method {space}` adds it", path.display())]
    NotInSpace { path: PathBuf, space: String },
    #[error("{} cannot be analysed ({failure}): name another file", path.display())]
    Unusable { path: PathBuf, failure: Failure },
    #[error(
        "{} is not in the library, whose {space} vectors are of an earlier version: `indexer scan --method {space}` makes \
         new ones, with which it can be compared", path.display()
    )]
    NotComparable { path: PathBuf, space: String },
    #[error("the {space} vectors have different numbers of values: scan into a new --store")]
    OtherWidth { space: String },
    #[error("{song} is both wanted and unwanted: leave one of them out")]
    BothWays { song: String },
    #[error("what is unwanted cancels out what is wanted: name other songs")]
    CancelledOut,
    #[error("nothing is left: {}", if *is_filtered { "ask for less by filters" } else { "the library has no other song" })]
    NoneLeft { is_filtered: bool },
    #[error("both ends are the same song, {song}: name two")]
    SameEnds { song: String },
    #[error("a way of {steps} songs needs as many, and there are {there}: choose at most {there} --steps")]
    TooFewSongs { steps: usize, there: usize },
}

fn proposed(nearest: &[String]) -> String {
    match nearest {
        [] => ": `indexer scan` adds songs to the library".to_owned(),
        names => format!(": the nearest names are {}", names.join("; ")),
    }
}
