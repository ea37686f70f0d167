//! One playlist, as it is named on the command line and in JSON.

use clap::Args;
use indexer::{ListedPlaylist, location};
use serde_json::{Value, json};

use crate::cli::args::SetFlag;

/// The playlist that is meant.
#[derive(Args)]
pub(crate) struct PlaylistArg {
    /// The playlist: its id, or its name in upper or lower case
    pub playlist: String,
    #[command(flatten)]
    pub set: SetFlag,
}

pub(super) fn as_json(list: &ListedPlaylist) -> Value {
    json!({
        "id": list.id,
        "name": list.name,
        "size": list.size,
        "pinned": list.is_pinned,
        "pinned_songs": list.pinned_songs,
        "files": list.files.iter().map(|path| location(path)).collect::<Vec<_>>(),
    })
}
