//! `library`: the folders of the library, and what becomes of the songs of one that leaves it.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::{Path, PathBuf},
};

use crate::library::Roots;
use crate::store::{Change, StoreError, View};
use crate::{time::Moment, track::TrackNumber};

/// One folder of the library: a root of the store, or one of the configuration that was never scanned.
#[derive(Debug, Default, PartialEq)]
pub struct LibraryRoot {
    /// Where it is.
    pub path: PathBuf,
    /// Files in it that are not missing.
    pub files: usize,
    /// Files that were indexed and are not where they were.
    pub missing: usize,
    /// Recordings in those files.
    pub songs: usize,
    /// Why it cannot be looked into, if so.
    pub unavailable: Option<String>,
    /// The last walk through it.
    pub scanned: Option<Moment>,
    /// What of it comes into playlists: the folder itself, folders in it, or nothing.
    pub clustered: Vec<PathBuf>,
}

/// The folders of the library in the order of their paths. `configured` are those of the configuration.
pub(crate) fn list(view: Option<&View>, configured: &[PathBuf]) -> Result<Vec<LibraryRoot>, StoreError> {
    let known = view.map_or(Ok(BTreeMap::new()), View::roots)?;
    let paths: Vec<_> = known.keys().cloned().collect();
    let among = Roots::among(&paths, configured);
    let root = |(path, record): (PathBuf, crate::file::RootRecord)| {
        let clustered = clustered(&path, among.as_deref());
        let (unavailable, scanned) = (record.unavailable, record.walked);
        LibraryRoot { path, unavailable, scanned, clustered, ..LibraryRoot::default() }
    };
    let mut roots: Vec<_> = known.into_iter().map(root).collect();
    let mut songs: Vec<HashSet<TrackNumber>> = vec![HashSet::new(); roots.len()];
    if let Some(view) = view {
        view.files(|path, record| {
            let Some(index) = roots.iter().position(|root| path.starts_with(&root.path)) else { return };
            if record.missing.is_some() {
                roots[index].missing += 1;
            } else {
                roots[index].files += 1;
                songs[index].extend(record.track);
            }
        })?;
    }
    for (root, songs) in roots.iter_mut().zip(songs) {
        root.songs = songs.len();
    }
    let new = configured.iter().filter(|folder| Roots::meant(&paths, folder).is_err());
    let new: BTreeSet<_> = new.filter(|folder| !is_inside_one(folder, &paths)).collect();
    roots.extend(new.into_iter().map(|folder| LibraryRoot {
        path: folder.clone(),
        clustered: vec![folder.clone()],
        ..LibraryRoot::default()
    }));
    roots.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(roots)
}

fn is_inside_one(folder: &Path, roots: &[PathBuf]) -> bool {
    let real = folder.canonicalize();
    let holds = |root: &PathBuf| {
        let is_real = |real: &PathBuf| root.canonicalize().is_ok_and(|root| real.starts_with(root));
        folder.starts_with(root) || real.as_ref().is_ok_and(is_real)
    };
    roots.iter().any(holds)
}

/// What of a root comes into playlists, where only songs `among` some folders do.
fn clustered(root: &Path, among: Option<&[PathBuf]>) -> Vec<PathBuf> {
    match among {
        None => vec![root.to_owned()],
        Some(among) if among.iter().any(|folder| root.starts_with(folder)) => vec![root.to_owned()],
        Some(among) => among.iter().filter(|folder| folder.starts_with(root)).cloned().collect(),
    }
}

/// What the library loses with a root.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RemovedRoot {
    /// The root.
    pub path: PathBuf,
    /// Files that are forgotten.
    pub files: usize,
    /// Recordings that lie at other paths too, and stay.
    pub elsewhere: usize,
    /// Recordings that lie nowhere now. What was made of them is kept until the store is pruned.
    pub kept: usize,
    /// The configuration names it: the next scan brings it back.
    pub is_configured: bool,
}

/// Finds what goes with a root: what is to be told, and the changes of the store.
pub(crate) fn removal(view: &View, root: &Path) -> Result<(RemovedRoot, Vec<Change>), StoreError> {
    let (mut inside, mut outside) = (HashSet::new(), HashSet::new());
    let mut removed = RemovedRoot { path: root.to_owned(), ..RemovedRoot::default() };
    let mut changes = Vec::new();
    view.files(|path, record| {
        if !path.starts_with(root) {
            outside.extend(record.track.filter(|_| record.missing.is_none()));
            return;
        }
        removed.files += 1;
        inside.extend(record.track);
        changes.push(Change::ForgetFile(path.to_owned()));
        changes.push(Change::Mended(path.to_owned()));
    })?;
    removed.elsewhere = inside.intersection(&outside).count();
    removed.kept = inside.len() - removed.elsewhere;
    changes.push(Change::ForgetRoot(root.to_owned()));
    Ok((removed, changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_root_comes_into_playlists_what_the_configuration_names() {
        let path = |name: &str| PathBuf::from(name);
        for (root, among, expected) in [
            ("/a", None, vec!["/a"]),
            ("/a", Some(vec!["/a"]), vec!["/a"]),
            ("/a/b", Some(vec!["/a"]), vec!["/a/b"]),
            ("/a", Some(vec!["/a/b", "/a/c", "/d"]), vec!["/a/b", "/a/c"]),
            ("/a", Some(vec!["/ab"]), vec![]),
            ("/a", Some(vec![]), vec![]),
        ] {
            let among = among.map(|among| among.into_iter().map(path).collect::<Vec<_>>());
            let expected: Vec<_> = expected.into_iter().map(path).collect();
            assert_eq!(clustered(Path::new(root), among.as_deref()), expected, "{root} {among:?}");
        }
    }
}
