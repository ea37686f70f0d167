//! Filters of a run: what comes into playlists, decided without decoding anything.

use crate::{
    library::Excluded,
    playlist::filter::{Filter, Limits},
};

/// What is left out before clustering, and what after it.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    pub filter: Filter,
    pub exclude: Excluded,
    /// Of recordings that are there twice, one.
    pub dedupe: bool,
    /// Of the finished lists.
    pub limits: Limits,
    /// What was set, as it was said: name and value.
    pub said: Vec<(&'static str, String)>,
}

impl Filters {
    /// A part of the run's settings; empty where nothing is set, so that such a run keeps the id it always had.
    pub fn canonical(&self) -> String {
        self.said.iter().map(|(name, value)| format!(" {name}={value:?}")).collect()
    }
}
