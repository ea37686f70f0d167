//! What way is asked for.

use std::path::PathBuf;

use crate::app::cluster::{combination::MethodChoice, export::Export, request::Filters};

/// A way from one song to another.
#[derive(Clone, Debug)]
pub struct PathRequest {
    /// What songs are compared by.
    pub method: MethodChoice,
    /// The first and the last song, each a path or part of `Artist – Title`.
    pub ends: [PathBuf; 2],
    /// How many songs the way has, both ends among them; at least two.
    pub steps: usize,
    /// Which songs may lie on it.
    pub filters: Filters,
    /// The folders of the configuration: only songs under these lie on it, if there are any.
    pub configured: Vec<PathBuf>,
    /// Write it as a playlist, too.
    pub export: Option<Export>,
}
