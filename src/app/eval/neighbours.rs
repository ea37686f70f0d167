//! What the nearest neighbours of a song have in common with it.

use std::collections::BTreeMap;

use ndarray::Array2;

use super::report::Share;
use crate::clustering::nearest;

/// How many neighbours are asked.
const NEAREST: usize = 5;
/// Songs whose neighbours are sought, so that a library of any size costs little.
pub(crate) const QUERIES: usize = 2000;

/// Songs of some values (songs × columns) with their artists and labels.
pub(crate) struct LabelledSongs<'a> {
    pub values: &'a Array2<f32>,
    pub artists: &'a [Option<usize>],
    pub labels: &'a [Option<usize>],
}

impl LabelledSongs<'_> {
    /// Songs with a label: at most so many, spread evenly.
    pub(crate) fn labelled(&self, most: usize) -> Vec<usize> {
        spread((0..self.labels.len()).filter(|&song| self.labels[song].is_some()).collect(), most)
    }

    /// Songs of artists who have others, too.
    pub(crate) fn with_siblings(&self, most: usize) -> Vec<usize> {
        let mut songs: BTreeMap<usize, usize> = BTreeMap::new();
        self.artists.iter().flatten().for_each(|artist| *songs.entry(*artist).or_default() += 1);
        let has_sibling = |song: &usize| self.artists[*song].is_some_and(|artist| songs[&artist] > 1);
        spread((0..self.artists.len()).filter(has_sibling).collect(), most)
    }

    /// Whether the nearest labelled songs of other artists vote for the label of each queried song. Of labels with as many
    /// votes the first is taken, as scikit-learn does.
    pub(crate) fn label_votes(&self, queries: &[usize]) -> Vec<bool> {
        let is_allowed = |query: usize, song: usize| {
            self.labels[song].is_some()
                && (self.artists[query].is_none() || self.artists[query] != self.artists[song])
        };
        let found = nearest(self.values, queries, NEAREST, is_allowed);
        let is_right = |(query, found): (&usize, &Vec<usize>)| {
            let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
            found.iter().filter_map(|&song| self.labels[song]).for_each(|label| {
                *votes.entry(label).or_default() += 1;
            });
            // The first of equals.
            let most = votes.iter().rev().max_by_key(|(_, votes)| **votes);
            most.map(|(label, _)| *label) == self.labels[*query]
        };
        queries.iter().zip(&found).map(is_right).collect()
    }

    /// Whether another song of its artist is among the nearest of each queried song.
    pub(crate) fn artist_hits(&self, queries: &[usize]) -> Vec<bool> {
        let found = nearest(self.values, queries, NEAREST, |_, _| true);
        let is_hit = |(query, found): (&usize, &Vec<usize>)| {
            found.iter().any(|&song| self.artists[song] == self.artists[*query])
        };
        queries.iter().zip(&found).map(is_hit).collect()
    }
}

/// None: nobody was asked.
pub(crate) fn share(answers: &[bool]) -> Option<Share> {
    let songs = answers.len();
    let share = answers.iter().filter(|answer| **answer).count() as f64 / songs as f64;
    (songs > 0).then(|| Share { share, error: (share * (1.0 - share) / songs as f64).sqrt(), songs })
}

fn spread(songs: Vec<usize>, most: usize) -> Vec<usize> {
    let kept = songs.len().min(most);
    (0..kept).map(|place| songs[place * songs.len() / kept]).collect()
}
