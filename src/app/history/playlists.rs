//! The playlists of a set: listing, renaming and pinning them.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use super::error::HistoryError;
use super::moved_files::move_files;
use super::sets::{CurrentSet, SetSelector, find_set, open_to_change, open_to_read};
use super::songs::{recording_at, songs_on_disk};
use crate::app::damage::{warn_of_damaged_playlists, warn_of_damaged_rows};
use crate::store::SongPlaces;
use crate::store::{OwnedFile, PlaylistChoice, Playlists, RunPlaylist, RunRecord, View};
use crate::{app::progress::Progress, text::visible, time::Moment, track::ContentId};

/// The playlists of a set as its latest run left them.
#[derive(Debug)]
pub struct SetListing {
    /// The set's name.
    pub set: String,
    /// The space that it grouped by its vectors.
    pub method: String,
    /// The id of that run,
    pub run: String,
    /// and when it was made.
    pub made: Moment,
    /// In the order of their ids.
    pub playlists: Vec<ListedPlaylist>,
}

/// One playlist.
#[derive(Debug)]
pub struct ListedPlaylist {
    /// Its number in the set's lineage.
    pub id: u32,
    /// As the user chose it, else as it was found.
    pub name: String,
    /// How many songs.
    pub size: usize,
    /// The whole playlist is pinned.
    pub is_pinned: bool,
    /// How many songs were pinned in it one by one.
    pub pinned_songs: usize,
    /// The files that `cluster` wrote for it, in the order of their paths.
    pub files: Vec<PathBuf>,
}

/// A playlist after a change.
#[derive(Debug)]
pub struct ChangedPlaylist {
    /// Its set.
    pub set: String,
    /// Its name before the change.
    pub before: String,
    /// As it is now.
    pub playlist: ListedPlaylist,
    /// So many of its files have its new name now.
    pub moved: usize,
}

/// The playlists of one set, or of all sets where none is given.
pub(crate) fn list(
    store: &Path,
    set: Option<&str>,
    progress: &dyn Progress,
) -> Result<Vec<SetListing>, HistoryError> {
    let database = open_to_read(store)?;
    let sets: Vec<String> = match set {
        Some(_) => vec![find_set(&database, SetSelector { given: set, default: "" })?],
        None => database.sets()?.into_iter().collect(),
    };
    let (mut listings, names) = (Vec::new(), sets.join(", "));
    for set in sets {
        let current = CurrentSet::load(&database, &set)?;
        let Some(last) = &current.last else { continue };
        let files = database.owned(&set)?;
        let playlists = last.playlists.iter().map(|list| listed(&files, &current, list)).collect();
        let (method, run) = (last.space.name.clone(), last.id.clone());
        listings.push(SetListing { method, run, made: last.made, playlists, set });
    }
    warn_of_damaged_playlists(&database, progress);
    if listings.is_empty() { Err(HistoryError::NoRun(names)) } else { Ok(listings) }
}

/// A playlist with those of its set's `files` that were written for it.
pub(super) fn listed(files: &[OwnedFile], current: &CurrentSet, list: &RunPlaylist) -> ListedPlaylist {
    let mut files: Vec<_> = files.iter().filter(|file| file.playlist == list.id).collect();
    files.dedup_by(|a, b| a.path == b.path);
    let choice = current.choices.get(&list.id).cloned().unwrap_or_default();
    ListedPlaylist {
        id: list.id,
        name: list.name.clone(),
        size: list.members.len(),
        is_pinned: choice.pinned.is_some(),
        pinned_songs: choice.songs.len(),
        files: files.into_iter().map(|file| file.path.clone()).collect(),
    }
}

/// What the user makes of a playlist. Of songs that are not named, all are meant, and the playlist itself.
#[derive(Clone, Copy, Debug)]
pub enum PlaylistEdit<'a> {
    /// Gives it a name that no run changes.
    Rename(&'a str),
    /// Keeps the songs at these paths in it.
    Pin(&'a [PathBuf]),
    /// Frees them for regrouping.
    Unpin(&'a [PathBuf]),
}

/// Changes the playlist of this id, or of this name in upper or lower case. The files of one that is renamed are moved, as
/// far as they can be: a warning names those that wait for the next `cluster`.
pub(crate) fn change(
    store: &Path,
    set: SetSelector,
    playlist: &str,
    edit: PlaylistEdit,
    progress: &dyn Progress,
) -> Result<ChangedPlaylist, HistoryError> {
    let songs = match edit {
        PlaylistEdit::Rename(name) if visible(name.trim()).is_empty() => return Err(HistoryError::NoName),
        PlaylistEdit::Rename(_) | PlaylistEdit::Pin([]) | PlaylistEdit::Unpin([]) => vec![],
        PlaylistEdit::Pin(paths) | PlaylistEdit::Unpin(paths) => {
            let view = View::open(store)?;
            let songs = paths.iter().map(|path| recording_at(&view, path)).collect::<Result<_, _>>();
            warn_of_damaged_rows(&view, progress);
            songs?
        }
    };
    let database = open_to_read(store)?;
    let set = find_set(&database, set)?;
    let attempt = |database: &Playlists| {
        let mut current = CurrentSet::load(database, &set)?;
        let last = current.last.as_ref().ok_or_else(|| HistoryError::NoRun(set.clone()))?;
        let (lineage, list) = (last.lineage, find(last, playlist, &set)?.clone());
        match edit {
            PlaylistEdit::Rename(name) => rename(&mut current, &list, name.trim(), &set)?,
            PlaylistEdit::Pin(_) => pin(&mut current, &list, &songs, store)?,
            PlaylistEdit::Unpin(paths) => unpin(&mut current, &list, &songs, paths)?,
        }
        Ok::<_, HistoryError>((current, lineage, list))
    };
    // Whatever is refused is refused before the database is opened for writing.
    attempt(&database).map_err(|error| with_other_sets(error, &database))?;
    let database = open_to_change(store)?;
    let (current, lineage, mut list) = attempt(&database)?;
    database.choose(&set, lineage, &current.choices)?;
    warn_of_damaged_playlists(&database, progress);
    let before = list.name.clone();
    list.name = current.choices.get(&list.id).and_then(|choice| choice.name.clone()).unwrap_or(list.name);
    let moved = match edit {
        PlaylistEdit::Rename(_) => move_files(&database, &set, &list, &before, progress)?,
        PlaylistEdit::Pin(_) | PlaylistEdit::Unpin(_) => 0,
    };
    let playlist = listed(&database.owned(&set)?, &current, &list);
    Ok(ChangedPlaylist { set, before, playlist, moved })
}

fn rename(current: &mut CurrentSet, list: &RunPlaylist, name: &str, set: &str) -> Result<(), HistoryError> {
    let lists = current.last.iter().flat_map(|run| &run.playlists);
    let others = lists.map(|list| (list.id, list.name.as_str()));
    // A playlist that is not in the latest run may come back when an earlier one is restored.
    let chosen = current.choices.iter().filter_map(|(id, choice)| Some((*id, choice.name.as_deref()?)));
    let mut others = others.chain(chosen).filter(|(id, _)| *id != list.id);
    if let Some((_, other)) = others.find(|(_, other)| visible(other) == visible(name)) {
        return Err(HistoryError::NameTaken { set: set.to_owned(), name: other.to_owned() });
    }
    current.choices.entry(list.id).or_default().name = Some(name.to_owned());
    Ok(())
}

fn pin(
    current: &mut CurrentSet,
    list: &RunPlaylist,
    songs: &[ContentId],
    store: &Path,
) -> Result<(), HistoryError> {
    // A song is pinned in one playlist at most.
    current.choices.values_mut().for_each(|choice| release(choice, songs));
    let choice = current.choices.entry(list.id).or_default();
    if let (true, None, Some(last)) = (songs.is_empty(), &choice.pinned, &current.last) {
        let on_disk =
            songs_on_disk(&View::open(store)?, list.absent.iter().copied(), &SongPlaces::default())?;
        // An absent song that is on the disk was kept out by a filter, and stays out.
        choice.pinned = Some(pinned_songs(last, list, |song| !on_disk.contains_key(song)));
    }
    choice.songs.extend(songs);
    choice.songs.sort_unstable();
    choice.songs.dedup();
    Ok(())
}

fn unpin(
    current: &mut CurrentSet,
    list: &RunPlaylist,
    songs: &[ContentId],
    paths: &[PathBuf],
) -> Result<(), HistoryError> {
    for (song, path) in songs.iter().zip(paths) {
        check_pinned(*song, path, current, list)?;
    }
    let choice = current.choices.entry(list.id).or_default();
    if songs.is_empty() {
        *choice = PlaylistChoice { name: choice.name.take(), ..PlaylistChoice::default() };
    }
    release(choice, songs);
    Ok(())
}

/// Refuses to unpin a song that is not pinned in this playlist, by itself or with the whole of it.
fn check_pinned(
    song: ContentId,
    path: &Path,
    current: &CurrentSet,
    list: &RunPlaylist,
) -> Result<(), HistoryError> {
    let holds = |choice: &PlaylistChoice| {
        choice.songs.iter().chain(choice.pinned.iter().flatten()).any(|it| *it == song)
    };
    let holders = || current.choices.iter().filter(|(_, choice)| holds(choice)).map(|(id, _)| *id);
    if holders().any(|id| id == list.id) {
        return Ok(());
    }
    let lists = current.last.iter().flat_map(|run| &run.playlists);
    let holder = holders().find_map(|id| lists.clone().find(|list| list.id == id));
    let (path, playlist) = (path.display().to_string(), list.name.clone());
    Err(match holder {
        Some(holder) => HistoryError::PinnedElsewhere { path, playlist, holder: holder.name.clone() },
        None => HistoryError::NotPinned { path, playlist },
    })
}

/// Unpins songs, whether they are pinned by themselves or with the whole playlist.
fn release(choice: &mut PlaylistChoice, songs: &[ContentId]) {
    choice.songs.retain(|song| !songs.contains(song));
    choice.pinned.iter_mut().for_each(|pinned| pinned.retain(|song| !songs.contains(song)));
}

/// The songs of a playlist that is pinned as `run` left it: its members, and those of its absent songs that
/// `is_held` says still belong to it and no other playlist holds.
pub(crate) fn pinned_songs(
    run: &RunRecord,
    list: &RunPlaylist,
    is_held: impl Fn(&ContentId) -> bool,
) -> Vec<ContentId> {
    let others = run.playlists.iter().filter(|other| other.id != list.id);
    let others: HashSet<_> = others.flat_map(|other| &other.members).collect();
    let absent = list.absent.iter().filter(|song| is_held(song) && !others.contains(song));
    list.members.iter().chain(absent).copied().collect()
}

/// Adds to the refusal of a playlist's name in which other sets there is one of that name.
fn with_other_sets(error: HistoryError, database: &Playlists) -> HistoryError {
    let HistoryError::UnknownPlaylist { set, playlist } = error else { return error };
    let holds = |name: &String| {
        let last = CurrentSet::load(database, name).ok().and_then(|current| current.last);
        // A number is an id in every set, and tells nothing.
        playlist.parse::<u32>().is_err() && last.is_some_and(|run| find(&run, &playlist, name).is_ok())
    };
    let others: Vec<_> = database.sets().unwrap_or_default().into_iter().filter(holds).collect();
    match others.is_empty() {
        true => HistoryError::UnknownPlaylist { set, playlist },
        false => HistoryError::InOtherSets { set, playlist, others },
    }
}

/// The playlist of this id, else of this name.
pub(super) fn find<'a>(
    run: &'a RunRecord,
    playlist: &str,
    set: &str,
) -> Result<&'a RunPlaylist, HistoryError> {
    let by_id = run.playlists.iter().find(|list| playlist.parse() == Ok(list.id));
    let name = playlist.trim().to_lowercase();
    let by_name = || run.playlists.iter().find(|list| list.name.to_lowercase() == name);
    let unknown = || HistoryError::UnknownPlaylist { set: set.to_owned(), playlist: playlist.to_owned() };
    by_id.or_else(by_name).ok_or_else(unknown)
}
