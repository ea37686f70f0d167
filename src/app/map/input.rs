//! The step that reads: the points of all songs on the disk, and the playlists that give their colours.

use std::path::Path;

use super::request::{MapError, MapRequest};
use crate::app::cluster::combination::Combination;
use crate::app::cluster::input::points;
use crate::app::cluster::request::{ClusterRunError, Filters};
use crate::app::cluster::selection::{SelectedTrack, select};
use crate::app::damage::{warn_of_damaged_playlists, warn_of_damaged_rows};
use crate::app::history::error::HistoryError;
use crate::app::history::sets::{CurrentSet, SetSelector, find_set};
use crate::app::progress::{Event, Progress};
use crate::clustering::ClusterError;
use crate::library::Roots;
use crate::space::{Points, SpaceId};
use crate::store::{Playlists, RunPlaylist, SongPlaces, View};

/// What is drawn.
pub(super) struct MapInput {
    /// As the points stand; at least one.
    pub tracks: Vec<SelectedTrack>,
    pub points: Points,
    /// By which songs are compared; it may stand for several.
    pub space: SpaceId,
    /// Those that it stands for, and all that the store has.
    pub parts: Vec<SpaceId>,
    pub stored: Vec<SpaceId>,
    /// The set whose playlists these are, and its run.
    pub set: Option<String>,
    pub run: Option<String>,
    pub playlists: Vec<RunPlaylist>,
}

/// Reads what is to be drawn, and closes the library.
pub(super) fn read(
    request: &MapRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<MapInput, MapError> {
    let view = View::open(store)?;
    let spaces = request.method.choose(&view, None, progress)?;
    let (set, run, playlists, places) = playlists(request, store, progress)?;
    let roots: Vec<_> = view.roots()?.into_keys().collect();
    let folders = Roots::among(&roots, &request.configured);
    let mut selection =
        select(&view, &spaces, &roots, folders.as_deref(), false, &Filters::default(), places)?;
    warn_of_damaged_rows(&view, progress);
    if selection.tracks.is_empty() {
        let error = ClusterError::NoTracks { space: spaces.space().name };
        return Err(ClusterRunError::from(error).into());
    }
    let points = points(&mut selection, &spaces, false)?;
    let Combination(parts) = &spaces;
    Ok(MapInput {
        tracks: selection.tracks,
        points,
        space: spaces.space(),
        parts: parts.iter().map(|(space, _)| space.clone()).collect(),
        stored: view.spaces()?.into_iter().map(|record| record.space).collect(),
        set,
        run,
        playlists,
    })
}

type SetPlaylists = (Option<String>, Option<String>, Vec<RunPlaylist>, SongPlaces);

/// The playlists of the set's current run. Where there are none the map has no colours, which a warning says.
fn playlists(request: &MapRequest, store: &Path, progress: &dyn Progress) -> Result<SetPlaylists, MapError> {
    let database = Playlists::look(store)?;
    let selector = SetSelector { given: request.set.as_deref(), default: &request.default_set };
    let set = match find_set(&database, selector) {
        Ok(set) => set,
        Err(HistoryError::NoPlaylists) if request.set.is_none() => {
            progress.event(Event::Warning(
                "the dots have no colours: `indexer cluster` makes playlists".to_owned(),
            ));
            return Ok((None, None, vec![], SongPlaces::default()));
        }
        Err(error) => return Err(error.into()),
    };
    let current = CurrentSet::load(&database, &set)?;
    let places = database.places(&set)?;
    warn_of_damaged_playlists(&database, progress);
    let (run, playlists) = match current.last {
        Some(run) => (Some(run.id), run.playlists),
        None => (None, vec![]),
    };
    Ok((Some(set), run, playlists, places))
}
