//! Where recordings lie, and which recording lies at a path.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
};

use super::error::HistoryError;
use crate::app::places::best_place;
use crate::store::{SongPlaces, StoreError, View};
use crate::track::{ContentId, TrackNumber};
use crate::{file::FileRecord, library::Roots, playlist::Song, playlist::SongFile};

/// A song at one of its paths: where its playlist names it, if it is there.
#[derive(Debug)]
pub struct SongLocation {
    /// What is known of it, with that path.
    pub song: Song,
    /// It is at none of its paths now; the path of `song` is one where it was.
    pub is_missing: bool,
}

/// Where those of `wanted` are, or were, that the library knows; of several places the best in view of `past` ones.
pub(crate) fn locate(
    view: &View,
    wanted: impl IntoIterator<Item = ContentId>,
    past: &SongPlaces,
) -> Result<HashMap<ContentId, SongLocation>, StoreError> {
    let mut contents: BTreeMap<TrackNumber, ContentId> = BTreeMap::new();
    for content in wanted.into_iter().collect::<HashSet<_>>() {
        if let Some(number) = view.number_of(&content)? {
            contents.insert(number, content);
        }
    }
    let mut found: HashMap<TrackNumber, Vec<(PathBuf, FileRecord)>> = HashMap::new();
    if !contents.is_empty() {
        view.files(|path, record| {
            let Some(track) = record.track.filter(|track| contents.contains_key(track)) else { return };
            found.entry(track).or_default().push((path.to_owned(), record));
        })?;
    }
    let mut locations = HashMap::new();
    for (number, mut files) in found {
        let content = contents[&number];
        let is_missing = files.iter().all(|(_, file)| file.missing.is_some());
        files.retain(|(_, file)| file.missing.is_some() == is_missing);
        let places: Vec<_> = files.iter().map(|(path, _)| path.as_path()).collect();
        let (path, file) = files.swap_remove(best_place(past, &content, &places));
        let seconds = view.track(number)?.map_or(0.0, |record| record.seconds);
        let song = Song { content, file: SongFile::of(&path, file), seconds, distance: 0.0 };
        locations.insert(content, SongLocation { song, is_missing });
    }
    Ok(locations)
}

/// Those of `wanted` that lie on the disk.
pub(crate) fn songs_on_disk(
    view: &View,
    wanted: impl IntoIterator<Item = ContentId>,
    past: &SongPlaces,
) -> Result<HashMap<ContentId, Song>, StoreError> {
    let found = locate(view, wanted, past)?.into_iter().filter(|(_, location)| !location.is_missing);
    Ok(found.map(|(content, location)| (content, location.song)).collect())
}

/// The recording at a path that is or was in the library; links and `..` in the path are followed.
/// Errors: it is no song of the library.
pub(crate) fn recording_at(view: &View, path: &Path) -> Result<ContentId, HistoryError> {
    let unknown = || HistoryError::UnknownSong { path: path.display().to_string() };
    let file = file_at(view, path)?.map(|(_, file)| file);
    let number = file.and_then(|file| file.track).ok_or_else(unknown)?;
    Ok(view.track(number)?.ok_or_else(unknown)?.content)
}

/// The file at a path as the library spells it, if it is or was there; links and `..` in the path are followed.
pub(crate) fn file_at(view: &View, path: &Path) -> Result<Option<(PathBuf, FileRecord)>, StoreError> {
    let Ok(typed) = std::path::absolute(path) else { return Ok(None) };
    if let Some(file) = view.file(&typed)? {
        return Ok(Some((typed, file)));
    }
    let known: Vec<_> = view.roots()?.into_keys().collect();
    let Some((folder, name)) = typed.parent().zip(typed.file_name()) else { return Ok(None) };
    let spelled = Roots::join(&known, &[folder.to_owned()]).ok().and_then(|mut roots| roots.scope.pop());
    let Some(spelled) = spelled.map(|folder| folder.join(name)) else { return Ok(None) };
    Ok(view.file(&spelled)?.map(|file| (spelled, file)))
}
