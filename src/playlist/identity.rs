//! Which new cluster continues which playlist of an earlier run.
//!
//! Clusters and playlists are paired so that as many songs as possible stay where they were (Kuhn 1955, Munkres 1957), as
//! long as enough of a playlist stays together. Of a split or a merge the larger part keeps the identity.

use pathfinding::{kuhn_munkres::kuhn_munkres, matrix::Matrix};
use rayon::{iter::IntoParallelRefIterator, iter::ParallelIterator};

use crate::track::{ContentId, skip_before, sorted};

/// A cluster continues a playlist only if it holds this part of the playlist's songs that are still there,
const LEAST_KEPT: f64 = 0.5;
/// or if of the songs in either of them this part is in both (Jaccard's index).
const LEAST_SHARED: f64 = 0.2;
/// The Jaccard index from which a playlist that was gone comes back: what merged into another one is most often in a
/// cluster of which it is a small part.
const LEAST_RETURNED: f64 = 0.5;

/// A playlist of an earlier run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PreviousPlaylist {
    pub id: u32,
    pub name: String,
    pub standing: Standing,
    /// What continues it keeps its name.
    pub keeps_name: bool,
    /// Its tracks, ascending; no track is in two playlists that are not gone.
    pub members: Vec<ContentId>,
}

/// What a playlist is worth where not all can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// It was not in the last run.
    Gone,
    Listed,
    /// The user gave it its name, or pinned it.
    Users,
    /// It holds pinned songs: some cluster continues it, even one that shares no track with it.
    Held,
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

/// Pairs each cluster (its tracks, ascending) with one of the `candidates`. New playlists get the ids from `next_id` on,
/// in the order of the clusters; the ids of a set are never used twice. With `--fresh` there are no
/// candidates, and ids start at 0.
pub(crate) fn identify<'a>(
    clusters: &[Vec<ContentId>],
    candidates: &'a [PreviousPlaylist],
    next_id: u32,
) -> Vec<PlaylistIdentity<'a>> {
    let mut candidates: Vec<&PreviousPlaylist> = candidates.iter().collect();
    candidates.sort_by_key(|playlist| playlist.id);
    let worth = worth(clusters, &candidates);
    let (_, partners) = kuhn_munkres(&worth);
    let mut new_ids = next_id..;
    let identity = |(cluster, &partner): (usize, &usize)| {
        let continues = (worth[(cluster, partner)] > 0).then(|| candidates[partner]);
        let id = continues.map(|playlist| playlist.id).or_else(|| new_ids.next());
        PlaylistIdentity { id: id.expect("fewer than 2^32 playlists"), continues }
    };
    partners.iter().take(clusters.len()).enumerate().map(identity).collect()
}

/// What it is worth that a cluster (row) continues a playlist (column), padded with zeros to a square: the number of songs
/// that they share, and for a playlist of higher standing more than all of lower standing are worth. 0 where too little of
/// the playlist is left.
fn worth(clusters: &[Vec<ContentId>], candidates: &[&PreviousPlaylist]) -> Matrix<i64> {
    let placed = clusters.iter().enumerate();
    let mut placed: Vec<(&ContentId, usize)> =
        placed.flat_map(|(cluster, tracks)| tracks.iter().map(move |track| (track, cluster))).collect();
    // Clusters are ascending, and sorted parts are only merged.
    placed.sort();
    // No pairing of one standing is worth more than one playlist of the next.
    let songs = placed.len() as i64 + 1;
    let mut worth = Matrix::new_square(clusters.len().max(candidates.len()), 0);
    let all_shared: Vec<_> =
        candidates.par_iter().map(|candidate| shared(&placed, clusters.len(), &candidate.members)).collect();
    for (playlist, (candidate, shared)) in candidates.iter().zip(all_shared).enumerate() {
        let present: usize = shared.iter().sum();
        for (cluster, &shared) in shared.iter().enumerate() {
            let either = clusters[cluster].len() + present - shared;
            let (kept, jaccard) = (shared as f64 / present as f64, shared as f64 / either as f64);
            let bonus = match candidate.standing {
                // A few songs of the user's do not give a large cluster their name.
                Standing::Users if jaccard >= LEAST_SHARED => songs,
                Standing::Held => songs * songs,
                _ => 0,
            };
            let goes_on = match candidate.standing {
                Standing::Held => true,
                Standing::Gone => jaccard >= LEAST_RETURNED,
                Standing::Listed | Standing::Users => jaccard >= LEAST_SHARED || kept >= LEAST_KEPT,
            };
            worth[(cluster, playlist)] = if goes_on { bonus + shared as i64 } else { 0 };
        }
    }
    worth
}

/// How many of these tracks each of the clusters has. `placed` are the tracks of all clusters, ascending.
fn shared(placed: &[(&ContentId, usize)], clusters: usize, tracks: &[ContentId]) -> Vec<usize> {
    let mut shared = vec![0; clusters];
    let mut placed = placed;
    for track in tracks {
        placed = skip_before(placed, |(placed, _)| *placed < track);
        match placed.first() {
            Some((found, cluster)) if *found == track => shared[*cluster] += 1,
            _ => {}
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
    pub(crate) fn between(before: &[ContentId], now: &[ContentId]) -> Self {
        let [all, now] = [before, now].map(sorted);
        let mut before = all.as_slice();
        let is_kept = |track: &&&ContentId| {
            before = skip_before(before, |before| before < *track);
            before.first() == Some(*track)
        };
        let kept = now.iter().filter(is_kept).count();
        Self { added: now.len() - kept, removed: all.len() - kept, kept }
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
        let standing = Standing::Listed;
        PreviousPlaylist { id, name, standing, keeps_name: true, members: tracks(members) }
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
    fn playlists_that_hold_pinned_songs_come_before_all_others() {
        let mut before = [list(0, 0..10), list(1, 10..20), list(2, [])];
        before[2].standing = Standing::Held;
        let two = ids(&[tracks(0..10), tracks(10..20)], &before, 3);
        assert!(two.contains(&2) && (two.contains(&0) || two.contains(&1)), "{two:?}");
        assert_eq!(identify(&[tracks(0..10)], &before, 3)[0].id, 2);
        before[1].standing = Standing::Held;
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
