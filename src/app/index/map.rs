//! The library as a map: the request that settings and names make.

use super::{Error, Index, OptionError};
use crate::app::map::request::{MapRequest, MapSummary};
use crate::app::{map::map, progress::Progress};
use crate::layout::{LAYOUTS, layout};
use crate::machine::start_thread_pool;

impl Index {
    /// A request to draw all songs that the method of `[cluster]` has vectors of, laid out as `--layout` says, in the colours of
    /// the playlists of a set.
    /// Errors: an unknown method or layout.
    pub fn map_request(&self, name: &str) -> Result<MapRequest, Error> {
        let unknown = || OptionError::Unknown {
            what: "layout",
            name: name.to_owned(),
            names: LAYOUTS.iter().map(|row| row.name).collect::<Vec<_>>().join(", "),
        };
        Ok(MapRequest {
            method: self.method_choice(&self.config.cluster.method)?,
            layout: layout(name).ok_or_else(unknown)?,
            set: None,
            default_set: self.config.cluster.set.clone(),
            configured: self.config.library.roots.clone(),
            seed: self.config.cluster.seed,
            fresh: false,
            page: None,
            picture: None,
            force: false,
        })
    }

    /// Draws the library, starting from its last map. Nothing is decoded.
    /// Errors: no song to draw, too many for the layout, a file that cannot be written or is somebody else's.
    pub fn map(&self, request: &MapRequest, progress: &dyn Progress) -> Result<MapSummary, Error> {
        start_thread_pool();
        Ok(map(request, &self.store(), progress)?)
    }
}
