//! What a metric learned from tags is worth for artists it has never seen: it is learned from four fifths of the artists
//! and measured among the songs of the others, for each fifth in turn.

use ndarray::Axis;

use super::neighbours::{LabelledSongs, QUERIES};
use super::{report::LearnedGain, songs::SongFacts};
use crate::app::cluster::classes::narrow;
use crate::app::cluster::learn_from::LearnFrom;
use crate::space::{Points, metric::Metric};

/// Into so many parts artists are divided.
const PARTS: usize = 5;

/// None: too few artists or albums have two songs, or nobody can be asked.
pub(crate) fn gain(points: &Points, songs: &SongFacts, from: LearnFrom) -> Option<LearnedGain> {
    if !songs.shared(from).are_enough() {
        return None;
    }
    let narrow = narrow(points);
    let is_by_label = songs.are_labelled();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for part in 0..PARTS {
        let is_in = |song: &usize| songs.artists[*song].is_some_and(|artist| artist % PARTS == part);
        let (inside, outside): (Vec<usize>, Vec<usize>) = (0..points.len()).partition(is_in);
        let pick = |of: &[Option<usize>], rows: &[usize]| rows.iter().map(|&row| of[row]).collect::<Vec<_>>();
        let seen = narrow.values().select(Axis(0), &outside);
        let Some(metric) = Metric::learn(&seen, &pick(songs.classes(from), &outside)) else { continue };
        let (artists, labels) = (pick(&songs.artists, &inside), pick(&songs.labels, &inside));
        let asked = |values: &_| {
            let songs = LabelledSongs { values, artists: &artists, labels: &labels };
            match is_by_label {
                true => songs.label_votes(&songs.labelled(QUERIES / PARTS)),
                false => songs.artist_hits(&songs.with_siblings(QUERIES / PARTS)),
            }
        };
        before.extend(asked(&points.values().select(Axis(0), &inside)));
        after.extend(asked(&metric.apply(&narrow.values().select(Axis(0), &inside))));
    }
    (!before.is_empty()).then(|| compared(from, &before, &after, is_by_label))
}

/// The same songs were asked twice, so only those whose answers differ count for the error (McNemar 1947).
fn compared(from: LearnFrom, before: &[bool], after: &[bool], is_by_label: bool) -> LearnedGain {
    let songs = before.len();
    let share = |answers: &[bool]| answers.iter().filter(|answer| **answer).count() as f64 / songs as f64;
    let changed = before.iter().zip(after).filter(|(before, after)| before != after).count() as f64;
    let (before, after) = (share(before), share(after));
    let difference = (after - before) * songs as f64;
    let error = (changed - difference * difference / songs as f64).max(0.0).sqrt() / songs as f64;
    LearnedGain { from, before, after, error, songs, is_by_label }
}
