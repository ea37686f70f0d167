//! The songs of one artist or album as classes, from which a metric is learned.

use std::{borrow::Cow, collections::HashMap};

use super::learn_from::{LearnFrom, word};
use super::selection::{SelectedTrack, Selection};
use crate::app::progress::{Event, Progress};
use crate::digest::Hasher;
use crate::playlist::filter::{album_key, artist_key};
use crate::space::basis::{WIDTH, components};
use crate::space::{Points, metric::Metric};
use crate::text::counted;

/// With fewer artists or albums of two songs none is learned: their scatter would say more about them than about music.
pub(crate) const LEAST_CLASSES: usize = 20;

/// The class of each song that has one with another song; numbered in the order of the songs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Classes {
    pub labels: Vec<Option<usize>>,
    /// How many classes there are.
    pub count: usize,
}

impl Classes {
    /// Of songs with these keys; equal keys are one class.
    pub(crate) fn of<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = Option<K>>) -> Self {
        let keys: Vec<_> = keys.collect();
        let mut songs: HashMap<&K, usize> = HashMap::new();
        keys.iter().flatten().for_each(|key| *songs.entry(key).or_default() += 1);
        let mut numbers = HashMap::new();
        let labels = keys.iter().map(|key| {
            let key = key.as_ref().filter(|key| songs[key] > 1)?;
            let next = numbers.len();
            Some(*numbers.entry(key).or_insert(next))
        });
        let labels = labels.collect();
        Self { labels, count: numbers.len() }
    }

    /// Whether there are enough to learn from.
    pub(crate) fn are_enough(&self) -> bool {
        self.count >= LEAST_CLASSES
    }
}

/// What decides to which class a song belongs; none where its tags do not say it.
pub(crate) fn key(track: &SelectedTrack, from: LearnFrom) -> Option<String> {
    match from {
        LearnFrom::Artist => artist_key(track.file.artist()),
        LearnFrom::Album => album_key(track.file.album(), track.file.path()),
    }
}

/// The points of the selected songs in the metric that their tags teach, and the word that names it in the settings of the
/// run. Where there is not enough to learn from, a warning says so, and the points stay as they are.
pub(crate) fn learned(
    points: Points,
    selection: &Selection,
    from: LearnFrom,
    progress: &dyn Progress,
) -> (Points, Option<String>) {
    // Tracks and points are both in the order of their contents.
    let classes = Classes::of(selection.tracks.iter().map(|track| key(track, from)));
    let name = from.name();
    if !classes.are_enough() {
        let found = match classes.count {
            1 => format!("1 {name} has"),
            count => format!("{} have", counted(count, name)),
        };
        progress.event(Event::Warning(format!(
            "only {found} two songs or more, and --learn-from {name} needs {LEAST_CLASSES}: songs are compared without it"
        )));
        return (points, None);
    }
    let Some(learned) = in_learned_metric(&points, &classes) else {
        progress.event(Event::Warning(format!(
            "the songs of each {name} are all the same, so --learn-from {name} learns nothing: songs are compared without it"
        )));
        return (points, None);
    };
    let mut hasher = Hasher::default();
    for label in &classes.labels {
        hasher.update(&label.map_or(u64::MAX, |label| label as u64).to_le_bytes());
    }
    (learned, Some(word(from, hasher.finish())))
}

/// The points in the metric that their classes teach; none where they teach nothing.
fn in_learned_metric(points: &Points, classes: &Classes) -> Option<Points> {
    let points = narrow(points);
    let metric = Metric::learn(points.values(), &classes.labels)?;
    Some(points.with_values(metric.apply(points.values())))
}

/// What metrics are learned for: of points that are not reduced the principal components, as more columns would ask for
/// more classes than there are.
pub(crate) fn narrow(points: &Points) -> Cow<'_, Points> {
    match points.values().ncols() > WIDTH {
        true => Cow::Owned(points.clone().map(|values| components(values, WIDTH))),
        false => Cow::Borrowed(points),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_song_has_alone_is_no_class() {
        let classes = Classes::of([Some("b"), None, Some("a"), Some("c"), Some("a"), Some("b")].into_iter());
        assert_eq!(classes.labels, [Some(0), None, Some(1), None, Some(1), Some(0)]);
        assert_eq!((classes.count, classes.are_enough()), (2, false));
    }
}
