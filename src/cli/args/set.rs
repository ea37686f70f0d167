//! Which set of playlists a command is about.

use crate::cli::ui::outcome::Usage;
use clap::Args;
use indexer::{
    app::{SetSelector, default_set_name},
    config::ClusterConfig,
    text::{misleads, visible},
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
    if config.set.is_empty() { default_set_name(&config.method, None) } else { config.set.clone() }
}

/// The set that is to be continued, if it is named. In the configuration nothing is no name.
///
/// # Errors
/// A name that cannot be seen, or not be typed again.
pub fn set_of(typed: Option<String>, config: &ClusterConfig) -> Result<Option<String>, Usage> {
    let Some(name) = typed.or_else(|| Some(config.set.clone()).filter(|name| !name.is_empty())) else {
        return Ok(None);
    };
    if visible(&name).is_empty() || name.chars().any(misleads) {
        return Err(Usage(format!("{name:?} is no name for a set: give one on one line that can be seen")));
    }
    Ok(Some(name))
}

impl SetFlag {
    pub fn given(&self) -> Option<&str> {
        self.set.as_deref()
    }

    pub fn which<'a>(&'a self, usual: &'a str) -> SetSelector<'a> {
        SetSelector { given: self.given(), default: usual }
    }
}
