//! How playlist files write the paths of songs.
//!
//! Some readers join the folder of a playlist with a relative path as text, others leave that to the kernel, for which
//! `..` behind a link is the parent of what the link leads to. A relative path is written only where both find the song.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::{borrow::Cow, fs, path};

use super::request::ClusterRunError;
use crate::fs::relative;
use crate::playlist::{Playlist, path_map::PathMap};

/// Paths of songs for the playlist files of one folder.
pub(super) struct SongPaths<'a> {
    /// The folder as it was given: absolute, perhaps through links.
    given: PathBuf,
    /// The same folder without links.
    real: PathBuf,
    map: &'a PathMap,
    /// Paths are written as seen from here.
    base: Option<BaseFolder<'a>>,
    /// By the folders of songs, because links are resolved once for each.
    folders: HashMap<PathBuf, SongFolder>,
}

/// The folder of `--relative-to`.
struct BaseFolder<'a> {
    given: &'a Path,
    spelled: PathBuf,
    real: PathBuf,
    /// The folders to which links directly in it lead, with the names of the links: MPD's music folder is often made so.
    links: Vec<(PathBuf, PathBuf)>,
}

impl<'a> BaseFolder<'a> {
    fn new(given: &'a Path) -> Self {
        let spelled = path::absolute(given).unwrap_or_else(|_| given.to_owned());
        let entries = fs::read_dir(&spelled).into_iter().flatten().flatten();
        let links = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_symlink()));
        let folder =
            |entry: fs::DirEntry| Some((entry.path().canonicalize().ok()?, entry.file_name().into()));
        let mut links: Vec<_> = links.filter_map(folder).collect();
        links.sort();
        Self { given, real: resolved(&spelled), spelled: spelled.components().collect(), links }
    }

    /// A folder, given with and without links, as seen from here; none if it is not under this one.
    fn seen(&self, folder: &Path, real: &Path) -> Option<PathBuf> {
        let rest = folder.strip_prefix(&self.spelled).or_else(|_| real.strip_prefix(&self.real));
        let through = |(to, name): &(PathBuf, PathBuf)| Some(name.join(real.strip_prefix(to).ok()?));
        rest.ok().map(Path::to_owned).or_else(|| self.links.iter().find_map(through))
    }
}

/// How the songs of one folder are written.
struct SongFolder {
    /// The folder as seen from that of the playlist files; none: only its absolute path is right for all readers.
    beside: Option<PathBuf>,
    /// The folder as seen from the base; none if it is not under it.
    under: Option<PathBuf>,
}

impl<'a> SongPaths<'a> {
    /// For files in `folder`, which need not be there yet.
    pub(super) fn new(folder: &Path, map: &'a PathMap, base: Option<&'a Path>) -> Self {
        let given = path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let real = resolved(&given);
        // Behind `..` the text alone does not say which folder it is.
        let given =
            if given.components().any(|part| part == Component::ParentDir) { real.clone() } else { given };
        let base = base.map(BaseFolder::new);
        Self { given, real, map, base, folders: HashMap::new() }
    }

    /// How many of the songs are left out because they are not under the base.
    /// Errors: all of them.
    pub(super) fn outside(&mut self, playlists: &[Playlist]) -> Result<usize, ClusterRunError> {
        let Some(folder) = self.base.as_ref().map(|base| base.given.to_owned()) else { return Ok(0) };
        let (mut under, mut outside) = (0, 0);
        for song in playlists.iter().flat_map(|playlist| &playlist.songs) {
            if self.map.map(song.path()).is_none() {
                let count = if self.under(song.path()).is_some() { &mut under } else { &mut outside };
                *count += 1;
            }
        }
        if outside > 0 && under == 0 { Err(ClusterRunError::NoneUnder { folder }) } else { Ok(outside) }
    }

    /// The playlist with the paths that a file writes: those of the map where it has one; else as seen from the base,
    /// without songs that are not under it; else relative to the folder of the file, or as they are.
    pub(super) fn written<'p>(&mut self, playlist: &'p Playlist, is_relative: bool) -> Cow<'p, Playlist> {
        if !is_relative && self.map.is_empty() && self.base.is_none() {
            return Cow::Borrowed(playlist);
        }
        let mut playlist = playlist.clone();
        playlist.songs.retain_mut(|song| {
            let path = match self.map.map(song.path()) {
                Some(path) => Some(path),
                None if self.base.is_some() => self.under(song.path()),
                None if is_relative => Some(self.beside(song.path())),
                None => return true,
            };
            let is_written = path.is_some();
            path.into_iter().for_each(|path| *song = song.at(&path));
            is_written
        });
        Cow::Owned(playlist)
    }

    fn under(&mut self, path: &Path) -> Option<PathBuf> {
        let (folder, name) = (path.parent()?, path.file_name()?);
        self.folder(folder).under.as_ref().map(|folder| folder.join(name))
    }

    fn beside(&mut self, path: &Path) -> PathBuf {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return path.to_owned() };
        self.folder(folder).beside.as_ref().map_or_else(|| path.to_owned(), |folder| folder.join(name))
    }

    fn folder(&mut self, folder: &Path) -> &SongFolder {
        if !self.folders.contains_key(folder) {
            let real = resolved(folder);
            let under = self.base.as_ref().and_then(|base| base.seen(folder, &real));
            let form = SongFolder { beside: self.seen_by_all(folder, &real), under };
            self.folders.insert(folder.to_owned(), form);
        }
        &self.folders[folder]
    }

    /// The relative path of a folder, given with and without links, that both kinds of readers follow to it.
    fn seen_by_all(&self, folder: &Path, real: &Path) -> Option<PathBuf> {
        let without_links = relative(real, &self.real);
        if self.given == self.real {
            return Some(without_links);
        }
        let leads_there = |from: &Path, path: &Path| resolved(&without_parents(&from.join(path))) == real;
        [without_links, relative(folder, &self.given)]
            .into_iter()
            .find(|path| leads_there(&self.real, path) && leads_there(&self.given, path))
    }
}

/// The path as readers of text understand it: each `..` takes the part before it away.
fn without_parents(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, part| {
        match part {
            Component::ParentDir => drop(path.pop()),
            part => path.push(part),
        }
        path
    })
}

/// A folder with links resolved; parts of it that are not there now stay as they are spelled.
fn resolved(folder: &Path) -> PathBuf {
    let existing = folder.ancestors().find_map(|path| Some((path, path.canonicalize().ok()?)));
    let real = existing.and_then(|(path, real)| Some(real.join(folder.strip_prefix(path).ok()?)));
    real.map_or_else(|| folder.to_owned(), |path| path.components().collect())
}

#[cfg(test)]
mod tests;
