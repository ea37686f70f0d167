//! Playlists as they were made, and what the user makes of them.

use std::{collections::HashMap, path::PathBuf};

use super::{Error, Index};
use crate::app::cluster::restore::{RestoreRequest, restore};
use crate::app::history::playlists::{
    ChangedPlaylist, PlaylistSelector, SetListing, list, pin, rename, unpin,
};
use crate::app::history::runs::{History, RunLine, song_locations};
use crate::app::history::sets::{SetSelector, default_set_name};
use crate::{
    app::cluster::request::Targets, app::cluster::summary::ClusterSummary, app::history::diff::Difference,
    app::history::songs::SongLocation, app::progress::Progress, store::RunRecord, track::ContentId,
};

/// The runs of one set, as they are kept. Opened for reading.
pub struct Runs {
    history: History,
    store: PathBuf,
}

/// Here and below, `set` is the name of a set; without one, the only set is meant, else the one that
/// [`Index::cluster`] continues.
impl Index {
    /// The playlists of all sets or of one, as the latest run left them.
    ///
    /// # Errors
    /// No such set; a store that cannot be read.
    pub fn playlists(&self, set: Option<&str>, progress: &dyn Progress) -> Result<Vec<SetListing>, Error> {
        Ok(list(&self.store(), set, progress)?)
    }

    /// Gives a playlist, named by id or name, another name that stays.
    ///
    /// # Errors
    /// No such playlist, a name that cannot be seen or is taken; a store that cannot be written.
    pub fn rename(
        &self,
        set: Option<&str>,
        playlist: &str,
        name: &str,
        progress: &dyn Progress,
    ) -> Result<ChangedPlaylist, Error> {
        let default = self.default_set();
        Ok(rename(&self.store(), selector(set, &default, playlist), name, progress)?)
    }

    /// Keeps a playlist as it is, or only these songs in it.
    ///
    /// # Errors
    /// No such playlist or song, or a song that another playlist keeps; a store that cannot be written.
    pub fn pin(
        &self,
        set: Option<&str>,
        playlist: &str,
        songs: &[PathBuf],
        progress: &dyn Progress,
    ) -> Result<ChangedPlaylist, Error> {
        let default = self.default_set();
        Ok(pin(&self.store(), selector(set, &default, playlist), songs, progress)?)
    }

    /// Leaves a playlist, or only these songs in it, to the clustering again.
    ///
    /// # Errors
    /// As [`Index::pin`].
    pub fn unpin(
        &self,
        set: Option<&str>,
        playlist: &str,
        songs: &[PathBuf],
        progress: &dyn Progress,
    ) -> Result<ChangedPlaylist, Error> {
        let default = self.default_set();
        Ok(unpin(&self.store(), selector(set, &default, playlist), songs, progress)?)
    }

    /// The runs of a set.
    ///
    /// # Errors
    /// No such set; a store that cannot be read.
    pub fn runs(&self, set: Option<&str>) -> Result<Runs, Error> {
        let (store, default) = (self.store(), self.default_set());
        Ok(Runs { history: History::open(&store, SetSelector { given: set, default: &default })?, store })
    }

    /// Makes a run the latest of its set again and writes its playlists, as far as their songs are there.
    ///
    /// # Errors
    /// No such run; files or a store that cannot be written.
    pub fn restore(
        &self,
        set: Option<&str>,
        run: &str,
        targets: Targets,
        progress: &dyn Progress,
    ) -> Result<ClusterSummary, Error> {
        let default = self.default_set();
        let request = RestoreRequest {
            set: SetSelector { given: set, default: &default },
            run,
            order: self.order()?,
            seed: self.config.cluster.seed,
            targets,
        };
        Ok(restore(&request, &self.store(), progress)?)
    }

    /// The set that is continued where nothing else is said.
    fn default_set(&self) -> String {
        let config = &self.config.cluster;
        if config.set.is_empty() { default_set_name(&config.method, None) } else { config.set.clone() }
    }
}

fn selector<'a>(set: Option<&'a str>, default: &'a str, playlist: &'a str) -> PlaylistSelector<'a> {
    PlaylistSelector { set: SetSelector { given: set, default }, playlist }
}

impl Runs {
    /// The set's name.
    pub fn set(&self) -> &str {
        &self.history.set
    }

    /// Warns if not everything could be read.
    pub fn warn_of_damage(&self, progress: &dyn Progress) {
        self.history.report_damage(progress);
    }

    /// Every run that is kept, the latest first.
    ///
    /// # Errors
    /// None can be read.
    pub fn list(&self) -> Result<Vec<RunLine>, Error> {
        Ok(self.history.lines()?)
    }

    /// The run called `latest`, `previous`, or by its id or the beginning of it.
    ///
    /// # Errors
    /// No such run, or several.
    pub fn find(&self, run: &str) -> Result<RunRecord, Error> {
        Ok(self.history.find(run)?)
    }

    /// What changed from one run to another, in the order of the songs' paths, and where those songs are.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn difference(
        &self,
        from: &RunRecord,
        to: &RunRecord,
    ) -> Result<(Difference, HashMap<ContentId, SongLocation>), Error> {
        let mut difference = Difference::between(from, to);
        let places = self.places(difference.songs.iter().map(|moved| moved.song))?;
        difference.songs.sort_by_key(|moved| places.get(&moved.song).map(|place| &place.song.path));
        Ok((difference, places))
    }

    /// Where songs are, or were: those that the library knows.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn places(
        &self,
        songs: impl IntoIterator<Item = ContentId>,
    ) -> Result<HashMap<ContentId, SongLocation>, Error> {
        Ok(song_locations(&self.store, songs)?)
    }
}
