//! The playlists of a set by themselves: which there are, what they are called, what stays as it is.

use std::path::{Path, PathBuf};

use super::{
    sets::{Current, HistoryError, Which, choose, tell_damage, to_change, to_read},
    songs::{self, at_hand},
};
use crate::{
    app::{cluster::pins::all_of, progress::Progress},
    store::{Choice, OwnedFile, Playlists, RunPlaylist, RunRecord, View},
    text::visible,
    time::Moment,
    track::ContentId,
};

/// The playlists of a set as its latest run left them.
#[derive(Debug)]
pub struct SetListing {
    pub set: String,
    pub run: String,
    pub made: Moment,
    pub playlists: Vec<Listed>,
}

/// One playlist.
#[derive(Debug)]
pub struct Listed {
    pub id: u32,
    pub name: String,
    /// How many songs.
    pub size: usize,
    /// All of it stays as it is.
    pub is_pinned: bool,
    /// How many songs were pinned in it one by one.
    pub pinned_songs: usize,
    /// What `cluster` wrote, in the order of paths.
    pub files: Vec<PathBuf>,
}

/// A playlist after a change.
#[derive(Debug)]
pub struct Changed {
    pub set: String,
    /// What it was called before.
    pub before: String,
    pub playlist: Listed,
}

/// The playlists of the set that is given, else of all sets.
///
/// # Errors
/// No such set, nothing was ever clustered, or a store that cannot be read.
pub fn list(
    store: &Path,
    set: Option<&str>,
    progress: &dyn Progress,
) -> Result<Vec<SetListing>, HistoryError> {
    let database = to_read(store)?;
    let sets: Vec<String> = match set {
        Some(_) => vec![choose(&database, Which { given: set, usual: "" })?],
        None => database.sets()?.into_iter().collect(),
    };
    let (mut listings, names) = (Vec::new(), sets.join(", "));
    for set in sets {
        let current = Current::of(&database, &set)?;
        let Some(last) = &current.last else { continue };
        let files = database.owned(&set)?;
        let playlists = last.playlists.iter().map(|list| listed(&files, &current, list)).collect();
        listings.push(SetListing { run: last.id.clone(), made: last.made, playlists, set });
    }
    tell_damage(&database, progress);
    if listings.is_empty() { Err(HistoryError::NoRun(names)) } else { Ok(listings) }
}

/// A playlist with those of its set's `files` that hold it.
fn listed(files: &[OwnedFile], current: &Current, list: &RunPlaylist) -> Listed {
    let mut files: Vec<_> = files.iter().filter(|file| file.playlist == list.id).collect();
    files.dedup_by(|a, b| a.path == b.path);
    let choice = current.choices.get(&list.id).cloned().unwrap_or_default();
    Listed {
        id: list.id,
        name: list.name.clone(),
        size: list.members.len(),
        is_pinned: choice.pinned.is_some(),
        pinned_songs: choice.songs.len(),
        files: files.into_iter().map(|file| file.path.clone()).collect(),
    }
}

/// A playlist that is to be changed: its set, and its id or its name in any case of letters.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub set: Which<'a>,
    pub playlist: &'a str,
}

/// Calls a playlist by a name that stays for ever.
///
/// # Errors
/// No such playlist, a name that cannot be seen or that another one of the set has, a store that cannot be written.
pub fn rename(
    store: &Path,
    target: Target,
    name: &str,
    progress: &dyn Progress,
) -> Result<Changed, HistoryError> {
    let name = name.trim();
    if visible(name).is_empty() {
        return Err(HistoryError::NoName);
    }
    change(store, target, progress, |set, current, list| {
        let lists = current.last.iter().flat_map(|run| &run.playlists);
        let others = lists.map(|list| (list.id, list.name.as_str()));
        // A playlist that is in no list now may come back with an earlier run.
        let chosen = current.choices.iter().filter_map(|(id, choice)| Some((*id, choice.name.as_deref()?)));
        let mut others = others.chain(chosen).filter(|(id, _)| *id != list.id);
        if let Some((_, other)) = others.find(|(_, other)| visible(other) == visible(name)) {
            return Err(HistoryError::NameTaken { set: set.to_owned(), name: other.to_owned() });
        }
        current.choices.entry(list.id).or_default().name = Some(name.to_owned());
        Ok(())
    })
}

/// Pins songs in a playlist; with none named, the whole playlist.
///
/// # Errors
/// No such playlist, a path that is no song of the library, a store that cannot be written.
pub fn pin(
    store: &Path,
    target: Target,
    paths: &[PathBuf],
    progress: &dyn Progress,
) -> Result<Changed, HistoryError> {
    let songs = recordings(store, paths)?;
    change(store, target, progress, |_, current, list| {
        // A song stays in one place.
        current.choices.values_mut().for_each(|choice| let_go(choice, &songs));
        let choice = current.choices.entry(list.id).or_default();
        if let (true, None, Some(last)) = (songs.is_empty(), &choice.pinned, &current.last) {
            let here = at_hand(&View::open(store)?, list.absent.iter().copied())?;
            // What a filter keeps out of it stays out.
            choice.pinned = Some(all_of(last, list, |song| !here.contains_key(song)));
        }
        choice.songs.extend(&songs);
        choice.songs.sort_unstable();
        choice.songs.dedup();
        Ok(())
    })
}

/// Lets songs of a playlist go where clustering puts them; with none named, all of them and the playlist itself.
///
/// # Errors
/// As of [`pin`]; a song that is not pinned in this playlist.
pub fn unpin(
    store: &Path,
    target: Target,
    paths: &[PathBuf],
    progress: &dyn Progress,
) -> Result<Changed, HistoryError> {
    let songs = recordings(store, paths)?;
    change(store, target, progress, |_, current, list| {
        for (song, path) in songs.iter().zip(paths) {
            check_pinned(*song, path, current, list)?;
        }
        let choice = current.choices.entry(list.id).or_default();
        if songs.is_empty() {
            *choice = Choice { name: choice.name.take(), ..Choice::default() };
        }
        let_go(choice, &songs);
        Ok(())
    })
}

/// Whether a song is pinned in a playlist, by itself or with all of it.
fn check_pinned(
    song: ContentId,
    path: &Path,
    current: &Current,
    list: &RunPlaylist,
) -> Result<(), HistoryError> {
    let holds =
        |choice: &Choice| choice.songs.iter().chain(choice.pinned.iter().flatten()).any(|it| *it == song);
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

fn let_go(choice: &mut Choice, songs: &[ContentId]) {
    choice.songs.retain(|song| !songs.contains(song));
    choice.pinned.iter_mut().for_each(|pinned| pinned.retain(|song| !songs.contains(song)));
}

fn recordings(store: &Path, paths: &[PathBuf]) -> Result<Vec<ContentId>, HistoryError> {
    if paths.is_empty() {
        return Ok(vec![]);
    }
    let view = View::open(store)?;
    paths.iter().map(|path| songs::at(&view, path)).collect()
}

/// Finds the playlist and keeps what `work` chooses for it. What can be refused is refused before the database is opened
/// for writing.
fn change(
    store: &Path,
    target: Target,
    progress: &dyn Progress,
    work: impl Fn(&str, &mut Current, &RunPlaylist) -> Result<(), HistoryError>,
) -> Result<Changed, HistoryError> {
    let database = to_read(store)?;
    let set = choose(&database, target.set)?;
    let attempt = |database: &Playlists| {
        let mut current = Current::of(database, &set)?;
        let last = current.last.as_ref().ok_or_else(|| HistoryError::NoRun(set.clone()))?;
        let (lineage, list) = (last.lineage, find(last, target.playlist, &set)?.clone());
        work(&set, &mut current, &list)?;
        Ok::<_, HistoryError>((current, lineage, list))
    };
    attempt(&database)?;
    let database = to_change(store)?;
    let (current, lineage, mut list) = attempt(&database)?;
    database.choose(&set, lineage, &current.choices)?;
    tell_damage(&database, progress);
    let before = list.name.clone();
    list.name = current.choices.get(&list.id).and_then(|choice| choice.name.clone()).unwrap_or(list.name);
    let playlist = listed(&database.owned(&set)?, &current, &list);
    Ok(Changed { set, before, playlist })
}

/// The playlist of this id, else of this name.
fn find<'a>(run: &'a RunRecord, playlist: &str, set: &str) -> Result<&'a RunPlaylist, HistoryError> {
    let by_id = run.playlists.iter().find(|list| playlist.parse() == Ok(list.id));
    let name = playlist.trim().to_lowercase();
    let by_name = || run.playlists.iter().find(|list| list.name.to_lowercase() == name);
    let unknown = || HistoryError::UnknownPlaylist { set: set.to_owned(), playlist: playlist.to_owned() };
    by_id.or_else(by_name).ok_or_else(unknown)
}
