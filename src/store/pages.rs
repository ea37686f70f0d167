//! The library a page at a time, for those who go through all of it in bounded memory.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};
use std::path::{Path, PathBuf};

use redb::Key;

use super::codec::{Table, decode, mark};
use super::keys::{RowKey, bytes, path_of};
use super::spaces::{SCORES, table_name};
use super::tables::{FAILURES, FILES, TRACKS};
use super::{StoreError, View, record::Record, rows};
use crate::file::{FailureRecord, FileRecord};
use crate::space::{Score, SpaceId};
use crate::track::{TrackNumber, TrackRecord};

impl View {
    /// The next files in the order of their paths' bytes, at most so many; fewer where there are no more.
    pub(crate) fn files_after(
        &self,
        after: Option<&Path>,
        limit: usize,
    ) -> Result<Vec<(PathBuf, FileRecord)>, StoreError> {
        self.page(FILES, after.map(bytes), limit, |key| path_of(key).to_owned())
    }

    /// The next recordings in the order of their numbers, at most so many; fewer where there are no more.
    pub(crate) fn tracks_after(
        &self,
        after: Option<TrackNumber>,
        limit: usize,
    ) -> Result<Vec<(TrackNumber, TrackRecord)>, StoreError> {
        self.page(TRACKS, after.map(|number| number.0), limit, |key| TrackNumber(*key))
    }

    /// The failures of one file: space or nothing, what happened.
    pub(crate) fn failures_of(&self, path: &Path) -> Result<Vec<(String, FailureRecord)>, StoreError> {
        let path = bytes(path);
        // A path's rows begin with the empty space and end before the next path's.
        let after = [path, &[0]].concat();
        let mut failures = Vec::new();
        self.range(FAILURES, (path, "")..(after.as_slice(), ""), |(_, space): &(&[u8], &str), record| {
            failures.push(((*space).to_owned(), record));
        })?;
        Ok(failures)
    }

    /// What a model heard in some tracks, best first.
    pub(crate) fn scores_of(
        &self,
        space: &SpaceId,
        tracks: &[TrackNumber],
    ) -> Result<BTreeMap<TrackNumber, Vec<Score>>, StoreError> {
        let name = table_name(SCORES, space);
        let scores = Table::<u32>::new(&name);
        self.reading(|read| {
            let Some(table) = rows::open(read, scores)? else { return Ok(BTreeMap::new()) };
            let mut found = BTreeMap::new();
            for track in tracks {
                let row = table.get(track.0)?;
                let row = row.and_then(|row| decode::<_, Vec<Score>>(scores, &track.0, row.value()).ok());
                found.extend(row.map(|row| (*track, row)));
            }
            Ok(found)
        })
    }

    /// Damaged rows are left out and counted.
    fn page<'k, K: RowKey + Key, R: Record, T>(
        &self,
        table: Table<'_, K>,
        after: Option<K::SelfType<'k>>,
        limit: usize,
        name: impl Fn(&K::SelfType<'_>) -> T,
    ) -> Result<Vec<(T, R)>, StoreError> {
        self.counting(|read| {
            let Some(all) = rows::open(read, table)? else { return Ok((vec![], vec![])) };
            let (mut page, mut damaged) = (Vec::new(), Vec::new());
            for entry in all.range::<K::SelfType<'k>>((after.map_or(Unbounded, Excluded), Unbounded))? {
                let (key, row) = entry?;
                let key = key.value();
                match decode(table, &key, row.value()) {
                    Ok(record) => page.push((name(&key), record)),
                    Err(_) => damaged.push(mark(table, &key)),
                }
                if page.len() == limit {
                    break;
                }
            }
            Ok((page, damaged))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Change, Library};
    use crate::track::ContentId;

    #[test]
    fn pages_hold_every_row_once() {
        let library = Library::in_memory().unwrap();
        let track = |number: u8| TrackRecord {
            content: ContentId { recipe: 1, digest: crate::digest::Digest([number; 32]) },
            codec: String::new(),
            rate: 0,
            channels: 0,
            seconds: 0.0,
            partial: false,
            decoder: String::new(),
            damage: None,
        };
        let changes: Vec<_> =
            (0..7_u8).map(|n| Change::Track(TrackNumber(3 * u32::from(n)), track(n))).collect();
        library.commit(&changes).unwrap();
        let view = library.view().unwrap();
        for limit in 1..9 {
            let (mut all, mut after) = (Vec::new(), None);
            loop {
                let page = view.tracks_after(after, limit).unwrap();
                all.extend(page.iter().map(|(number, _)| number.0));
                after = page.last().map(|(number, _)| *number);
                if page.len() < limit {
                    break;
                }
            }
            assert_eq!(all, [0, 3, 6, 9, 12, 15, 18], "{limit}");
        }
    }
}
