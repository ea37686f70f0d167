//! What tags say of the songs that are measured.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use crate::app::cluster::classes::{Classes, key};
use crate::app::cluster::learn_from::LearnFrom;
use crate::app::cluster::selection::SelectedTrack;

/// Numbers for artist, album and label of each song, in the order of their contents; equal ones have equal numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SongFacts {
    pub artists: Vec<Option<usize>>,
    pub albums: Vec<Option<usize>>,
    /// In the order of the labels' names.
    pub labels: Vec<Option<usize>>,
}

impl SongFacts {
    /// Of these tracks and their labels.
    pub(crate) fn of(tracks: &[&SelectedTrack], labels: &[Option<String>]) -> Self {
        let keys = |from| numbered(tracks.iter().map(|track| key(track, from)));
        let mut names: BTreeMap<&String, usize> = labels.iter().flatten().map(|name| (name, 0)).collect();
        names.values_mut().enumerate().for_each(|(number, value)| *value = number);
        let labels = labels.iter().map(|name| name.as_ref().map(|name| names[name])).collect();
        Self { artists: keys(LearnFrom::Artist), albums: keys(LearnFrom::Album), labels }
    }

    /// What songs have in common that are to come closer to each other.
    pub(crate) fn classes(&self, from: LearnFrom) -> &[Option<usize>] {
        match from {
            LearnFrom::Artist => &self.artists,
            LearnFrom::Album => &self.albums,
        }
    }

    /// Those of them that two songs or more have in common.
    pub(crate) fn shared(&self, from: LearnFrom) -> Classes {
        Classes::of(self.classes(from).iter().copied())
    }

    /// There are labels that can tell songs apart.
    pub(crate) fn are_labelled(&self) -> bool {
        self.labels.iter().flatten().any(|label| *label > 0)
    }
}

fn numbered<K: Hash + Eq>(keys: impl Iterator<Item = Option<K>>) -> Vec<Option<usize>> {
    let mut numbers = HashMap::new();
    let mut number = |key: K| {
        let next = numbers.len();
        *numbers.entry(key).or_insert(next)
    };
    keys.map(|key| key.map(&mut number)).collect()
}
