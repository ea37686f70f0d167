//! What a run takes over from the last one of its set, so that songs stay where they were and return to where they were.

use std::collections::BTreeMap;

use crate::{
    app::history::sets::call_as_chosen,
    clustering::LastPartition,
    digest::{Digest, Hasher},
    space::Points,
    store::{Choices, Playlists, RunRecord, StoreError},
    track::ContentId,
};

/// The partition of the last run, with the tracks that are back since.
pub fn last_partition(points: &Points, last: &RunRecord) -> LastPartition {
    // A pinned playlist is none that could be continued: its songs are taken out.
    let playlists = last.playlists.iter().filter(|list| !(list.members.is_empty() && list.absent.is_empty()));
    let mut places: Vec<_> = playlists
        .clone()
        .enumerate()
        .flat_map(|(number, list)| {
            let members = list.members.iter().map(move |track| (track, false, number));
            members.chain(list.absent.iter().map(move |track| (track, true, number)))
        })
        .collect();
    // Where a track is counts more than where it once was.
    places.sort_unstable();
    let mut places = places.into_iter().peekable();
    let labels = points.contents().iter().map(|content| {
        while places.next_if(|(track, ..)| *track < content).is_some() {}
        places.peek().filter(|(track, ..)| *track == content).map(|(.., number)| *number)
    });
    let labels = labels.collect();
    LastPartition { n: playlists.count(), labels }
}

/// What a run is over: equal tracks, in their order, are equal.
pub fn over(tracks: &[ContentId]) -> Digest {
    let mut hasher = Hasher::default();
    for track in tracks {
        hasher.update(&[track.recipe]).update(&track.digest.0);
    }
    hasher.finish()
}

/// The newest run over the same tracks with the same settings, where the last one is over others: who removes songs and
/// puts them back finds the playlists as they were, though songs may have moved meanwhile.
///
/// # Errors
/// The store cannot be read.
pub fn earlier(
    database: &Playlists,
    set: &str,
    tracks: &Digest,
    settings: &str,
    last: Option<&RunRecord>,
    choices: &Choices,
) -> Result<Option<RunRecord>, StoreError> {
    let Some(last) = last.filter(|last| last.tracks != *tracks) else { return Ok(None) };
    let earlier = database.run_over(set, tracks)?;
    let mut earlier = earlier.filter(|run| run.lineage == last.lineage && run.settings == settings);
    if let Some(run) = &mut earlier {
        for list in &mut run.playlists {
            let now = last.playlists.iter().find(|other| other.id == list.id);
            now.into_iter().for_each(|now| list.name.clone_from(&now.name));
        }
        call_as_chosen(run, choices);
    }
    Ok(earlier)
}

/// The tracks that were in the last run's playlists, by their ids, and are not at hand now. Those are ascending.
pub fn absent(at_hand: &[ContentId], last: Option<&RunRecord>) -> BTreeMap<u32, Vec<ContentId>> {
    let playlists = last.map(|run| run.playlists.as_slice()).unwrap_or_default();
    let absent = playlists.iter().map(|list| {
        let tracks = list.members.iter().chain(&list.absent);
        let mut tracks: Vec<_> =
            tracks.filter(|track| at_hand.binary_search(track).is_err()).copied().collect();
        tracks.sort_unstable();
        (list.id, tracks)
    });
    absent.collect()
}

#[cfg(test)]
mod tests;
