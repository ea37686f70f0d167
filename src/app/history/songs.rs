//! Recordings as songs at their places, and places as recordings.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
};

use super::sets::HistoryError;
use crate::{
    library::Roots,
    playlist::Song,
    store::{StoreError, View},
    track::{ContentId, Tags, TrackNumber},
};

/// A song with its first path.
#[derive(Debug)]
pub struct Place {
    pub song: Song,
    /// It is at none of its paths now.
    pub is_missing: bool,
}

/// Those of `wanted` that the library knows, where they are or were.
///
/// # Errors
/// The store cannot be read.
pub fn places(
    view: &View,
    wanted: impl IntoIterator<Item = ContentId>,
) -> Result<HashMap<ContentId, Place>, StoreError> {
    let mut contents: BTreeMap<TrackNumber, ContentId> = BTreeMap::new();
    for content in wanted.into_iter().collect::<HashSet<_>>() {
        if let Some(number) = view.number_of(&content)? {
            contents.insert(number, content);
        }
    }
    let mut found: HashMap<TrackNumber, (bool, PathBuf, Tags)> = HashMap::new();
    if !contents.is_empty() {
        view.files(|path, record| {
            let Some(track) = record.track.filter(|track| contents.contains_key(track)) else { return };
            let is_missing = record.missing.is_some();
            if found.get(&track).is_none_or(|(was_missing, ..)| *was_missing && !is_missing) {
                found.insert(track, (is_missing, path.to_owned(), record.tags));
            }
        })?;
    }
    let mut places = HashMap::new();
    for (number, (is_missing, path, tags)) in found {
        let content = contents[&number];
        let seconds = view.track(number)?.map_or(0.0, |record| record.seconds);
        places.insert(
            content,
            Place { song: Song { content, path, tags, seconds, distance: 0.0 }, is_missing },
        );
    }
    Ok(places)
}

/// Those of `wanted` that lie on the disk.
///
/// # Errors
/// The store cannot be read.
pub fn at_hand(
    view: &View,
    wanted: impl IntoIterator<Item = ContentId>,
) -> Result<HashMap<ContentId, Song>, StoreError> {
    let places = places(view, wanted)?.into_iter().filter(|(_, place)| !place.is_missing);
    Ok(places.map(|(content, place)| (content, place.song)).collect())
}

/// The recording at a path that is or was in the library, however the way there is spelled.
///
/// # Errors
/// It is no song of the library.
pub fn at(view: &View, path: &Path) -> Result<ContentId, HistoryError> {
    let unknown = || HistoryError::UnknownSong { path: path.display().to_string() };
    let typed = std::path::absolute(path).map_err(|_| unknown())?;
    let file = match view.file(&typed)? {
        Some(file) => Some(file),
        None => {
            let known: Vec<_> = view.roots()?.into_keys().collect();
            let (folder, name) = typed.parent().zip(typed.file_name()).ok_or_else(unknown)?;
            let spelled = Roots::join(&known, &[folder.to_owned()]).ok();
            let folder = spelled.and_then(|mut roots| roots.scope.pop());
            folder.map(|folder| view.file(&folder.join(name))).transpose()?.flatten()
        }
    };
    let number = file.and_then(|file| file.track).ok_or_else(unknown)?;
    Ok(view.track(number)?.ok_or_else(unknown)?.content)
}
