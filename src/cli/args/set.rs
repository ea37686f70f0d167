//! Which set of playlists a command is about.

use clap::Args;

#[derive(Args)]
pub(crate) struct SetFlag {
    /// The set of playlists [default: the only one, else the one that `cluster` continues]
    #[arg(id = "set", long, value_name = "NAME")]
    pub name: Option<String>,
}
