//! Playlists as they were made, and what the user makes of them.

use super::{Error, Index};
use crate::app::cluster::export::{Export, Exported, export};
use crate::app::cluster::restore::{RestoreRequest, restore};
use crate::app::history::contents::{PlaylistContents, contents};
use crate::app::history::playlists::{ChangedPlaylist, PlaylistEdit, SetListing, change, list};
use crate::app::history::{forget::ForgottenSet, forget::forget, sets::SetSelector};
use crate::machine::start_thread_pool;
use crate::{
    app::cluster::request::Targets, app::cluster::summary::ClusterSummary, app::history::runs::Runs,
    app::progress::Progress,
};

/// Here and below, `set` is the name of a set; without one, the only set is meant, else the one that
/// [`Index::cluster`] continues.
impl Index {
    /// The playlists of all sets or of one, as the latest run left them.
    pub fn playlists(&self, set: Option<&str>, progress: &dyn Progress) -> Result<Vec<SetListing>, Error> {
        Ok(list(&self.store(), set, progress)?)
    }

    /// Changes a playlist, named by its id or its name.
    /// Errors: no such playlist or song, a name that cannot be seen or is taken, a song that another playlist keeps.
    pub fn edit_playlist(
        &self,
        set: Option<&str>,
        playlist: &str,
        edit: PlaylistEdit,
        progress: &dyn Progress,
    ) -> Result<ChangedPlaylist, Error> {
        let set = SetSelector { given: set, default: &self.config.cluster.set };
        Ok(change(&self.store(), set, playlist, edit, progress)?)
    }

    /// Forgets a set, and removes those of its files that nobody else has changed.
    /// Errors: no such set; a file that cannot be removed: then the set is still known.
    pub fn forget_set(&self, set: &str) -> Result<ForgottenSet, Error> {
        Ok(forget(&self.store(), set)?)
    }

    /// A playlist, named by its id or its name, with its songs in the order of its files.
    pub fn playlist(
        &self,
        set: Option<&str>,
        playlist: &str,
        progress: &dyn Progress,
    ) -> Result<PlaylistContents, Error> {
        start_thread_pool();
        let set = SetSelector { given: set, default: &self.config.cluster.set };
        Ok(contents(&self.store(), set, playlist, progress)?)
    }

    /// Writes one playlist, named by its id or its name, into a file of its own.
    /// Errors: no such playlist; a file that cannot be written or is somebody else's.
    pub fn export_playlist(
        &self,
        set: Option<&str>,
        playlist: &str,
        request: &Export,
        progress: &dyn Progress,
    ) -> Result<Exported, Error> {
        start_thread_pool();
        let set = SetSelector { given: set, default: &self.config.cluster.set };
        Ok(export(&self.store(), set, playlist, request, progress)?)
    }

    /// The runs of a set.
    pub fn runs(&self, set: Option<&str>) -> Result<Runs, Error> {
        Ok(Runs::open(&self.store(), SetSelector { given: set, default: &self.config.cluster.set })?)
    }

    /// Makes a run the latest of its set again and writes its playlists, as far as their songs are there.
    /// Errors: no such run; files that cannot be written.
    pub fn restore(
        &self,
        set: Option<&str>,
        run: &str,
        targets: Targets,
        progress: &dyn Progress,
    ) -> Result<ClusterSummary, Error> {
        start_thread_pool();
        let set = SetSelector { given: set, default: &self.config.cluster.set };
        let (order, seed) = (self.order()?, self.config.cluster.seed);
        Ok(restore(&RestoreRequest { set, run, order, seed, targets }, &self.store(), progress)?)
    }
}
