//! The rows of the table of tracks, from the store: in the order of their first paths, then those that lie nowhere.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::exchange::SpaceColumn;
use crate::exchange::tracks::{FileDetails, FileRow, TrackRow, VectorCell};
use crate::file::FileRecord;
use crate::library::Roots;
use crate::space::Score;
use crate::store::{StoreError, View};
use crate::track::{TrackNumber, TrackRecord};

/// Rows that are in memory at once: 8 MB of the widest vectors.
const BATCH: usize = 1024;

/// Reads the rows of a store.
pub(crate) struct TrackRows<'a> {
    view: &'a View,
    spaces: &'a [SpaceColumn],
    roots: Roots,
    /// Tracks that have a file, and the paths of those that have several.
    seen: HashSet<TrackNumber>,
    shared: HashMap<TrackNumber, Vec<PathBuf>>,
}

/// A row before it has its vectors.
type Begun = (Option<TrackNumber>, TrackRow);

impl<'a> TrackRows<'a> {
    pub(crate) fn new(view: &'a View, spaces: &'a [SpaceColumn]) -> Result<Self, StoreError> {
        let roots = Roots::around(view.roots()?.into_keys().collect(), vec![]);
        let (mut seen, mut shared) = (HashSet::new(), HashMap::new());
        view.file_heads(|_, head| {
            if let Some(track) = head.track
                && !seen.insert(track)
            {
                shared.insert(track, vec![]);
            }
        })?;
        if !shared.is_empty() {
            view.file_heads(|path, head| {
                let paths = head.track.and_then(|track| shared.get_mut(&track));
                paths.into_iter().for_each(|paths: &mut Vec<PathBuf>| paths.push(path.to_owned()));
            })?;
        }
        Ok(Self { view, spaces, roots, seen, shared })
    }

    /// About so many rows there are.
    pub(super) fn len(&self) -> u64 {
        self.seen.len() as u64
    }

    /// Passes all rows to `take`, batch by batch. What that returns as an error ends it.
    pub(crate) fn each<E: From<StoreError>>(
        mut self,
        mut take: impl FnMut(Vec<TrackRow>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut after: Option<PathBuf> = None;
        loop {
            let page = self.view.files_after(after.as_deref(), BATCH)?;
            let is_last = page.len() < BATCH;
            after = page.last().map(|(path, _)| path.clone());
            let begun = page.into_iter().map(|(path, file)| self.begin(path, file));
            let begun = begun.filter_map(Result::transpose).collect::<Result<_, _>>()?;
            take(self.finish(begun)?)?;
            if is_last {
                break;
            }
        }
        let mut after = None;
        loop {
            let page = self.view.tracks_after(after, BATCH)?;
            let is_last = page.len() < BATCH;
            after = page.last().map(|(number, _)| *number);
            let nowhere = page.into_iter().filter(|(number, _)| !self.seen.contains(number));
            let begun = nowhere.map(|(number, track)| (Some(number), of_track(track))).collect();
            take(self.finish(begun)?)?;
            if is_last {
                return Ok(());
            }
        }
    }

    /// The row of a file; none if it went with another file of its track.
    fn begin(&mut self, path: PathBuf, file: FileRecord) -> Result<Option<Begun>, StoreError> {
        let (content, number) = (file.content, file.track);
        let mut files = vec![(path, file)];
        if let Some(paths) = number.and_then(|number| self.shared.get_mut(&number)) {
            let paths = std::mem::take(paths);
            if paths.is_empty() {
                return Ok(None);
            }
            for path in paths.into_iter().filter(|path| *path != files[0].0).collect::<Vec<_>>() {
                files.extend(self.view.file(&path)?.map(|record| (path, record)));
            }
            files.sort_by(|(a, one), (b, other)| {
                (one.missing.is_some(), a).cmp(&(other.missing.is_some(), b))
            });
        }
        let files =
            files.into_iter().map(|(path, record)| self.file(path, record)).collect::<Result<_, _>>()?;
        let track = number.map(|number| self.view.track(number)).transpose()?.flatten();
        Ok(Some((number, TrackRow { content, track, files, vectors: vec![] })))
    }

    fn file(&self, path: PathBuf, record: FileRecord) -> Result<FileRow, StoreError> {
        let failures = self.view.failures_of(&path)?;
        Ok(FileRow {
            root: self.roots.holding(&path).map(Path::to_owned),
            path,
            size: record.stamp.size,
            modified: record.stamp.mtime,
            missing: record.missing,
            checked: record.checked,
            details: FileDetails { tags: record.tags, division: record.division, failures },
        })
    }

    /// Adds the vectors.
    fn finish(&self, begun: Vec<Begun>) -> Result<Vec<TrackRow>, StoreError> {
        let tracks: Vec<_> = begun.iter().filter_map(|(number, _)| *number).collect();
        let (numbers, mut rows): (Vec<_>, Vec<_>) = begun.into_iter().unzip();
        for space in self.spaces {
            let mut vectors = self.view.vectors_of(&space.space, &tracks)?;
            let mut scores = self.view.scores_of(&space.space, &tracks)?;
            for (number, row) in numbers.iter().zip(&mut rows) {
                let values = number.and_then(|number| vectors.remove(&number));
                let scores: Vec<Score> = number.and_then(|number| scores.remove(&number)).unwrap_or_default();
                // One of another width is damage.
                let values = values.filter(|values| values.len() == space.dimension);
                row.vectors.push(values.map(|values| VectorCell { values, scores }));
            }
        }
        Ok(rows)
    }
}

fn of_track(track: TrackRecord) -> TrackRow {
    TrackRow { content: Some(track.content), track: Some(track), files: vec![], vectors: vec![] }
}
