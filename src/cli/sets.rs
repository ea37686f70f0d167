//! Which set of playlists a command is about.

use clap::Args;
use indexer::{
    app::{Which, usual_name},
    config::ClusterConfig,
};

/// The set, if it is not to be found out.
#[derive(Args)]
pub struct SetFlag {
    /// The family of playlists that is meant [default: the only one, else the one that `cluster` continues]
    #[arg(long, value_name = "NAME")]
    set: Option<String>,
}

/// The set that `cluster` continues when its flags say nothing else.
pub fn usual(config: &ClusterConfig) -> String {
    if config.set.is_empty() { usual_name(&config.method, None) } else { config.set.clone() }
}

impl SetFlag {
    pub fn given(&self) -> Option<&str> {
        self.set.as_deref()
    }

    pub fn which<'a>(&'a self, usual: &'a str) -> Which<'a> {
        Which { given: self.given(), usual }
    }
}
