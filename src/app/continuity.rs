//! What a run takes over from the last one of its set, so that songs stay where they were and return to where they were.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{cluster::Last, space::Points, store::RunRecord, track::ContentId};

/// The partition of the last run, with the tracks that are back since.
pub fn last_partition(points: &Points, last: &RunRecord) -> Last {
    let playlists = last.playlists.iter().enumerate();
    let places: HashMap<&ContentId, usize> = playlists
        .flat_map(|(number, list)| list.away.iter().chain(&list.members).map(move |track| (track, number)))
        .collect();
    let labels = points.contents().iter().map(|content| places.get(content).copied()).collect();
    Last { n: last.playlists.len(), labels }
}

/// The tracks that were in the last run's playlists, by their ids, and are not at hand now.
pub fn away(at_hand: &[ContentId], last: Option<&RunRecord>) -> BTreeMap<u32, Vec<ContentId>> {
    let at_hand: HashSet<_> = at_hand.iter().collect();
    let playlists = last.map(|run| run.playlists.as_slice()).unwrap_or_default();
    let away = playlists.iter().map(|list| {
        let tracks = list.members.iter().chain(&list.away).filter(|track| !at_hand.contains(track));
        let mut tracks: Vec<_> = tracks.copied().collect();
        tracks.sort_unstable();
        (list.id, tracks)
    });
    away.collect()
}

#[cfg(test)]
mod tests;
