//! Why earlier playlists cannot be shown or changed.

use crate::store::StoreError;

/// Why a set, a run or a playlist cannot be shown or changed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum HistoryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there are no playlists yet: make some with `indexer cluster --n 8`")]
    NoPlaylists,
    #[error("there is no set `{name}`: choose from {}", sets.join(", "))]
    UnknownSet { name: String, sets: Vec<String> },
    #[error("which set? Give --set with one of {}", .0.join(", "))]
    WhichSet(Vec<String>),
    #[error("the set {0} has no run that can be read: `indexer cluster` makes its playlists anew")]
    NoRun(String),
    #[error("no playlist of the set {set} is `{playlist}`: `indexer playlists list` shows them all")]
    UnknownPlaylist { set: String, playlist: String },
    #[error(
        "no playlist of the set {set} is `{playlist}`, but there is one in {}: say which with --set",
        others.join(" and in ")
    )]
    InOtherSets { set: String, playlist: String, others: Vec<String> },
    #[error("a playlist needs a name that can be seen")]
    NoName,
    #[error("the set {set} has a playlist `{name}` already: no two are called alike")]
    NameTaken { set: String, name: String },
    #[error(
        "{path} is not in the library, or could not be indexed: name a song that `indexer scan` has indexed"
    )]
    UnknownSong { path: String },
    #[error("{path} is pinned in {holder}, not in {playlist}: unpin it there")]
    PinnedElsewhere { path: String, playlist: String, holder: String },
    #[error("{path} is not pinned in {playlist}: there is nothing to unpin")]
    NotPinned { path: String, playlist: String },
    #[error("no run of the set {set} is `{run}`: `indexer runs list` shows those that are kept")]
    UnknownRun { set: String, run: String },
    #[error("cannot remove {path}, so nothing more is forgotten: make its folder writable and try again")]
    Remove { path: String, source: std::io::Error },
    #[error("`{run}` begins {count} runs of the set {set}: give more of its digits")]
    Ambiguous { set: String, run: String, count: usize },
}
