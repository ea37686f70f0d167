//! The songs of one playlist, in the order of its files.

use std::path::Path;

use super::error::HistoryError;
use super::playlists::{ListedPlaylist, find, listed};
use super::sets::{CurrentSet, SetSelector, find_set, open_to_read};
use super::songs::{SongLocation, locate};
use crate::app::damage::{warn_of_damaged_playlists, warn_of_damaged_rows};
use crate::app::progress::{Event, Progress};
use crate::store::{RunRecord, View};

/// A playlist as the latest run of its set left it, with its songs.
#[derive(Debug)]
pub struct PlaylistContents {
    /// The set's name.
    pub set: String,
    /// That run.
    pub run: RunRecord,
    /// The playlist.
    pub playlist: ListedPlaylist,
    /// Those that the library knows, in the order in which they were last written.
    pub songs: Vec<SongLocation>,
}

/// The playlist of this id, or of this name in upper or lower case, with its songs. A warning says so if their order is
/// not known, as of a run that an earlier version of this program made; then they are in that of their paths.
pub(crate) fn contents(
    store: &Path,
    set: SetSelector,
    playlist: &str,
    progress: &dyn Progress,
) -> Result<PlaylistContents, HistoryError> {
    let database = open_to_read(store)?;
    let set = find_set(&database, set)?;
    let current = CurrentSet::load(&database, &set)?;
    let run = current.last.as_ref().ok_or_else(|| HistoryError::NoRun(set.clone()))?;
    let list = find(run, playlist, &set)?;
    let order = database.songs_in_order(&set, run, list)?;
    let places = database.places(&set)?;
    let listed = listed(&database.owned(&set)?, &current, list);
    warn_of_damaged_playlists(&database, progress);

    let view = View::open(store)?;
    let mut locations = locate(&view, list.members.iter().copied(), &places)?;
    warn_of_damaged_rows(&view, progress);
    let members = order.as_ref().unwrap_or(&list.members);
    let mut songs: Vec<_> = members.iter().filter_map(|song| locations.remove(song)).collect();
    if order.is_none() {
        songs.sort_by(|a, b| a.song.path().cmp(b.song.path()));
        let text = "the order of these songs is known from the next `indexer cluster` on: here it is that of their paths";
        progress.event(Event::Warning(text.to_owned()));
    }
    let run = run.clone();
    Ok(PlaylistContents { set, run, playlist: listed, songs })
}
