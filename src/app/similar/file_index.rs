//! Which files hold which track: as much of the library's files as is needed to find those of a few songs.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::names::{NameSearch, search};
use crate::store::{StoreError, View};
use crate::track::TrackNumber;

/// The paths of all files end to end: a million of their own would take four times the memory, and as long as all the rest.
#[derive(Default)]
pub(crate) struct FileIndex {
    paths: Vec<u8>,
    /// The track of each file, and where its path ends.
    files: Vec<(TrackNumber, usize)>,
}

impl FileIndex {
    /// Reads the beginning of every file's record; what is searched for by name is found on the way.
    pub(crate) fn read(view: &View, searches: &mut [NameSearch]) -> Result<Self, StoreError> {
        let mut index = Self::default();
        search(view, searches, |path, track| {
            index.paths.extend_from_slice(path.as_os_str().as_bytes());
            index.files.push((track, index.paths.len()));
        })?;
        Ok(index)
    }

    /// The paths of some tracks, those of each in the order of their bytes.
    pub(crate) fn paths_of(
        &self,
        tracks: impl IntoIterator<Item = TrackNumber>,
    ) -> HashMap<TrackNumber, Vec<PathBuf>> {
        let wanted: HashSet<_> = tracks.into_iter().collect();
        let last = wanted.iter().max().map_or(0, |track| track.0 as usize);
        let mut is_wanted = vec![false; last + 1];
        wanted.iter().for_each(|track| is_wanted[track.0 as usize] = true);
        let (mut found, mut start) = (HashMap::<_, Vec<_>>::new(), 0);
        for &(track, end) in &self.files {
            if is_wanted.get(track.0 as usize) == Some(&true) {
                let path = Path::new(OsStr::from_bytes(&self.paths[start..end]));
                found.entry(track).or_default().push(path.to_owned());
            }
            start = end;
        }
        found
    }
}
