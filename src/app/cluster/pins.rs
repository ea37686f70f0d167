//! Pinned playlists, and songs that are pinned in one: they are taken out before tracks are grouped and put
//! back after it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::{borrow::Cow, path::Path};

use super::{request::ClusterRunError, selection::Selection, summary::NamedCluster};
use crate::clustering::{ClusterError, Clustering, check_count};
use crate::playlist::{Playlist, Song, identity::Churn, order::Order};
use crate::store::SongPlaces;
use crate::store::{Choices, PlaylistChoice, RunPlaylist, RunRecord, StoreError, View};
use crate::{app::history::songs::songs_on_disk, space::Points, track::ContentId};

/// The pins of a set.
pub(crate) struct Pins<'a> {
    /// Playlists that are pinned or hold pinned songs, as the last run left them.
    lists: Vec<&'a RunPlaylist>,
    pinned: BTreeSet<u32>,
    /// The playlist in which each pinned song stays.
    homes: BTreeMap<ContentId, u32>,
    /// The run without the pinned songs. A playlist that is pinned as a whole is empty in it, and has its name.
    pub free_part: Option<Cow<'a, RunRecord>>,
}

impl<'a> Pins<'a> {
    /// The pins in the playlists of a run. A song that is pinned by itself stays in that playlist, even if
    /// another one that is pinned as a whole held it.
    pub(crate) fn of(last: Option<&'a RunRecord>, choices: &Choices) -> Self {
        let lists = last.iter().flat_map(|run| &run.playlists);
        let lists: Vec<_> = lists.filter_map(|list| Some((list, choices.get(&list.id)?))).collect();
        let (mut pinned, mut homes) = (BTreeSet::new(), BTreeMap::new());
        for (list, choice) in &lists {
            pinned.extend(choice.pinned.as_ref().map(|_| list.id));
            homes.extend(choice.pinned.iter().flatten().map(|song| (*song, list.id)));
        }
        for (list, choice) in &lists {
            homes.extend(choice.songs.iter().map(|song| (*song, list.id)));
        }
        let has_pins =
            |(_, choice): &(_, &PlaylistChoice)| choice.pinned.is_some() || !choice.songs.is_empty();
        let lists = lists.into_iter().filter(has_pins).map(|(list, _)| list).collect();
        let free_part = last.map(|last| {
            if pinned.is_empty() && homes.is_empty() {
                return Cow::Borrowed(last);
            }
            let mut free = last.clone();
            for list in &mut free.playlists {
                let is_free = |song: &ContentId| !pinned.contains(&list.id) && !homes.contains_key(song);
                list.members.retain(is_free);
                list.absent.retain(is_free);
            }
            Cow::Owned(free)
        });
        Self { lists, pinned, homes, free_part }
    }

    /// Pins everything as a run left it, and in pinned playlists also the songs that have come back since.
    pub(crate) fn all(run: &'a RunRecord, choices: &Choices) -> Self {
        let mut homes = BTreeMap::new();
        for list in &run.playlists {
            let pinned = choices.get(&list.id).and_then(|choice| choice.pinned.as_ref());
            homes
                .extend(list.members.iter().chain(pinned.into_iter().flatten()).map(|song| (*song, list.id)));
        }
        Self {
            lists: run.playlists.iter().collect(),
            pinned: run.playlists.iter().map(|list| list.id).collect(),
            homes,
            free_part: None,
        }
    }

    /// This playlist is pinned as a whole: no song joins or leaves it.
    pub(crate) fn is_pinned(&self, playlist: u32) -> bool {
        self.pinned.contains(&playlist)
    }

    /// Single songs are pinned in this playlist, so it must go on.
    pub(crate) fn holds_songs(&self, playlist: u32) -> bool {
        !self.is_pinned(playlist) && self.lists.iter().any(|list| list.id == playlist)
    }

    /// Checks that a song that is to be explained is not pinned: that would be why it is where it is.
    pub(crate) fn check_not_pinned(&self, song: Option<ContentId>) -> Result<(), ClusterRunError> {
        let home = song.and_then(|song| self.homes.get(&song));
        let list = self.lists.iter().find(|list| Some(&list.id) == home);
        list.map_or(Ok(()), |list| Err(ClusterRunError::Pinned { name: list.name.clone() }))
    }

    /// The points of the songs that are not pinned; none: there are no pins.
    pub(crate) fn free_points(&self, points: &Points) -> Option<Points> {
        let is_pinned = |content: &ContentId| self.homes.contains_key(content);
        (!self.lists.is_empty()).then(|| points.without(is_pinned))
    }

    /// How many of `n` playlists are to be made of the points `free`, which are not pinned: without those
    /// that are pinned as a whole. None: the number is found, because the algorithm does not take one or none
    /// was given. Where everything is pinned it is 0, whatever `n` is.
    pub(crate) fn unpinned_count(
        &self,
        n: Option<usize>,
        takes_n: bool,
        free: &Points,
    ) -> Result<Option<usize>, ClusterRunError> {
        if !self.lists.is_empty() && free.is_empty() {
            return Ok(Some(0));
        }
        let Some(n) = n.filter(|_| takes_n && !self.lists.is_empty()) else { return Ok(n) };
        let least = self.lists.len().max(self.pinned.len() + 1);
        if n < least { Err(ClusterRunError::NoRoom { n, least }) } else { Ok(Some(n - self.pinned.len())) }
    }

    /// Into how many clusters the points `free` are divided if `n` playlists are to be made of them.
    /// Playlists that hold pinned songs must go on, but they may do so without a cluster.
    pub(crate) fn cluster_count(&self, n: usize, free: &Points) -> usize {
        let held = self.lists.len() - self.pinned.len();
        let is_possible = |n: &usize| check_count(free, *n).is_ok();
        if n > held { n } else { (1..=held).rev().find(is_possible).unwrap_or_default() }
    }

    /// Restates an error of grouping in terms of the number of playlists that the user gave.
    pub(crate) fn explain(&self, n: Option<usize>, error: ClusterError) -> ClusterRunError {
        let (pinned, lists) = (self.pinned.len(), self.lists.len());
        let (n, songs) = match (n, error) {
            (Some(n), ClusterError::TooFewTracks { tracks, .. }) if lists > 0 => (n, tracks),
            (Some(n), ClusterError::TooFewDistinct { distinct, .. }) if lists > 0 => (n, distinct),
            (_, other) => return other.into(),
        };
        let most = lists.max(songs + pinned);
        ClusterRunError::TooFewSongs { n, left: n.saturating_sub(pinned), songs, most }
    }

    /// The pinned songs that are on the disk but not among the points.
    fn songs_without_point(
        &self,
        points: &Points,
        store: &Path,
        places: &SongPlaces,
    ) -> Result<HashMap<ContentId, Song>, StoreError> {
        let is_point = |song: &&ContentId| points.contents().binary_search(song).is_ok();
        let others: Vec<_> = self.homes.keys().filter(|song| !is_point(song)).copied().collect();
        if others.is_empty() {
            Ok(HashMap::new())
        } else {
            songs_on_disk(&View::open(store)?, others, places)
        }
    }

    /// Puts the pinned songs back into their playlists, whose songs get new distances and a new order. Songs
    /// without a point come last, ordered by their paths.
    pub(crate) fn insert_pinned(
        &self,
        mut clusters: Vec<NamedCluster>,
        points: &Points,
        selection: &Selection,
        store: &Path,
        order: &Order,
        seed: u64,
    ) -> Result<Vec<NamedCluster>, StoreError> {
        if self.lists.is_empty() {
            return Ok(clusters);
        }
        let without_point = self.songs_without_point(points, store, &selection.places)?;
        let rows = self.rows(&clusters, points);
        let mut labels = vec![None; points.len()];
        for (number, rows) in rows.values().enumerate() {
            rows.iter().for_each(|&row| labels[row] = Some(number));
        }
        let distances = Clustering::of(points, &labels, rows.len()).distances;
        let positions = selection.positions(points.contents());
        for list in &self.lists {
            let rows = &rows[&list.id];
            let songs = rows.iter().map(|&row| selection.song(positions[row], distances[row])).collect();
            let mut songs = order.arrange(songs, rows, points.values(), seed);
            let others =
                without_point.values().filter(|song| self.homes.get(&song.content) == Some(&list.id));
            let mut others: Vec<_> = others.cloned().collect();
            others.sort_by(|a, b| a.path().cmp(b.path()));
            songs.extend(others);
            let now: Vec<_> = songs.iter().map(|song| song.content).collect();
            let churn = Churn::between(&list.members, &now);
            match clusters.iter_mut().find(|cluster| cluster.playlist.id == list.id) {
                Some(cluster) => (cluster.playlist.songs, cluster.churn) = (songs, churn),
                None => {
                    let playlist = Playlist { id: list.id, name: list.name.clone(), songs };
                    let over_limit = vec![];
                    clusters.push(NamedCluster { cluster: None, playlist, over_limit, churn, is_new: false });
                }
            }
        }
        clusters.sort_by_key(|cluster| cluster.playlist.id);
        Ok(clusters)
    }

    /// The rows of all songs of each playlist in [`Self::lists`], ascending.
    fn rows(&self, clusters: &[NamedCluster], points: &Points) -> BTreeMap<u32, Vec<usize>> {
        let mut rows: BTreeMap<_, Vec<_>> = self.lists.iter().map(|list| (list.id, vec![])).collect();
        let free = clusters.iter().map(|cluster| &cluster.playlist);
        let free = free.flat_map(|list| list.songs.iter().map(|song| (&song.content, &list.id)));
        for (content, id) in free.chain(&self.homes) {
            if let (Some(rows), Ok(row)) = (rows.get_mut(id), points.contents().binary_search(content)) {
                rows.push(row);
            }
        }
        rows.values_mut().for_each(|rows| rows.sort_unstable());
        rows
    }

    /// The songs of pinned playlists that are in none of `clusters`, by the playlists' ids.
    pub(crate) fn absent(&self, clusters: &[NamedCluster]) -> BTreeMap<u32, Vec<ContentId>> {
        if self.lists.is_empty() {
            return BTreeMap::new();
        }
        let present = clusters.iter().flat_map(|cluster| &cluster.playlist.songs).map(|song| song.content);
        let present: HashSet<_> = present.collect();
        let pinned = self.lists.iter().filter(|list| self.is_pinned(list.id));
        let mut absent: BTreeMap<_, BTreeSet<_>> =
            pinned.map(|list| (list.id, list.absent.iter().copied().collect())).collect();
        for (song, id) in &self.homes {
            absent.entry(*id).and_modify(|songs| songs.extend([*song]));
        }
        let still_absent =
            |songs: BTreeSet<ContentId>| songs.into_iter().filter(|song| !present.contains(song)).collect();
        absent.into_iter().map(|(id, songs)| (id, still_absent(songs))).collect()
    }
}
