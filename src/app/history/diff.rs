//! What changed from one run to another.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::sets::previous_playlists;
use crate::playlist::identity::{Churn, identify};
use crate::store::{RunPlaylist, RunRecord};
use crate::track::ContentId;

/// What became of playlists and songs.
#[derive(Debug, PartialEq)]
pub struct Difference {
    /// The playlists of the later run in the order of their ids, then those that are gone.
    pub playlists: Vec<PlaylistChange>,
    /// Songs that changed their playlist, in the order of their ids.
    pub songs: Vec<Moved>,
}

/// What became of one playlist.
#[derive(Debug, PartialEq)]
pub struct PlaylistChange {
    /// Its id in the later run, if it is there; else in the earlier one.
    pub id: u32,
    /// Its name in that run.
    pub name: String,
    /// Its name in the earlier run, if that is another one.
    pub was: Option<String>,
    /// Which of the runs have it.
    pub fate: Fate,
    /// How its songs changed; all came to one that is new, all left one that is gone.
    pub churn: Churn,
}

/// Whether a playlist is in both runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// In both.
    Stays,
    /// Only in the later one.
    New,
    /// Only in the earlier one.
    Gone,
}

/// A song with the names of its playlists; none where it was in none.
#[derive(Debug, PartialEq)]
pub struct Moved {
    /// What moved,
    pub song: ContentId,
    /// out of which playlist of the earlier run,
    pub from: Option<String>,
    /// and into which of the later one.
    pub to: Option<String>,
}

/// How many songs changed their playlist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoveCounts {
    /// From one playlist into another.
    pub moved: usize,
    /// Into a playlist from none.
    pub added: usize,
    /// Out of all playlists.
    pub removed: usize,
}

impl Difference {
    /// From `before` to `after`. Within a lineage, ids tell which playlists are the same; across lineages,
    /// those with most songs in common.
    pub fn between(before: &RunRecord, after: &RunRecord) -> Self {
        let partners = partners(before, after);
        let old = |id: &u32| before.playlists.iter().find(|list| list.id == *id);
        let mut playlists: Vec<_> = after
            .playlists
            .iter()
            .map(|list| match partners.get(&list.id).and_then(old) {
                Some(old) => {
                    let was = Some(old.name.clone()).filter(|name| *name != list.name);
                    PlaylistChange { was, ..change(list, Fate::Stays, &old.members, &list.members) }
                }
                None => change(list, Fate::New, &[], &list.members),
            })
            .collect();
        let stay: BTreeSet<_> = partners.values().collect();
        let gone = before.playlists.iter().filter(|list| !stay.contains(&list.id));
        playlists.extend(gone.map(|list| change(list, Fate::Gone, &list.members, &[])));

        let (from, to) = (playlists_of_songs(before), playlists_of_songs(after));
        let all: BTreeSet<_> = from.keys().chain(to.keys()).collect();
        let songs = all.into_iter().filter_map(|song| {
            let (from, to) = (from.get(song), to.get(song));
            let stays = match (from, to) {
                (Some(from), Some(to)) => partners.get(&to.id) == Some(&from.id),
                _ => false,
            };
            let name = |list: Option<&&RunPlaylist>| list.map(|list| list.name.clone());
            (!stays).then(|| Moved { song: *song, from: name(from), to: name(to) })
        });
        Self { playlists, songs: songs.collect() }
    }

    /// The songs that came into a playlist of this difference, and those that left it.
    pub fn songs_of(&self, list: &PlaylistChange) -> (Vec<&Moved>, Vec<&Moved>) {
        // No two playlists of a run are called alike.
        let before = list.was.as_ref().unwrap_or(&list.name);
        let came = |moved: &&Moved| list.fate != Fate::Gone && moved.to.as_ref() == Some(&list.name);
        let left = |moved: &&Moved| list.fate != Fate::New && moved.from.as_ref() == Some(before);
        (self.songs.iter().filter(came).collect(), self.songs.iter().filter(left).collect())
    }

    /// Where the songs of a playlist went that is gone: the names of later playlists with how many of them came there,
    /// those with most first.
    pub fn went_to(&self, list: &PlaylistChange) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for to in self.songs_of(list).1.into_iter().filter_map(|moved| moved.to.as_deref()) {
            *counts.entry(to).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().map(|(name, songs)| (name.to_owned(), songs)).collect();
        counts.sort_by_key(|(_, songs)| std::cmp::Reverse(*songs));
        counts
    }

    /// How many of the songs moved, came and left.
    pub fn counts(&self) -> MoveCounts {
        let mut counts = MoveCounts::default();
        for song in &self.songs {
            match (&song.from, &song.to) {
                (Some(_), Some(_)) => counts.moved += 1,
                (None, _) => counts.added += 1,
                (_, None) => counts.removed += 1,
            }
        }
        counts
    }
}

fn change(list: &RunPlaylist, fate: Fate, before: &[ContentId], now: &[ContentId]) -> PlaylistChange {
    let churn = Churn::between(before, now);
    PlaylistChange { id: list.id, name: list.name.clone(), was: None, fate, churn }
}

/// The id in the earlier run of each later playlist that continues one.
fn partners(before: &RunRecord, after: &RunRecord) -> BTreeMap<u32, u32> {
    if before.lineage == after.lineage {
        let existed = |id: &u32| before.playlists.iter().any(|list| list.id == *id);
        let ids = after.playlists.iter().map(|list| list.id);
        return ids.filter(existed).map(|id| (id, id)).collect();
    }
    let candidates = previous_playlists(Some(before));
    let clusters: Vec<_> = after.playlists.iter().map(|list| list.members.clone()).collect();
    let pairs = after.playlists.iter().zip(identify(&clusters, &candidates, 0));
    pairs.filter_map(|(list, identity)| Some((list.id, identity.continues?.id))).collect()
}

fn playlists_of_songs(run: &RunRecord) -> HashMap<ContentId, &RunPlaylist> {
    run.playlists.iter().flat_map(|list| list.members.iter().map(move |song| (*song, list))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn tracks(numbers: impl IntoIterator<Item = u8>) -> Vec<ContentId> {
        numbers.into_iter().map(|n| ContentId { recipe: 1, digest: Digest([n; 32]) }).collect()
    }

    fn run(lineage: u64, lists: &[(u32, &str, Vec<ContentId>)]) -> RunRecord {
        let list = |(id, name, members): &(u32, &str, Vec<ContentId>)| RunPlaylist {
            id: *id,
            name: (*name).to_owned(),
            members: members.clone(),
            absent: vec![],
        };
        RunRecord { lineage, ..RunRecord::example(lists.iter().map(list).collect()) }
    }

    fn fates(difference: &Difference) -> Vec<(u32, &str, Fate, [usize; 3])> {
        let counts = |churn: Churn| [churn.added, churn.removed, churn.kept];
        let lists = difference.playlists.iter();
        lists.map(|list| (list.id, list.name.as_str(), list.fate, counts(list.churn))).collect()
    }

    #[test]
    fn playlists_come_go_and_stay_and_songs_move() {
        let before =
            run(1, &[(0, "Calm", tracks(0..5)), (1, "Loud", tracks(5..8)), (2, "Odd", tracks(8..10))]);
        let after =
            run(1, &[(0, "Calm", tracks(0..4)), (1, "Loud", tracks(4..8)), (3, "New", tracks([8, 20]))]);
        let difference = Difference::between(&before, &after);
        assert_eq!(
            fates(&difference),
            [
                (0, "Calm", Fate::Stays, [0, 1, 4]),
                (1, "Loud", Fate::Stays, [1, 0, 3]),
                (3, "New", Fate::New, [2, 0, 0]),
                (2, "Odd", Fate::Gone, [0, 2, 0]),
            ]
        );
        let moved = |song, from: &str, to: &str| {
            let name = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
            Moved { song: tracks([song])[0], from: name(from), to: name(to) }
        };
        let expected =
            [moved(4, "Calm", "Loud"), moved(8, "Odd", "New"), moved(9, "Odd", ""), moved(20, "", "New")];
        assert_eq!(difference.songs, expected);
        assert_eq!(difference.counts(), MoveCounts { moved: 2, added: 1, removed: 1 });
    }

    #[test]
    fn a_song_is_found_under_the_list_it_left_and_the_one_it_joined() {
        let before =
            run(1, &[(0, "Calm", tracks(0..5)), (1, "Loud", tracks(5..8)), (2, "Odd", tracks(8..12))]);
        let after = run(
            1,
            &[(0, "Soft", tracks(1..5)), (1, "Loud", tracks([0, 5, 6, 7, 8])), (3, "Calm", tracks(9..11))],
        );
        let difference = Difference::between(&before, &after);
        let songs = |moved: Vec<&Moved>| moved.iter().map(|moved| moved.song.digest.0[0]).collect::<Vec<_>>();
        let found: Vec<_> = difference.playlists.iter().map(|list| difference.songs_of(list)).collect();
        let found: Vec<_> = found.into_iter().map(|(came, left)| (songs(came), songs(left))).collect();
        let none = Vec::new;
        let expected =
            [(none(), vec![0]), (vec![0, 8], none()), (vec![9, 10], none()), (none(), vec![8, 9, 10, 11])];
        assert_eq!(found, expected, "Soft, which was Calm; Loud; the new Calm; Odd");
        assert_eq!(difference.playlists[0].was.as_deref(), Some("Calm"));
        assert_eq!(difference.went_to(&difference.playlists[3]), [("Calm".into(), 2), ("Loud".into(), 1)]);
    }

    #[test]
    fn across_lineages_playlists_are_matched_by_their_songs() {
        let before = run(1, &[(0, "Calm", tracks(0..5)), (1, "Loud", tracks(5..9))]);
        let after = run(4, &[(0, "Loud", tracks(4..9)), (1, "Calm", tracks(0..4))]);
        let difference = Difference::between(&before, &after);
        assert_eq!(
            fates(&difference),
            [(0, "Loud", Fate::Stays, [1, 0, 4]), (1, "Calm", Fate::Stays, [0, 1, 4])]
        );
        assert_eq!(difference.counts(), MoveCounts { moved: 1, added: 0, removed: 0 });
    }

    #[test]
    fn a_run_does_not_differ_from_itself() {
        let run = run(1, &[(0, "Calm", tracks(0..5)), (1, "Loud", tracks(5..9))]);
        let difference = Difference::between(&run, &run);
        assert!(
            difference.songs.is_empty() && difference.playlists.iter().all(|list| list.fate == Fate::Stays)
        );
    }
}
