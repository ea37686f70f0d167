//! The order in which the songs of a set's playlists were last written.
//!
//! It is no part of a run: members are ascending there, and the same run may be written again in another order. So
//! it has a row of its own, which counts only for the run that it names; stores of before have none.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::records::{RunPlaylist, RunRecord};
use super::{Playlists, rows};
use crate::store::{StoreError, record::Record, tables::ORDERS};
use crate::track::ContentId;

/// The positions of songs among the members of their playlists, in the order of the files.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct SongOrder {
    /// The id of the run.
    run: String,
    /// Ids of playlists with one position for each member.
    lists: Vec<(u32, Vec<u32>)>,
}

impl Record for SongOrder {}

impl Playlists {
    /// Keeps the order of the songs of `lists`, which the run of this id made. `songs` has those of each list as they
    /// are written; a song that is no member has no place in it.
    pub(crate) fn keep_order(
        &self,
        set: &str,
        run: &str,
        lists: &[RunPlaylist],
        songs: &[Vec<ContentId>],
    ) -> Result<(), StoreError> {
        let positions = |(list, songs): (&RunPlaylist, &Vec<ContentId>)| {
            let position = |song| list.members.binary_search(song).ok().map(|position| position as u32);
            (list.id, songs.iter().filter_map(position).collect())
        };
        let order =
            SongOrder { run: run.to_owned(), lists: lists.par_iter().zip(songs).map(positions).collect() };
        if self.order(set)? == order {
            return Ok(());
        }
        self.write(|write| rows::put(write, ORDERS, &set, &order))
    }

    /// The members of one of the playlists of `run`, in the order in which they were last written; none if that is
    /// not known.
    pub(crate) fn songs_in_order(
        &self,
        set: &str,
        run: &RunRecord,
        list: &RunPlaylist,
    ) -> Result<Option<Vec<ContentId>>, StoreError> {
        let order = self.order(set)?;
        let Some((_, positions)) = order.lists.into_iter().find(|(id, _)| *id == list.id) else {
            return Ok(None);
        };
        let songs = positions.iter().map(|position| list.members.get(*position as usize).copied());
        let songs: Option<Vec<_>> = songs.collect();
        Ok(songs.filter(|songs| order.run == run.id && songs.len() == list.members.len()))
    }

    /// A row that is damaged is written anew by the next run.
    fn order(&self, set: &str) -> Result<SongOrder, StoreError> {
        self.reading(|read| {
            let order = rows::get(read, ORDERS, &set)?;
            Ok(order.and_then(Result::ok).unwrap_or_default())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn songs(numbers: &[u8]) -> Vec<ContentId> {
        numbers.iter().map(|n| ContentId { recipe: 1, digest: Digest([*n; 32]) }).collect()
    }

    fn run(id: &str, members: &[u8]) -> RunRecord {
        let list = RunPlaylist { id: 4, name: "Calm".into(), members: songs(members), absent: vec![] };
        RunRecord { id: id.to_owned(), ..RunRecord::example(vec![list]) }
    }

    #[test]
    fn the_order_of_the_last_writing_is_that_of_its_run_only() {
        let folder = tempfile::tempdir().unwrap();
        let (database, _) = Playlists::open(folder.path()).unwrap();
        let run_a = run("a", &[1, 2, 3]);
        let known = |run: &RunRecord| database.songs_in_order("mfcc", run, &run.playlists[0]).unwrap();
        assert_eq!(known(&run_a), None, "a store of before has no order");
        for order in [[3, 1, 2], [2, 3, 1]] {
            database.keep_order("mfcc", "a", &run_a.playlists, &[songs(&order)]).unwrap();
            assert_eq!(known(&run_a), Some(songs(&order)));
        }
        assert_eq!(known(&run("b", &[1, 2, 3])), None, "another run");
        assert_eq!(known(&run("a", &[1, 2, 3, 4])), None, "other members");
        assert_eq!(known(&run("a", &[1, 2])), None, "other members");
        assert_eq!(database.songs_in_order("party", &run_a, &run_a.playlists[0]).unwrap(), None);
    }
}
