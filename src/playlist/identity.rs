//! Which new cluster continues which playlist of an earlier run.
//!
//! Clusters and playlists are paired so that as many songs as possible stay where they were (Kuhn 1955, Munkres 1957).
//! Of a split or a merge the larger part keeps the identity; what shares no song with an old playlist is new.

use std::collections::{HashMap, HashSet};

use pathfinding::{kuhn_munkres::kuhn_munkres, matrix::Matrix};

use crate::track::ContentId;

/// A playlist of an earlier run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PreviousPlaylist {
    pub id: u32,
    pub name: String,
    /// Some cluster continues it, even one that shares no track with it.
    pub must_continue: bool,
    /// What continues it keeps its name.
    pub keeps_name: bool,
    /// Its tracks, in any order; no track is in two playlists.
    pub members: Vec<ContentId>,
}

impl PreviousPlaylist {
    /// The name of what continues it, unless a new one is to be found.
    pub(crate) fn kept_name(&self) -> Option<&str> {
        self.keeps_name.then_some(self.name.as_str())
    }
}

/// The identity of a new cluster as a playlist.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PlaylistIdentity<'a> {
    pub id: u32,
    /// The playlist that it continues; none if it is new.
    pub continues: Option<&'a PreviousPlaylist>,
}

/// Songs that came, went and stayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Churn {
    /// In the playlist now, and not before.
    pub added: usize,
    /// In the playlist before, and not now.
    pub removed: usize,
    /// In it before and now.
    pub kept: usize,
}

/// Pairs each cluster (its tracks) with one of the `candidates`. New playlists get the ids from `next_id` on,
/// in the order of the clusters; the ids of a set are never used twice. With `--fresh` there are no
/// candidates, and ids start at 0.
pub(crate) fn identify<'a>(
    clusters: &[Vec<ContentId>],
    candidates: &'a [PreviousPlaylist],
    next_id: u32,
) -> Vec<PlaylistIdentity<'a>> {
    let mut candidates: Vec<&PreviousPlaylist> = candidates.iter().collect();
    candidates.sort_by_key(|playlist| playlist.id);
    let shared = shared_members(clusters, &candidates);
    let (_, partners) = kuhn_munkres(&shared);
    let mut new_ids = next_id..;
    let identity = |(cluster, &partner): (usize, &usize)| {
        let continues = (shared[(cluster, partner)] > 0).then(|| candidates[partner]);
        let id = continues.map(|playlist| playlist.id).or_else(|| new_ids.next());
        PlaylistIdentity { id: id.expect("fewer than 2^32 playlists"), continues }
    };
    partners.iter().take(clusters.len()).enumerate().map(identity).collect()
}

/// How many songs each cluster (row) shares with each playlist (column), padded with zeros to a square. For
/// playlists that must continue, every cluster's number is raised above what all others are worth.
fn shared_members(clusters: &[Vec<ContentId>], candidates: &[&PreviousPlaylist]) -> Matrix<i64> {
    let playlist_of: HashMap<ContentId, usize> = candidates
        .iter()
        .enumerate()
        .flat_map(|(k, playlist)| playlist.members.iter().map(move |m| (*m, k)))
        .collect();
    let mut shared = Matrix::new_square(clusters.len().max(candidates.len()), 0);
    // More than all tracks together are worth.
    let decisive = clusters.iter().map(|members| members.len() as i64).sum::<i64>() + 1;
    for (playlist, _) in candidates.iter().enumerate().filter(|(_, playlist)| playlist.must_continue) {
        (0..clusters.len()).for_each(|cluster| shared[(cluster, playlist)] = decisive);
    }
    for (cluster, members) in clusters.iter().enumerate() {
        for playlist in members.iter().filter_map(|member| playlist_of.get(member)) {
            shared[(cluster, *playlist)] += 1;
        }
    }
    shared
}

impl PlaylistIdentity<'_> {
    /// What changes in the playlist if these are its tracks now.
    pub(crate) fn churn(&self, members: &[ContentId]) -> Churn {
        Churn::between(self.continues.map_or(&[], |playlist| &playlist.members), members)
    }
}

impl Churn {
    /// Compares two lists of tracks.
    pub fn between(before: &[ContentId], now: &[ContentId]) -> Self {
        let before: HashSet<_> = before.iter().collect();
        let kept = now.iter().filter(|member| before.contains(member)).count();
        Self { added: now.len() - kept, removed: before.len() - kept, kept }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn tracks(numbers: impl IntoIterator<Item = u8>) -> Vec<ContentId> {
        numbers.into_iter().map(|n| ContentId { recipe: 1, digest: Digest([n; 32]) }).collect()
    }

    fn list(id: u32, members: impl IntoIterator<Item = u8>) -> PreviousPlaylist {
        let name = format!("list {id}");
        PreviousPlaylist { id, name, must_continue: false, keeps_name: true, members: tracks(members) }
    }

    fn ids(clusters: &[Vec<ContentId>], before: &[PreviousPlaylist], next_id: u32) -> Vec<u32> {
        identify(clusters, before, next_id).iter().map(|identity| identity.id).collect()
    }

    #[test]
    fn a_playlist_keeps_its_id_wherever_its_cluster_stands() {
        let before = [list(3, 0..10), list(0, 10..20), list(7, 20..30)];
        let now = [tracks(19..30), tracks(0..9), tracks(9..19)];
        assert_eq!(ids(&now, &before, 8), [7, 3, 0]);
        let names: Vec<_> =
            identify(&now, &before, 8).iter().map(|i| i.continues.unwrap().name.clone()).collect();
        assert_eq!(names, ["list 7", "list 3", "list 0"]);
    }

    #[test]
    fn as_many_songs_as_possible_stay() {
        // Greedily, cluster 0 would take list 0 (5 songs) and leave cluster 1 nothing: 5. The best is 4 + 4.
        let before = [list(0, 0..9), list(1, 9..13)];
        let now = [tracks((0..5).chain(9..13)), tracks(5..9)];
        assert_eq!(ids(&now, &before, 2), [1, 0]);
    }

    #[test]
    fn of_a_split_and_of_a_merge_the_larger_part_keeps_the_identity() {
        assert_eq!(ids(&[tracks(0..4), tracks(4..10)], &[list(0, 0..10)], 1), [1, 0]);
        assert_eq!(ids(&[tracks(0..10)], &[list(0, 0..4), list(1, 4..10)], 2), [1]);
    }

    #[test]
    fn clusters_without_shared_songs_are_new_and_ids_are_never_reused() {
        let before = [list(1, 0..3)];
        assert_eq!(ids(&[tracks(10..13), tracks(0..3), tracks(20..23)], &before, 5), [5, 1, 6]);
        assert_eq!(ids(&[tracks(0..3), tracks(3..5)], &[], 0), [0, 1]);
        assert_eq!(ids(&[], &before, 5), [0; 0]);
        assert_eq!(identify(&[tracks(10..13)], &before, 5)[0].continues, None);
    }

    #[test]
    fn playlists_that_must_continue_come_before_all_others() {
        let mut before = [list(0, 0..10), list(1, 10..20), list(2, [])];
        before[2].must_continue = true;
        let two = ids(&[tracks(0..10), tracks(10..20)], &before, 3);
        assert!(two.contains(&2) && (two.contains(&0) || two.contains(&1)), "{two:?}");
        assert_eq!(identify(&[tracks(0..10)], &before, 3)[0].id, 2);
        before[1].must_continue = true;
        assert_eq!(ids(&[tracks(0..10), tracks(11..20)], &before, 3), [2, 1]);
    }

    #[test]
    fn churn_counts_who_came_went_and_stayed() {
        let before = [list(0, 0..10)];
        let now = tracks(2..15);
        let identity = &identify(std::slice::from_ref(&now), &before, 1)[0];
        assert_eq!(identity.churn(&now), Churn { added: 5, removed: 2, kept: 8 });
        let new = PlaylistIdentity { id: 1, continues: None };
        assert_eq!(new.churn(&now), Churn { added: 13, removed: 0, kept: 0 });
    }
}
