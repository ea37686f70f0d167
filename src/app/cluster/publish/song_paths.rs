//! How the playlist files of a folder write the paths of songs.

use std::{
    borrow::Cow,
    collections::HashMap,
    path::{Path, PathBuf},
};

use crate::{fs::relative, playlist::Playlist, playlist::path_map::PathMap};

/// Paths of songs for the playlist files of one folder.
pub(super) struct SongPaths<'a> {
    /// The folder: absolute, without links.
    pub folder: &'a Path,
    map: &'a PathMap,
    /// Folders of songs with links resolved, because a relative path must not cross a link.
    resolved: HashMap<PathBuf, PathBuf>,
}

impl<'a> SongPaths<'a> {
    /// Paths for the files of `folder`, which is absolute and without links, and for readers that `map` is made for.
    pub(super) fn new(folder: &'a Path, map: &'a PathMap) -> Self {
        Self { folder, map, resolved: HashMap::new() }
    }

    /// The playlist with the paths that a file writes: absolute ones where the map has one; else relative to
    /// the folder, or as they are.
    pub(super) fn written<'p>(&mut self, playlist: &'p Playlist, is_relative: bool) -> Cow<'p, Playlist> {
        if !is_relative && self.map.is_empty() {
            return Cow::Borrowed(playlist);
        }
        let mut playlist = playlist.clone();
        for song in &mut playlist.songs {
            if let Some(path) = self.map.map(&song.path) {
                song.path = path;
            } else if is_relative {
                song.path = self.relative(&song.path);
            }
        }
        Cow::Owned(playlist)
    }

    fn relative(&mut self, path: &Path) -> PathBuf {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return path.to_owned() };
        let resolved = self.resolved.entry(folder.to_owned()).or_insert_with(|| resolved(folder));
        relative(&resolved.join(name), self.folder)
    }
}

/// A folder with links resolved; parts of it that are not there now stay as they are spelled.
fn resolved(folder: &Path) -> PathBuf {
    let existing = folder.ancestors().find_map(|path| Some((path, path.canonicalize().ok()?)));
    let real = existing.and_then(|(path, real)| Some(real.join(folder.strip_prefix(path).ok()?)));
    real.map_or_else(|| folder.to_owned(), |path| path.components().collect())
}
