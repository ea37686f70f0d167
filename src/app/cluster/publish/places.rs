//! Where songs are, as the files of a folder say it.

use std::{
    borrow::Cow,
    collections::HashMap,
    path::{Path, PathBuf},
};

use crate::{
    fs::relative::relative,
    playlist::{Playlist, path_map::PathMap},
};

/// Places of songs for the playlist files of one folder.
pub struct Places<'a> {
    /// A real path: absolute, without links.
    pub folder: &'a Path,
    map: &'a PathMap,
    /// Folders of songs without links: a relative path must not cross one.
    real: HashMap<PathBuf, PathBuf>,
}

impl<'a> Places<'a> {
    /// As files of `folder`, which is a real path, say them to readers for whom `map` holds.
    pub fn new(folder: &'a Path, map: &'a PathMap) -> Self {
        Self { folder, map, real: HashMap::new() }
    }

    /// The playlist with its songs where a file says they are: where the map puts them, absolute; the others as seen
    /// from the folder, or as they are.
    pub fn of<'p>(&mut self, playlist: &'p Playlist, is_relative: bool) -> Cow<'p, Playlist> {
        if !is_relative && self.map.is_empty() {
            return Cow::Borrowed(playlist);
        }
        let mut playlist = playlist.clone();
        for song in &mut playlist.songs {
            if let Some(path) = self.map.map(&song.path) {
                song.path = path;
            } else if is_relative {
                song.path = self.seen(&song.path);
            }
        }
        Cow::Owned(playlist)
    }

    fn seen(&mut self, path: &Path) -> PathBuf {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return path.to_owned() };
        let real = self.real.entry(folder.to_owned()).or_insert_with(|| real_path(folder));
        relative(&real.join(name), self.folder)
    }
}

/// A folder without links; what of it is not there now is taken as it is spelled.
fn real_path(folder: &Path) -> PathBuf {
    let there = folder.ancestors().find_map(|path| Some((path, path.canonicalize().ok()?)));
    let real = there.and_then(|(path, real)| Some(real.join(folder.strip_prefix(path).ok()?)));
    real.map_or_else(|| folder.to_owned(), |path| path.components().collect())
}
