//! What clustering may not touch: pinned playlists, and songs that are pinned in one. They are taken out before it and
//! put back after it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    path::Path,
};

use super::{naming::NamedCluster, selection::Selection};
use crate::{
    app::history::songs::at_hand,
    clustering::{ClusterError, Clustering, check_count},
    playlist::{Playlist, Song, identity::Churn},
    space::Points,
    store::{Choice, Choices, RunPlaylist, RunRecord, StoreError, View},
    track::ContentId,
};

/// Pins that leave nothing to be done, or too little.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum PinsError {
    #[error("the song is pinned in {name}: that is why it is there")]
    Pinned { name: String },
    #[error(
        "--n {n} leaves no room beside pinned playlists and songs: choose at least {least}, or `indexer playlists unpin` some"
    )]
    NoRoom { n: usize, least: usize },
    #[error(
        "--n {n} asks for {left} besides the pinned, but the other songs make no more than {songs}: choose at most {most}"
    )]
    TooFewSongs { n: usize, left: usize, songs: usize, most: usize },
}

/// The pins of a set.
pub struct Pins<'a> {
    /// Playlists that are pinned or hold pinned songs, as the last run left them.
    lists: Vec<&'a RunPlaylist>,
    pinned: BTreeSet<u32>,
    /// In which playlist a song stays.
    places: BTreeMap<ContentId, u32>,
    /// The last run without those songs.
    pub rest: Option<Cow<'a, RunRecord>>,
}

impl<'a> Pins<'a> {
    /// What the user chose for the playlists of the last run. A song that was pinned by itself stays where that was said.
    pub fn of(last: Option<&'a RunRecord>, choices: &Choices) -> Self {
        let lists = last.iter().flat_map(|run| &run.playlists);
        let lists: Vec<_> = lists.filter_map(|list| Some((list, choices.get(&list.id)?))).collect();
        let (mut pinned, mut places) = (BTreeSet::new(), BTreeMap::new());
        for (list, choice) in &lists {
            pinned.extend(choice.pinned.as_ref().map(|_| list.id));
            places.extend(choice.pinned.iter().flatten().map(|song| (*song, list.id)));
        }
        for (list, choice) in &lists {
            places.extend(choice.songs.iter().map(|song| (*song, list.id)));
        }
        let is_bound = |(_, choice): &(_, &Choice)| choice.pinned.is_some() || !choice.songs.is_empty();
        let lists = lists.into_iter().filter(is_bound).map(|(list, _)| list).collect();
        let rest = last.map(|last| without(last, &pinned, &places));
        Self { lists, pinned, places, rest }
    }

    /// Everything as a run left it; of pinned playlists, what is back since too.
    pub fn all(run: &'a RunRecord, choices: &Choices) -> Self {
        let mut places = BTreeMap::new();
        for list in &run.playlists {
            let pinned = choices.get(&list.id).and_then(|choice| choice.pinned.as_ref());
            places
                .extend(list.members.iter().chain(pinned.into_iter().flatten()).map(|song| (*song, list.id)));
        }
        Self {
            lists: run.playlists.iter().collect(),
            pinned: run.playlists.iter().map(|list| list.id).collect(),
            places,
            rest: None,
        }
    }

    /// No song of this playlist comes or goes.
    pub fn is_pinned(&self, playlist: u32) -> bool {
        self.pinned.contains(&playlist)
    }

    /// This playlist must go on, for songs are pinned in it.
    pub fn is_held(&self, playlist: u32) -> bool {
        !self.is_pinned(playlist) && self.lists.iter().any(|list| list.id == playlist)
    }

    /// Refuses to say why a song is where it is if it is pinned.
    ///
    /// # Errors
    /// It is.
    pub fn check_free(&self, song: Option<ContentId>) -> Result<(), PinsError> {
        let place = song.and_then(|song| self.places.get(&song));
        let list = self.lists.iter().find(|list| Some(&list.id) == place);
        list.map_or(Ok(()), |list| Err(PinsError::Pinned { name: list.name.clone() }))
    }

    /// The points that are clustered.
    pub fn free<'p>(&self, points: &'p Points) -> Cow<'p, Points> {
        match self.places.is_empty() {
            true => Cow::Borrowed(points),
            false => Cow::Owned(points.without(|content| self.places.contains_key(content))),
        }
    }

    /// How many of `n` playlists are to come of clustering `free`; an algorithm that does not take n, and who gives
    /// none, find out by themselves. Where everything is pinned it is 0, whatever n is: nothing is left to be done.
    ///
    /// # Errors
    /// None, or fewer than must go on.
    pub fn left_of(
        &self,
        n: Option<usize>,
        takes_n: bool,
        free: &Points,
    ) -> Result<Option<usize>, PinsError> {
        if !self.lists.is_empty() && free.is_empty() {
            return Ok(Some(0));
        }
        let Some(n) = n.filter(|_| takes_n && !self.lists.is_empty()) else { return Ok(n) };
        let least = self.lists.len().max(self.pinned.len() + 1);
        if n < least { Err(PinsError::NoRoom { n, least }) } else { Ok(Some(n - self.pinned.len())) }
    }

    /// Into how many clusters `free` is divided, if `n` playlists are to come of it. Those that hold pinned songs must
    /// go on, but need no others: they are there without a cluster too.
    pub fn clusters(&self, n: usize, free: &Points) -> usize {
        let held = self.lists.len() - self.pinned.len();
        let can_be = |n: &usize| check_count(free, *n).is_ok();
        if n > held { n } else { (1..=held).rev().find(can_be).unwrap_or_default() }
    }

    /// The error of a clustering, in the numbers that the user gave.
    pub fn explain<E: From<PinsError> + From<ClusterError>>(
        &self,
        n: Option<usize>,
        error: ClusterError,
    ) -> E {
        let (pinned, lists) = (self.pinned.len(), self.lists.len());
        let (n, songs) = match (n, error) {
            (Some(n), ClusterError::TooFewTracks { tracks, .. }) if lists > 0 => (n, tracks),
            (Some(n), ClusterError::TooFewDistinct { distinct, .. }) if lists > 0 => (n, distinct),
            (_, other) => return other.into(),
        };
        let most = lists.max(songs + pinned);
        PinsError::TooFewSongs { n, left: n.saturating_sub(pinned), songs, most }.into()
    }

    /// The songs on the disk that are none of the points.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn elsewhere(&self, points: &Points, store: &Path) -> Result<HashMap<ContentId, Song>, StoreError> {
        let is_point = |song: &&ContentId| points.contents().binary_search(song).is_ok();
        let others: Vec<_> = self.places.keys().filter(|song| !is_point(song)).copied().collect();
        if others.is_empty() { Ok(HashMap::new()) } else { at_hand(&View::open(store)?, others) }
    }

    /// Puts the songs back into their playlists, whose songs are measured and put into order anew. Those of `elsewhere`
    /// are on the disk but none of the points: they stand last, by their paths.
    pub fn put_back(
        &self,
        mut named: Vec<NamedCluster>,
        points: &Points,
        elsewhere: &HashMap<ContentId, Song>,
        selection: &Selection,
        arrange: impl Fn(Vec<Song>, &[usize]) -> Vec<Song>,
    ) -> Vec<NamedCluster> {
        if self.lists.is_empty() {
            return named;
        }
        let rows = self.rows(&named, points);
        let mut labels = vec![None; points.len()];
        for (number, rows) in rows.values().enumerate() {
            rows.iter().for_each(|&row| labels[row] = Some(number));
        }
        let distances = Clustering::of(points, &labels, rows.len()).distances;
        let places = selection.places(points.contents());
        for list in &self.lists {
            let rows = &rows[&list.id];
            let songs = rows.iter().map(|&row| selection.song(places[row], distances[row])).collect();
            let mut songs = arrange(songs, rows);
            let others = elsewhere.values().filter(|song| self.places.get(&song.content) == Some(&list.id));
            let mut others: Vec<_> = others.cloned().collect();
            others.sort_by(|a, b| a.path.cmp(&b.path));
            songs.extend(others);
            let now: Vec<_> = songs.iter().map(|song| song.content).collect();
            let churn = Churn::between(&list.members, &now);
            match named.iter_mut().find(|named| named.playlist.id == list.id) {
                Some(named) => (named.playlist.songs, named.churn) = (songs, churn),
                None => {
                    let playlist = Playlist { id: list.id, name: list.name.clone(), songs };
                    let beyond = vec![];
                    named.push(NamedCluster { cluster: None, playlist, beyond, churn, is_new: false });
                }
            }
        }
        named.sort_by_key(|named| named.playlist.id);
        named
    }

    /// The rows of all songs of each playlist in [`Self::lists`], ascending.
    fn rows(&self, named: &[NamedCluster], points: &Points) -> BTreeMap<u32, Vec<usize>> {
        let mut rows: BTreeMap<_, Vec<_>> = self.lists.iter().map(|list| (list.id, vec![])).collect();
        let free = named.iter().map(|named| &named.playlist);
        let free = free.flat_map(|list| list.songs.iter().map(|song| (&song.content, &list.id)));
        for (content, id) in free.chain(&self.places) {
            if let (Some(rows), Ok(row)) = (rows.get_mut(id), points.contents().binary_search(content)) {
                rows.push(row);
            }
        }
        rows.values_mut().for_each(|rows| rows.sort_unstable());
        rows
    }

    /// The songs of pinned playlists that are not among `named`, by the playlists' ids.
    pub fn absent(&self, named: &[NamedCluster]) -> BTreeMap<u32, Vec<ContentId>> {
        if self.lists.is_empty() {
            return BTreeMap::new();
        }
        let here = named.iter().flat_map(|named| &named.playlist.songs).map(|song| song.content);
        let here: HashSet<_> = here.collect();
        let pinned = self.lists.iter().filter(|list| self.is_pinned(list.id));
        let mut absent: BTreeMap<_, BTreeSet<_>> =
            pinned.map(|list| (list.id, list.absent.iter().copied().collect())).collect();
        for (song, id) in &self.places {
            absent.entry(*id).and_modify(|songs| songs.extend([*song]));
        }
        let still_absent =
            |songs: BTreeSet<ContentId>| songs.into_iter().filter(|song| !here.contains(song)).collect();
        absent.into_iter().map(|(id, songs)| (id, still_absent(songs))).collect()
    }
}

/// The songs of a playlist that is pinned as `run` left it: those that are in it, and of those that return to it the ones
/// that `is_held` holds. It holds none of another playlist.
pub fn all_of(run: &RunRecord, list: &RunPlaylist, is_held: impl Fn(&ContentId) -> bool) -> Vec<ContentId> {
    let others = run.playlists.iter().filter(|other| other.id != list.id);
    let others: HashSet<_> = others.flat_map(|other| &other.members).collect();
    let absent = list.absent.iter().filter(|song| is_held(song) && !others.contains(song));
    list.members.iter().chain(absent).copied().collect()
}

/// The run without songs that have their places. A pinned playlist is left empty, so that its name is known.
fn without<'a>(
    last: &'a RunRecord,
    pinned: &BTreeSet<u32>,
    places: &BTreeMap<ContentId, u32>,
) -> Cow<'a, RunRecord> {
    if pinned.is_empty() && places.is_empty() {
        return Cow::Borrowed(last);
    }
    let mut rest = last.clone();
    for list in &mut rest.playlists {
        let is_free = |song: &ContentId| !pinned.contains(&list.id) && !places.contains_key(song);
        list.members.retain(is_free);
        list.absent.retain(is_free);
    }
    Cow::Owned(rest)
}
